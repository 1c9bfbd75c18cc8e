import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.linear import Linear

X = np.array([[0.0, 10], [1, 30], [5, 20]])  # means 2 and 20, medians 1 and 20
LINEAR = Linear(("main_size", "pair_probe"), FeatureRange.of(X), np.array([2.0, -0.5]))


@pytest.mark.parametrize(
    ("row", "contributions"),
    [
        ([2, 20], [0, 0]),
        ([5, 10], [6, 5]),
        ([np.nan, 30], [-2, -5]),  # the median, 1, is below the mean
        ([99, -99], [6, 5]),  # taken at the edge, (5, 10)
    ],
)
def test_by_hand(row, contributions):
    x = np.array([row])
    assert LINEAR.contributions(x).tolist() == [contributions]
    assert LINEAR.index(x).tolist() == [sum(contributions)]


def test_it_is_0_at_the_mean_and_over_the_training_pairs():
    assert LINEAR.feature_range.mean.tolist() == [2, 20]
    assert LINEAR.index(X).mean() == pytest.approx(0, abs=1e-12)
    assert LINEAR.feature_range.out_of_range(np.array([[6.0, 20], [2, 9]])).tolist() == [
        [True, False],
        [False, True],
    ]


@given(
    arrays(float, (4, 2), elements=st.floats(-1e300, 1e300)),
    arrays(float, 2, elements=st.floats(-1e300, 1e300)),
)
def test_json_gives_it_back_to_the_last_bit(x, weight):
    x[1:3].sort(axis=0)  # low and high
    linear = Linear(("aux_size", "aux_jsd"), FeatureRange(*x), weight)
    back = Linear.from_plain(json.loads(json.dumps(linear.to_plain())))
    assert back.columns == linear.columns
    assert (back.weight == weight).all()
    for name, row in zip(("median", "low", "high", "mean"), x, strict=True):
        assert (getattr(back.feature_range, name) == row).all()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("weight", [1.0], "weight: expected 2 finite numbers"),
        ("low", [1.0, float("nan")], "low: expected 2 finite numbers"),
        ("mean", [1.0, "x"], "could not convert"),
        ("columns", ["main_size"], "median: expected 1 finite numbers"),
        ("columns", ["main_size", "main_size"], "columns: expected names of features, each once"),
        ("columns", ["main_size", "age"], "columns: expected names of features, each once"),
        ("low", [9.0, 10.0], "low: expected numbers that are not above those of high"),
    ],
)
def test_what_is_damaged(field, value, says):
    with pytest.raises(ValueError, match=says):
        Linear.from_plain(LINEAR.to_plain() | {field: value})


def test_what_is_not_there():
    raw = LINEAR.to_plain()
    del raw["high"]
    with pytest.raises(KeyError, match="high"):
        Linear.from_plain(raw)
