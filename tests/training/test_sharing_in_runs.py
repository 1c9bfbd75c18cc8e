"""Encoders and sharing in runs: each trains, is repeatable, and differs from the others."""

from itertools import combinations

import msgspec
import numpy as np
import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.training.recipes.recipe import CNN, LSTM, Adam, BiLSTM, Gated, Recipe
from taskrel.training.run import run

TEXTS, MANY, TAGS = text_task(), multilabel_task(), tagging_task()
QUICK = Recipe(
    width=8, steps=12, batch=8, evaluations=2, encoder=LSTM(2, 6), optimiser=Adam(lr=0.02)
)


def trained(tasks, seed=0, **fields):
    return run(tasks, msgspec.structs.replace(QUICK, **fields), seed)


def same(a, b):
    return a.scores == b.scores and a.curves == b.curves


SYSTEMS = [
    (encoder, sharing)
    for encoder in (LSTM(2, 6, skip=True), CNN(filters=9, dense=7), BiLSTM(2, 6))
    for sharing in ("hard", "branches", "cascade", Gated("sog"), Gated("cag"))
]


@pytest.mark.slow
@pytest.mark.parametrize(("encoder", "sharing"), SYSTEMS, ids=str)
def test_every_system_trains_two_tasks_and_repeats(encoder, sharing):
    fields = {"encoder": encoder, "sharing": sharing, "dropout": 0.1, "clip": 1.0, "steps": 25}
    result = trained([TEXTS, MANY], **fields)
    for name in ("texts", "many"):
        losses = result.curves[name, "train", "loss"].values
        assert np.mean(losses[-5:]) < np.mean(losses[:5])
    assert same(result, trained([TEXTS, MANY], **fields))
    assert not same(result, trained([TEXTS, MANY], seed=1, **fields))


@pytest.mark.slow
@pytest.mark.parametrize("tasks", [[TEXTS, TAGS], [TAGS, TEXTS]], ids=["texts", "tags"])
def test_every_sharing_is_one_of_its_own_but_for_one_task(tasks):
    sharings = [
        "hard",
        "branches",
        "cascade",
        *(Gated(gate) for gate in ("none", "sig", "silg", "sog", "cag", "cag_reverse")),
    ]
    pairs, ones = (
        [trained(n, sharing=sharing) for sharing in sharings] for n in (tasks, tasks[:1])
    )
    assert not any(same(a, b) for a, b in combinations(pairs, 2))
    assert all(same(ones[0], one) for one in ones[1:])


def test_towers_without_gates_are_two_single_task_runs():
    """Bit for bit: same start, batches and updates; of the words each has those it reads."""
    both = trained([TEXTS, MANY], sharing=Gated("none"), schedule="simultaneous")
    for task in (TEXTS, MANY):
        alone = trained([task])
        for key, curve in alone.curves.items():
            assert both.curves[key] == curve


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LSTM(2, 6), LSTM(2, 5)),
        (LSTM(2, 6), LSTM(3, 6)),
        (LSTM(2, 6), LSTM(2, 6, skip=True)),
        (CNN(), CNN(filters=9)),
        (CNN(), CNN(window=2)),
        (CNN(), CNN(dense=9)),
    ],
    ids=repr,
)
def test_every_field_of_the_encoders_has_an_effect(one, other):
    assert not same(trained([TEXTS], encoder=one), trained([TEXTS], encoder=other))


@pytest.mark.slow
def test_every_level_of_gates_has_an_effect():
    results = [
        trained([TEXTS, MANY], sharing=Gated("sog", levels))
        for levels in (None, (0,), (1,), (2,), (0, 1))
    ]
    assert not any(same(a, b) for a, b in combinations(results, 2))


@pytest.mark.parametrize(
    "encoder", [pytest.param(LSTM(2, 6), marks=pytest.mark.slow), CNN()], ids=str
)
def test_learns_what_can_be_learned(encoder):
    task = (
        text_task(n=(300, 50, 50))
        if isinstance(encoder, LSTM)
        else multilabel_task(n=(300, 50, 50))
    )
    result = trained([task], encoder=encoder, steps=300)
    assert result.scores[task.name, "test", "best", task.metric] > 0.95
