import numpy as np
import pandas as pd
import pytest
from made_comparison import task

from taskrel.study.analysis.baselines import (
    DRAWS,
    at_chance,
    at_random,
    baseline_scores,
    majority,
)


def test_majority_is_one_value_and_random_one_of_each_draw():
    # Training says "bad" twice of three, and so do the test labels.
    food = task("food", ["good", "bad", "bad"], ["good", "bad", "bad"])
    assert baseline_scores(food, "majority")["accuracy"].tolist() == [pytest.approx(2 / 3)]
    assert baseline_scores(food, "random")["accuracy"].shape == (DRAWS,)


def test_a_task_is_at_chance_level_where_it_scores_no_more_than_the_majority():
    food = task("food", ["good", "bad", "bad"], ["good", "bad", "bad"])
    for score, found in ((0.5, ["food"]), (2 / 3 + 1e-12, ["food"]), (0.67, [])):
        assert at_chance(pd.Series({"food": score, "unknown": 0.0}), {"food": food}) == found


def test_labels_are_drawn_with_their_share_in_training():
    # Right with 3/4 · 1/2 + 1/4 · 1/2 = 1/2 of 600 labels: the mean of 200 draws is within
    # 0.5 ± 4 · 0.5 / √(600 · 200)
    half = task("half", ["a", "a", "a", "b", None], ["a", "b"] * 300)
    found = baseline_scores(half, "random")
    assert found["accuracy"].mean() == pytest.approx(0.5, abs=0.006)
    drawn = np.concatenate(list(at_random(half)))
    assert set(drawn.tolist()) == {0, 1}
    assert (drawn == 0).mean() == pytest.approx(0.75, abs=0.006)


def test_each_label_of_several_is_drawn_by_itself():
    # Shares 1/2 and 1/4; "c" is in no training set, so it is never drawn.
    many = task("many", [["a"], ["a", "b"], [], []], [["a"], ["b", "c"]] * 100, "multilabel")
    drawn = np.stack(list(at_random(many)))
    assert drawn.shape == (DRAWS, 200, 2)
    assert drawn.mean(axis=(0, 1)) == pytest.approx([0.5, 0.25], abs=0.01)
    both = drawn.all(axis=2).mean()
    assert both == pytest.approx(0.125, abs=0.01)


@pytest.mark.parametrize(("train", "width"), [("aaabbcccdd", 4), ("aaab", 2)])
def test_of_a_regression_four_different_labels_are_drawn(train, width):
    near = task("near", list(train), ["a"] * 50, "regression")
    drawn = np.stack(list(at_random(near)))
    assert drawn.shape == (DRAWS, 50, width)
    assert (np.diff(np.sort(drawn, axis=2), axis=2) > 0).all()
    first = train.count("a") / len(train)
    assert (drawn[..., 0] == 0).mean() == pytest.approx(first, abs=0.02)
    assert baseline_scores(near, "random")["nearest_accuracy"].mean() == pytest.approx(
        first, abs=0.02
    )


def test_the_same_draws_every_time():
    tags = task("tags", [["a", "b"], ["b"]], [["a", "a"], ["b"]], "tagging")
    one, other = (np.stack(list(at_random(tags))) for _ in range(2))
    assert (one == other).all()
    assert one.shape == (DRAWS, 3)
    assert majority(tags).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "train", "test", "expected"),
    [
        ("classification", ["b", "a", "b", "a", "c"], ["c", "a"], [0, 0]),
        ("classification", ["b", None, None, "b", "a"], ["b", "unseen"], [1, 1]),
        ("tagging", [["a", "b"], ["b"]], [["a", "a"], ["b"]], [1, 1, 1]),
        ("multilabel", [["b"], ["a", "b"], ["a", "b"]], [["b"], ["c"]], [[1, 1], [1, 1]]),
        # Equally frequent: {a} before {b} before the empty set.
        ("multilabel", [["b"], [], ["a"]], [["b"]], [[1, 0]]),
        ("multilabel", [["b"], [], [], ["a"]], [["b"]], [[0, 0]]),
        ("regression", ["a", "b", "c", "c", None], ["a", "b"], [[2, 0, 1], [2, 0, 1]]),
        ("regression", [*"abcdeffee"], ["a"], [[4, 5, 0, 1]]),
    ],
)
def test_majority_label(kind, train, test, expected):
    assert majority(task("x", train, test, kind)).tolist() == expected
