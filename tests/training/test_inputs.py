import numpy as np
import pytest
from made import tagging_task, text_task

from taskrel.training.inputs import cut_texts


@pytest.mark.parametrize("most", [1, 3, 100])
def test_texts_are_cut_at_their_end(most):
    task = text_task()
    part, whole = cut_texts(task, "train", most), task.splits["train"]
    assert part.lengths.tolist() == np.minimum(whole.lengths, most).tolist()
    for i in range(len(whole)):
        own = whole.tokens[whole.offsets[i] : whole.offsets[i + 1]]
        assert part.tokens[part.offsets[i] : part.offsets[i + 1]].tolist() == own[:most].tolist()
    assert part.targets is whole.targets


def test_sentences_with_a_label_per_token_are_not_cut():
    task = tagging_task()
    assert cut_texts(task, "train", 2) is task.splits["train"]
