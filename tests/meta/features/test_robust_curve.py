import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.meta.features.robust_curve import (
    ROBUST_CURVE_FEATURES,
    dev_minimum,
    dev_upturn,
    generalisation_gap,
    late_slope,
    log_slope,
    noise,
    relative_level,
    robust_curve_features,
    smooth_gradient,
)

STEPS = np.arange(1.0, 101)
NONE = ([], [])


def test_the_keys_are_those_that_are_declared():
    found = robust_curve_features(
        (STEPS, 2 - STEPS / 100), ([50, 100], [1.5, 1.6]), ([50, 100], [0.6, 0.7])
    )
    assert list(found) == list(ROBUST_CURVE_FEATURES)
    assert found["dev_score"] == 0.7
    assert all(type(value) is float for value in found.values())


def test_levels_and_slopes_of_a_line_by_hand():
    # y = 3 − x / 100: 2.99 … 2.00; first tenth (x ≤ 10) 2.945, last tenth (x ≥ 90) 2.05
    y = 3 - STEPS / 100
    assert smooth_gradient(STEPS, y, 0.3) == pytest.approx(-1 / 2.945)
    assert late_slope(STEPS, y) == pytest.approx(-1 / 2.945)
    assert relative_level(STEPS, y) == pytest.approx(2.05 / 2.945)
    assert generalisation_gap(STEPS, y, np.array([9.0, 2.55])) == pytest.approx(0.5)


@pytest.mark.parametrize("factor", [1, 10])
@pytest.mark.parametrize("scale", [1, 5])
def test_slopes_and_levels_know_neither_budget_nor_unit_of_loss(factor, scale):
    y = 1 + np.exp(-STEPS / 30)
    for feature in (lambda x, y: smooth_gradient(x, y, 0.2), late_slope, relative_level, noise):
        assert feature(factor * STEPS, scale * y) == pytest.approx(feature(STEPS, y))


@pytest.mark.parametrize(
    ("values", "upturn", "place"),
    [
        ([2, 1, 1.5, 2], 1.0, 0.5),  # least at step 2 of 4, twice as high at the end
        ([4, 3, 2, 1], 0.0, 1.0),
        ([1, 2, 3, 1.1], 0.1, 0.25),
        ([], math.nan, math.nan),
    ],
)
def test_upturn_and_minimum_of_the_dev_loss(values, upturn, place):
    y, x = np.array(values, float), np.arange(1.0, len(values) + 1)
    assert dev_upturn(y) == pytest.approx(upturn, nan_ok=True)
    assert dev_minimum(x, y) == pytest.approx(place, nan_ok=True)


def test_noise_of_a_zigzag_by_hand():
    # 1.1, 0.9, 1.1, …: every difference is ±0.2, so √(0.04 / 2). The last tenth, x = 90 … 100,
    # has six of 0.9 and five of 1.1.
    y = 1 + 0.1 * (-1) ** np.arange(100)
    assert noise(STEPS, y) == pytest.approx(math.sqrt(0.02) / ((6 * 0.9 + 5 * 1.1) / 11))


def test_noise_hardly_sees_the_slope():
    rng = np.random.default_rng(0)
    x = np.arange(1.0, 2001)
    y = 4 - x / 1000 + rng.normal(0, 0.05, len(x))
    assert noise(x, y) == pytest.approx(0.05 / 2.1, rel=0.1)


@given(a=st.floats(-2, -0.05), b=st.floats(0.5, 5), d=st.sampled_from([0.01, 0.1, 1.0]))
def test_the_log_curve_is_recovered(a, b, d):
    y = a * np.log(STEPS / 100 + d) + b
    slope, error = log_slope(STEPS, y)
    assert slope == pytest.approx(a, rel=0.1)
    assert 0 <= error < 0.05 * abs(a)


def test_the_standard_error_is_that_of_the_line():
    # With the best d held fixed, ordinary least squares as SciPy has it.
    from scipy.stats import linregress

    rng = np.random.default_rng(1)
    y = -0.5 * np.log(STEPS / 100 + 0.1) + 2 + rng.normal(0, 0.05, 100)
    blocks = [b.mean() for b in np.array_split(y, 50)]
    places = [b.mean() / 100 for b in np.array_split(STEPS, 50)]
    slope, error = log_slope(STEPS, y)
    fits = [linregress(np.log(np.array(places) + d), blocks) for d in np.geomspace(1e-3, 10, 81)]
    best = max(fits, key=lambda f: f.rvalue**2)
    assert (slope, error) == pytest.approx((best.slope, best.stderr))


@pytest.mark.parametrize("y", [3 - STEPS / 100, STEPS[:5], STEPS[:0]])
def test_a_straight_line_and_a_short_curve_have_no_log_fit(y):
    assert np.isnan(log_slope(STEPS[: len(y)], y)).all()


@pytest.mark.parametrize("train", [NONE, ([1], [2.0]), ([1, 2, 3], [1, math.nan, 2])])
def test_short_or_broken_curves_give_no_features_and_no_error(train):
    found = robust_curve_features(train, NONE, NONE)
    assert all(
        math.isnan(found[name]) for name in ROBUST_CURVE_FEATURES if name != "relative_level"
    )
