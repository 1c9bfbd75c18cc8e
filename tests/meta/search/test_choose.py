"""Which arm comes next, and when a search ends."""

import numpy as np
import pytest

from taskrel.meta.search.belief import ALONE, Belief
from taskrel.meta.search.choose import choose, next_arm
from taskrel.meta.search.stop import AS_GOOD_ALONE, FOUND, standing


def belief(mean, spread, n=4000):
    """Gains of "a", "b", … with independent normal distributions."""
    mean, spread = np.array(mean, float), np.array(spread, float)
    draws = mean + spread * np.random.default_rng(0).standard_normal((n, len(mean)))
    names = tuple("abcdefgh"[: len(mean)])
    return Belief(names, mean, spread, np.column_stack([np.zeros(n), draws]), 1.0, 0.5)


def shares(found, closed=(), n=2000):
    rng = np.random.default_rng(1)
    chosen = [choose(found, rng, closed) for _ in range(n)]
    return {arm: chosen.count(arm) / n for arm in {*chosen}}


def test_the_leader_half_of_the_time_and_else_a_challenger():
    found = shares(belief([5, 4.5, 1], [0.1, 0.1, 0.1]))
    assert found == {"a": pytest.approx(0.5, abs=0.04), "b": pytest.approx(0.5, abs=0.04)}


def test_arms_that_may_be_best_are_tried_more():
    found = shares(belief([2, 2, 0], [1, 1, 1]))
    assert found["a"] == pytest.approx(found["b"], abs=0.05)
    assert found["c"] < 0.2
    assert found.get(ALONE, 0) < 0.1


def test_single_task_training_is_an_arm():
    assert shares(belief([-1, -1], [0.6, 0.6]))[ALONE] > 0.3


def test_single_task_runs_keep_pace():
    found, rng = belief([5, 4.5], [0.1, 0.1]), np.random.default_rng(2)
    trained = [ALONE]
    while len(trained) < 100:
        trained.append(next_arm(found, trained, rng))
    assert trained.count(ALONE) == pytest.approx(15, abs=1)
    assert next_arm(found, trained * 2, rng, {ALONE}) != ALONE


def test_closed_arms():
    found = belief([5, 4.5, 1], [0.1, 0.1, 0.1])
    assert {*shares(found, {"a"})} == {"b", "c"}
    assert {*shares(found, {"a", "b", ALONE})} == {"c"}
    assert choose(found, np.random.default_rng(0), {"a", "b", "c", ALONE}) is None


@pytest.mark.parametrize(
    ("mean", "spread", "best", "settled"),
    [
        ([5, 4], [0.1, 0.1], "a", FOUND),
        ([5, 4.9], [0.05, 0.05], "a", FOUND),  # b may be better, but not by over 0.5
        ([5, 4], [1, 1], "a", None),
        ([-2, -3], [0.1, 0.1], ALONE, AS_GOOD_ALONE),
        ([-0.2, -3], [0.1, 0.1], ALONE, AS_GOOD_ALONE),
        ([-0.2, -3], [1, 1], ALONE, None),
    ],
)
def test_when_it_is_settled(mean, spread, best, settled):
    found = standing(belief(mean, spread), 0.5, {"a", "b"})
    assert (found.best, found.settled) == (best, settled)
    assert found.gain == (mean[0] if best else 0)
    assert found.regret >= 0


def test_only_what_was_trained_is_an_answer():
    found = belief([5, 4], [0.1, 0.1])
    assert standing(found, 0.5, {"b"}).best == "b"
    assert standing(found, 0.5, {ALONE}).best == ALONE
    assert standing(found, 0.5, {"b"}).close < 0.1
