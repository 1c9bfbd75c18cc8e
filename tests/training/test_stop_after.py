"""A run that ends early is the first part of the whole run, bit for bit."""

import msgspec
import numpy as np
import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.training.recipes.budget import updates_spent
from taskrel.training.recipes.recipe import Adam, BiLSTM, MetaTraining, Recipe
from taskrel.training.run import run
from taskrel.training.schedules.schedules import uniform

WHOLE = Recipe(
    width=8,
    steps=60,
    batch=8,
    evaluations=10,
    dropout=0.3,
    encoder=BiLSTM(units=6),
    optimiser=Adam(lr=0.02),
)
PAIR = [text_task(), tagging_task()]


def changed(**fields):
    return msgspec.structs.replace(WHOLE, **fields)


@pytest.mark.parametrize(
    "tasks", [[text_task()], PAIR, [*PAIR, multilabel_task()]], ids=["alone", "pair", "three"]
)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"precision": "bfloat16"},
        {"schedule": "simultaneous"},
        {"schedule": "modulated"},
        {"schedule": MetaTraining()},
        {"epochs": 12},
    ],
    ids=str,
)
@pytest.mark.parametrize("evaluations", [1, 3])
def test_it_is_the_beginning_of_the_whole_run(tasks, fields, evaluations):
    recipe = changed(**fields)
    whole = run(tasks, recipe, 1)
    start = run(tasks, msgspec.structs.replace(recipe, stop_after=evaluations), 1)
    for task in tasks:
        train, dev = (task.name, "train", "loss"), (task.name, "dev", "loss")
        n = len(start.curves[train].steps)
        assert n < 0.5 * len(whole.curves[train].steps)
        assert start.curves[train].values == whole.curves[train].values[:n]
        for what in (dev, (task.name, "dev", task.metric)):
            n = len(start.curves[what].steps)
            assert n >= evaluations
            assert start.curves[what].steps == whole.curves[what].steps[:n]
            assert start.curves[what].values == whole.curves[what].values[:n]
    assert min(len(start.curves[t.name, "dev", "loss"].steps) for t in tasks) == evaluations
    assert start.scores == start.correct == {}  # the test split is not looked at


@pytest.mark.parametrize("schedule", ["uniform", "simultaneous"])
def test_a_smaller_budget_begins_like_the_whole_one(schedule):
    """So do `steps`: neither draws of tasks nor of batches know how long a run will be."""
    long, short = (
        run(PAIR, changed(schedule=schedule, steps=steps, evaluations=n), 0)
        for steps, n in ((600, 10), (60, 1))
    )
    for key, curve in short.curves.items():
        if key[1] == "train":
            assert curve.values == long.curves[key].values[: len(curve.values)]
    # Of a uniform draw one of two tasks ends before 60 updates, and has no point to compare.
    compared = [
        key
        for key, curve in short.curves.items()
        if key[1] == "dev" and curve.steps[0] == 60 == long.curves[key].steps[0]
    ]
    assert len(compared) == (2 if schedule == "uniform" else 4)
    for key in compared:
        assert short.curves[key].values[0] == long.curves[key].values[0]


def test_transfer_trains_its_auxiliary_to_the_end_first():
    result = run(PAIR, changed(schedule="sequential", stop_after=1), 0)
    assert len(result.curves["tags", "train", "loss"].steps) == 60
    assert len(result.curves["texts", "train", "loss"].steps) == 6


@pytest.mark.parametrize("n_tasks", [2, 3])
def test_draws_do_not_depend_on_the_budget(n_tasks):
    """Neither within a block of draws nor behind its end."""
    long, short = (
        list(uniform([budget] * n_tasks, np.random.default_rng(0))) for budget in (3000, 700)
    )
    assert short == long[: len(short)]


@pytest.mark.parametrize(
    ("fields", "budget", "spent"),
    [
        ({}, 200, 200),
        ({"stop_after": 1}, 200, 20),
        ({"stop_after": 1}, 209, 20),
        ({"stop_after": 3}, 200, 60),
        ({"stop_after": 30}, 200, 200),
        ({"stop_after": 2}, 5, 2),
    ],
)
def test_updates_spent(fields, budget, spent):
    assert updates_spent(budget, changed(**fields)) == spent


def test_whoever_asks_for_more_evaluations_than_there_are_gets_the_whole_run():
    whole, other = (run(PAIR, changed(stop_after=n), 0) for n in (None, 99))
    assert whole.curves == other.curves
    assert whole.scores == other.scores
