import numpy as np
import pytest
import torch
from made_transformer import tiny_transformer

from taskrel.errors import RecipeError
from taskrel.models.frozen.compute import FrozenModel, mean_of_words
from taskrel.models.pieces import Sequences
from taskrel.tasks.task import Split
from taskrel.tasks.text import PAIR_SEPARATOR

TEXTS = ["the cook fried the fish", "a waiter served cold soup", "the fish was cold", "soup"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_transformer(tmp_path_factory.mktemp("models") / "tiny", TEXTS)


def coded(texts):
    """Words, and a split of these texts."""
    words = tuple(sorted({w for text in texts for w in text.split()}))
    rows = [[words.index(w) for w in text.split()] for text in texts]
    offsets = np.cumsum([0, *map(len, rows)])
    return words, Split(
        np.concatenate(rows).astype(np.int32), offsets, np.zeros(len(texts), np.int32)
    )


def test_a_words_state_is_the_mean_of_its_pieces():
    states = torch.tensor([[[9.0], [1.0], [3.0], [5.0], [9.0]]])  # mark, two pieces, one, mark
    read = Sequences(None, None, torch.tensor([[1, 3]]), torch.tensor([[2, 1]]), None)
    assert mean_of_words(states, read).tolist() == [[[2.0], [5.0]]]


@pytest.mark.parametrize("layer", [None, 1])
def test_states_are_the_librarys_own(folder, layer):
    from transformers import AutoModel, AutoTokenizer

    words, split = coded(TEXTS)
    found = FrozenModel(folder, layer).of_words(words, split)
    model, tokenizer = (
        AutoModel.from_pretrained(folder).eval(),
        AutoTokenizer.from_pretrained(folder),
    )
    for i, text in enumerate(TEXTS):
        read = tokenizer(text.split(), is_split_into_words=True, return_tensors="pt")
        with torch.no_grad():
            out = model(
                input_ids=read["input_ids"],
                attention_mask=read["attention_mask"],
                output_hidden_states=True,
            )
        pieces = out.hidden_states[-1 if layer is None else layer][0]
        of = np.array([-1 if w is None else w for w in read.word_ids()])
        expected = np.stack([pieces[of == w].mean(0) for w in range(len(text.split()))])
        np.testing.assert_allclose(
            found[split.offsets[i] : split.offsets[i + 1]], expected, rtol=1e-3, atol=1e-5
        )


def test_a_text_has_the_same_states_among_others(folder):
    model = FrozenModel(folder, None)
    every = model.of_words(*coded(TEXTS))
    alone = model.of_words(*coded(TEXTS[:1]))
    np.testing.assert_allclose(every[: len(alone)], alone, rtol=1e-4, atol=1e-5)


def test_both_texts_of_a_pair_have_states_that_depend_on_the_other(folder):
    model = FrozenModel(folder, None)
    one, other = (
        model.of_words(*coded([f"the cook {PAIR_SEPARATOR} {second}"]))
        for second in ("soup", "cold")
    )
    assert len(one) == 4 and not np.allclose(one[:2], other[:2], atol=1e-4)


def test_words_behind_the_longest_text_have_the_state_of_the_last_word(folder):
    found = FrozenModel(folder, None).of_words(*coded([" ".join(["soup"] * 60)]))
    assert np.isfinite(found).all() and (found[-1] == found[-20]).all()


def test_a_layer_that_is_not_there(folder):
    with pytest.raises(RecipeError, match=r"field 'states\.layer': .* has 2 layers, found 3"):
        FrozenModel(folder, 3)
