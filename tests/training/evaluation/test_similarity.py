import numpy as np
import pytest
import torch
from made import text_task
from torch import nn

from taskrel.tasks.words.vocabulary import PAD, build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model
from taskrel.training.evaluation.similarity import mean_similarities
from taskrel.training.recipes.recipe import CNN, Gated, Recipe


class Known(nn.Module):
    """Behind gate 0 a token's cosine is its row / 100; behind gate 2 a text's is its length."""

    device = torch.device("cpu")

    def similarities(self, tokens, lengths):
        assert not self.training
        return {0: torch.where(tokens == PAD, torch.nan, tokens / 100), 2: -lengths.float()}


@pytest.mark.parametrize("size", [1, 3, 100])
def test_means_leave_padding_out(size):
    split = text_task().splits["test"]
    rows = np.arange(2, 2 + int(split.tokens.max()) + 1)
    model = Known()
    found = mean_similarities(model, Batcher(split, rows, False, 4), size)
    assert found == pytest.approx({0: (split.tokens + 2).mean() / 100, 2: -split.lengths.mean()})
    assert model.training


def test_towers_that_start_alike_hold_the_same_and_gates_of_a_gated_model_are_named():
    tasks = [text_task(), text_task("other", seed=7)]
    vocabulary = build_vocabulary(tasks, None)
    recipe = Recipe(
        width=6, dropout=0.5, encoder=CNN(filters=5, dense=4), sharing=Gated("sig", levels=(0, 2))
    )
    model = build_model(tasks, vocabulary, recipe, 0)
    batcher = Batcher(tasks[0].splits["test"], vocabulary.rows[0], False, 4)
    assert mean_similarities(model, batcher) == pytest.approx({0: 1.0, 2: 1.0})
