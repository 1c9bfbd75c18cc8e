"""Number of weights on which the prediction of one task depends."""

import pytest
import torch
from made import tagging_task, text_task
from torch import nn

from taskrel.models.sharing import Sharing
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.build import build_model
from taskrel.training.recipes.recipe import LSTM, BiLSTM, Gated, Head, Recipe

D, H, L = 6, 5, 4  # the made-up task of texts has four labels
MAIN, AUX = text_task(), tagging_task()


def lstm(read):
    """Weights of an LSTM layer: four gates of inputs, states and torch's two biases."""
    return 4 * H * (read + H + 2)


#: Two levels, the upper of which reads [words; states below], and the fully connected layer.
STREAM = lstm(D) + lstm(D + H) + H * (H + 1) + L * (H + 1)


def model(tasks, sharing, encoder=None):
    encoder = encoder or LSTM(layers=2, units=H, skip=True)
    recipe = Recipe(width=D, encoder=encoder, sharing=sharing, head=Head(hidden=H))
    return build_model(tasks, build_vocabulary(tasks, None), recipe, seed=0)


def stream_parameters(model: Sharing, task: int) -> int:
    """Number of weights, without word tables, on which the logits of a task depend.

    They are found by the gradient of the logits of one text of two words.
    """
    weights = list(model.parameters())
    tables = {
        id(p)
        for part in model.modules()
        if isinstance(part, nn.Embedding)
        for p in part.parameters()
    }
    weights = [p for p in weights if id(p) not in tables]
    row, device = 1, model.device  # the row of the unknown word, which every vocabulary has
    logits = model(task, torch.full((1, 2), row, device=device), torch.tensor([2], device=device))
    gradients = torch.autograd.grad(logits.sum(), weights, allow_unused=True)
    return sum(p.numel() for p, g in zip(weights, gradients, strict=True) if g is not None)


@pytest.mark.parametrize(
    ("tasks", "sharing"),
    [
        ([MAIN], "hard"),
        ([MAIN, AUX], "branches"),
        ([MAIN, AUX], "cascade"),
        ([MAIN, AUX], Gated("none")),
    ],
    ids=["LSTM", "MRNN", "CRNN", "no gate"],
)
def test_the_primary_stream_is_alike_in_all_models_of_liang_and_shu(tasks, sharing):
    assert stream_parameters(model(tasks, sharing), 0) == STREAM


@pytest.mark.parametrize(
    ("sharing", "expected"),
    [
        ("cascade", lstm(D)),
        ("branches", lstm(D) + lstm(D + H)),
        # Through the gate behind level 1 the main task's lowest level is read, too.
        (Gated("sog", (1,)), 2 * lstm(D) + lstm(D + H)),
    ],
)
def test_the_auxiliarys_stream_is_what_it_reads(sharing, expected):
    head = H * (H + 1) + AUX.n_labels * (H + 1)
    assert stream_parameters(model([MAIN, AUX], sharing), 1) == expected + head


def test_word_tables_do_not_count_and_each_weight_counts_once():
    alone = model([MAIN], "hard", BiLSTM(layers=2, units=H))
    every = sum(p.numel() for p in alone.parameters()) - alone.words.weight.numel()
    assert stream_parameters(alone, 0) == every
