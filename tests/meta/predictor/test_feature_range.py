import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskrel.meta.predictor.feature_range import FeatureRange

NAN = np.nan
#: Columns: some values missing; no value at all; constant.
X = np.array([[1, NAN, 5], [3, NAN, 5], [NAN, NAN, 5], [8, NAN, 5]])

tables = arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 4)),
    elements=st.one_of(st.just(NAN), st.floats(-1e6, 1e6)),
)


def test_by_hand():
    feature_range = FeatureRange.of(X)
    assert feature_range.median.tolist() == [3, 0, 5]
    assert feature_range.low.tolist() == [1, 0, 5]
    assert feature_range.high.tolist() == [8, 0, 5]
    assert feature_range.mean.tolist() == [(1 + 3 + 3 + 8) / 4, 0, 5]
    assert feature_range.spread.tolist() == [7, 1, 1]


@pytest.mark.parametrize(
    ("row", "taken", "unit", "outside"),
    [
        ([NAN, NAN, NAN], [3, 0, 5], [2 / 7, 0, 0], [False, False, False]),
        ([0.9, 2, 7], [1, 0, 5], [0, 0, 0], [True, True, True]),
        ([8.1, -2, 4], [8, 0, 5], [1, 0, 0], [True, True, True]),
        ([8, 0, 5], [8, 0, 5], [1, 0, 0], [False, False, False]),
        ([8 + 1e-12, 0, 5 - 1e-12], [8, 0, 5], [1, 0, 0], [False, False, False]),  # rounding
    ],
)
def test_new_pairs(row, taken, unit, outside):
    feature_range = FeatureRange.of(X)
    assert feature_range.clipped(np.array([row])).tolist() == [taken]
    assert feature_range.unit(np.array([row]))[0].tolist() == pytest.approx(unit)
    assert feature_range.out_of_range(np.array([row])).tolist() == [outside]


@given(tables)
def test_training_pairs_are_never_outside(x):
    feature_range = FeatureRange.of(x)
    assert not feature_range.out_of_range(x).any()
    taken = feature_range.clipped(x)
    known = ~np.isnan(x)
    assert (taken[known] == x[known]).all()
    assert not np.isnan(taken).any()
    assert feature_range.mean == pytest.approx(taken.mean(axis=0))


@given(tables, st.floats(-1e9, 1e9))
def test_anything_is_on_the_unit_interval(x, value):
    feature_range = FeatureRange.of(x)
    unit = feature_range.unit(np.full((1, x.shape[1]), value))
    assert ((unit >= 0) & (unit <= 1)).all()
