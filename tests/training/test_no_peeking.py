"""A head whose target comes later in the text must not depend on it, in any model."""

from dataclasses import replace
from functools import cache

import pytest
import torch
from made import tagging_task, text_task

from taskrel.tasks.automated.make import automated
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.build import build_model
from taskrel.training.recipes.recipe import LSTM, BiLSTM, Gated, Head, Recipe

MAIN = text_task()
#: Kind by kind: a vector for each word, a label for each character, any labels at all.
AHEAD = {what: automated(MAIN, what) for what in ("next_word", "next_char")}
AHEAD["tags"] = replace(tagging_task(), causal=True)
ENCODERS = {
    "lstm": LSTM(2, 6, skip=True),
    "one lstm": LSTM(units=6),
    "bilstm": BiLSTM(units=6),
    "two bilstms": BiLSTM(2, 6),
}
MODELS = [
    (encoder, sharing)
    for encoder in ENCODERS
    for sharing in (
        "alone",
        "hard",
        "branches",
        "cascade",
        Gated("none"),
        Gated("sig"),
        Gated("silg"),
        Gated("sog"),
    )
    if (sharing not in ("branches", "cascade") or encoder in ("lstm", "two bilstms"))
    and (sharing != Gated("sog") or "bi" not in encoder)
]


OTHERS = AHEAD | {"not causal": tagging_task()}


@cache
def model(aux, encoder, sharing, attention):
    """A model with that auxiliary, and the number of its head; the tests do not change it."""
    tasks = [OTHERS[aux]] if sharing == "alone" else [MAIN, OTHERS[aux]]
    recipe = Recipe(
        width=5,
        encoder=ENCODERS[encoder],
        head=Head(attention=attention, hidden=4),
        sharing="hard" if sharing == "alone" else sharing,
    )
    built = build_model(tasks, build_vocabulary(tasks, None), recipe, 0)
    # As they start, towers are alike: moved apart, so that what passes a gate is told apart.
    with torch.no_grad():
        for i, p in enumerate(built.parameters()):
            p.add_(0.3 * torch.randn(p.shape, generator=torch.Generator().manual_seed(i)))
    return built, len(tasks) - 1


@pytest.mark.parametrize("attention", [0, 2], ids=["", "attention"])
@pytest.mark.parametrize("aux", AHEAD)
@pytest.mark.parametrize(("encoder", "sharing"), MODELS, ids=str)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluating"])
def test_changing_the_future_changes_no_earlier_logits(encoder, sharing, aux, attention, training):
    built, task = model(aux, encoder, sharing, attention)
    built.train(training)
    tokens, lengths = torch.tensor([[2, 3, 4, 5, 6, 7], [3, 4, 5, 2, 0, 0]]), torch.tensor([6, 4])
    changed = torch.tensor([[2, 3, 4, 8, 9, 3], [3, 4, 5, 7, 8, 9]])
    with torch.set_grad_enabled(training):
        before = built(task, tokens, lengths)
        after = built(task, changed, torch.tensor([6, 6]))
        shorter = built(task, tokens[:, :3], torch.tensor([3, 3]))
    torch.testing.assert_close(before[:, :3], after[:, :3], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(before[:, :3], shorter, rtol=1e-5, atol=1e-6)
    assert not torch.allclose(before[:, 3], after[:, 3], atol=1e-4)  # the changed token itself


@pytest.mark.parametrize("encoder", ["bilstm", "two bilstms"])
def test_a_task_that_is_not_causal_sees_the_future(encoder):
    """The test above can fail."""
    built, task = model("not causal", encoder, "hard", 0)
    one, other = (
        built(task, torch.tensor([row]), torch.tensor([3])) for row in ([2, 3, 4], [2, 3, 5])
    )
    assert not torch.allclose(one[:, :2], other[:, :2], atol=1e-4)
