from math import log

import msgspec
import numpy as np
import pytest

from taskrel.meta.features.start import start_evaluations, start_features, start_share
from taskrel.training.recipes.recipe import MetaTraining, Recipe
from taskrel.training.result import Curve

#: The start ends at the first of ten evaluations.
TEN = Recipe(steps=100, evaluations=10)


def changed(**fields):
    return msgspec.structs.replace(TEN, **fields)


def curve(*values, every=10):
    return Curve([every * (i + 1) for i in range(len(values))], list(values))


def curves(**of_task):
    """Of a and b alone and together, seeds 0 and 1; those of seed 1 are far off."""
    found = {((t,), t, 0): curve(v, 9) for t, v in of_task.items()}
    found |= {(("a", "b"), t, 0): curve(v * {"a": 2, "b": 0.5}[t], 9) for t, v in of_task.items()}
    return found | {(run, t, 1): curve(0.77, 9) for run, t, _ in found}


SCORES, LOSSES = curves(a=0.25, b=0.5), curves(a=1.0, b=3.0)


def test_by_hand():
    found = start_features(SCORES, LOSSES, TEN)
    assert found == {
        ("a", "b"): {"start_gain": 100.0, "start_loss": pytest.approx(log(1 / 2))},
        ("b", "a"): {"start_gain": -50.0, "start_loss": pytest.approx(log(3 / 1.5))},
    }


def test_of_the_first_seed_that_has_both_runs():
    def without(found, *key):
        return {k: v for k, v in found.items() if k != key}

    gone = ("a", "b"), "a", 0
    found = start_features(without(SCORES, *gone), without(LOSSES, *gone), TEN)
    assert found["a", "b"] == {"start_gain": 0.0, "start_loss": 0.0}
    assert found["b", "a"]["start_gain"] == -50.0


def test_only_the_first_task_is_a_main_one_where_the_recipe_tells_them_apart():
    assert set(start_features(SCORES, LOSSES, changed(schedule=MetaTraining()))) == {("a", "b")}


def test_an_automated_task_is_an_auxiliary_only():
    names = {"a": "a", "b": "a:next_word"}
    scores, losses = (
        {
            (tuple(names[t] for t in run), names[task], seed): c
            for (run, task, seed), c in found.items()
        }
        for found in (SCORES, LOSSES)
    )
    assert set(start_features(scores, losses, TEN)) == {("a", "a:next_word")}


def test_a_score_below_the_floor_has_no_gain_but_a_lead():
    found = start_features(curves(a=0.049, b=0.05), LOSSES, TEN)
    assert np.isnan(found["a", "b"]["start_gain"])
    assert found["b", "a"]["start_gain"] == pytest.approx(-50)
    assert found["a", "b"]["start_loss"] < 0


@pytest.mark.parametrize("losses", [curves(a=0.0, b=1.0), {}], ids=["zero", "none"])
def test_what_has_no_loss_has_no_lead(losses):
    found = start_features(SCORES, losses, TEN)
    assert found == {} if not losses else np.isnan(found["a", "b"]["start_loss"])


@pytest.mark.parametrize(
    "recipe",
    [
        changed(steps=200),  # evaluated every 20 updates: the curve is of another budget
        changed(evaluations=4),
        changed(schedule="sequential"),
    ],
    ids=["budget", "late", "transfer"],
)
def test_where_there_is_no_cheap_start(recipe):
    assert start_features(SCORES, LOSSES, recipe) == {}


def test_in_epochs_the_first_evaluation_says_how_long_a_start_is():
    one = {run: curve(*c.values, every=7) for run, c in SCORES.items()}
    assert start_features(one, LOSSES, changed(epochs=3))["a", "b"]["start_gain"] == 100


@pytest.mark.parametrize(
    ("evaluations", "expected"),
    [(4, None), (5, 1), (10, 1), (19, 1), (20, 2), (25, 2), (30, 3), (100, 10)],
)
def test_a_start_is_the_last_evaluation_up_to_a_tenth_or_the_first(evaluations, expected):
    assert start_evaluations(changed(evaluations=evaluations)) == expected
    if expected:
        assert start_share({"evaluations": evaluations}) == expected / evaluations
    assert start_share({}) == 0.1
