import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import t

from taskrel.meta.predictor.gain_interval import LEVEL, GainInterval, fit_gain_interval

#: index, gain: slope 8 / 5 and intercept 0.6, residuals 0.4, −1.2, 1.2, −0.4.
INDEX, GAIN = np.array([0.0, 1, 2, 3]), np.array([1.0, 1, 5, 5])
ONE = np.ones(4)
#: Two families, of which either is main twice.
CLUSTERS = np.array([[0, 1], [0, 1], [1, 0], [1, 0]])


def test_least_squares_by_hand():
    fitted = fit_gain_interval(INDEX[:, None], GAIN, ONE, np.array([[i, i + 4] for i in range(4)]))
    assert fitted.coef == pytest.approx([0.6, 1.6])
    assert fitted.variance == pytest.approx((2 * 0.4**2 + 2 * 1.2**2) / 2)
    assert fitted.exponent == 0
    assert fitted.quantile == pytest.approx(t.ppf(0.5 + LEVEL / 2, 8 - 2))


def test_the_interval_by_hand():
    fitted = GainInterval(np.array([1.0, 2.0]), np.array([[0.25, 0], [0, 1.0]]), 3.5, 1.5, 1.0)
    gain, low, high = fitted.interval(np.array([[0.5], [2.0]]), np.array([1.0, 0.5]))
    assert gain == pytest.approx([2, 2.5])
    # variances 0.25 + 0.25 + 3.5 = 4 and 0.25 + 4 + 3.5 = 7.75
    half = 1.5 * np.sqrt([4, 7.75]) * [1, 0.5]
    assert low == pytest.approx(gain - half)
    assert high == pytest.approx(gain + half)


def sandwich(x, residuals, cluster):
    """Cluster-robust covariance with the usual correction (Cameron et al. 2011, eq. 2.4)."""
    n, k = x.shape
    groups = np.unique(cluster)
    sums = np.array([x[cluster == g].T @ residuals[cluster == g] for g in groups])
    bread = np.linalg.inv(x.T @ x)
    g = len(groups)
    return g / (g - 1) * (n - 1) / (n - k) * bread @ sums.T @ sums @ bread


def test_two_way_clustered_covariance():
    rng = np.random.default_rng(0)
    pairs = np.array(list(permutations(range(16), 2)))
    main, aux = rng.normal(0, 2, 16)[pairs[:, 0]], rng.normal(0, 2, 16)[pairs[:, 1]]
    index = rng.normal(size=(len(pairs), 2)) + np.column_stack([main, aux])
    gain = 1 + index @ [1.0, 2.0] + main + aux + rng.normal(size=len(pairs))
    fitted = fit_gain_interval(index, gain, np.ones(len(pairs)), pairs)
    x = sm.add_constant(index)
    ols = sm.OLS(gain, x)
    residuals = ols.fit().resid
    assert fitted.coef == pytest.approx(ols.fit().params)
    both = pairs @ [16, 1]
    by_hand = (
        sandwich(x, residuals, pairs[:, 0])
        + sandwich(x, residuals, pairs[:, 1])
        - sandwich(x, residuals, both)
    )
    theirs = ols.fit(cov_type="cluster", cov_kwds={"groups": pairs}).cov_params()
    assert np.linalg.eigvalsh(by_hand).min() > 0  # so nothing had to be mended
    assert fitted.covariance == pytest.approx(by_hand)
    assert fitted.covariance == pytest.approx(theirs)


def test_where_the_difference_is_no_covariance_nothing_is_subtracted():
    rng = np.random.default_rng(0)
    pairs = np.array(list(permutations(range(9), 2)))
    main, aux = rng.normal(0, 2, 9)[pairs[:, 0]], rng.normal(0, 2, 9)[pairs[:, 1]]
    index = rng.normal(size=(len(pairs), 2)) + 0.5 * main[:, None]
    gain = 1 + index @ [1.0, 2.0] + main + aux + rng.normal(size=len(pairs))
    x = sm.add_constant(index)
    residuals = sm.OLS(gain, x).fit().resid
    one, two, both = (sandwich(x, residuals, by) for by in (*pairs.T, pairs @ [9, 1]))
    assert np.linalg.eigvalsh(one + two - both).min() < 0
    fitted = fit_gain_interval(index, gain, np.ones(len(pairs)), pairs)
    assert fitted.covariance == pytest.approx(one + two)


@pytest.mark.parametrize(
    "clusters", [CLUSTERS, np.zeros((4, 2), int), np.array([[0, 1], [1, 2], [2, 3], [3, 0]])]
)
def test_a_covariance_is_never_negative(clusters):
    covariance = fit_gain_interval(INDEX[:, None], GAIN, ONE, clusters).covariance
    assert covariance == pytest.approx(covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-12
    assert covariance[0, 0] > 0


def test_an_index_that_would_be_turned_upside_down_is_dropped():
    wrong = np.array([-1.0, 3, -2, 0])
    fitted = fit_gain_interval(np.column_stack([wrong, INDEX]), GAIN, ONE, CLUSTERS)
    alone = fit_gain_interval(INDEX[:, None], GAIN, ONE, CLUSTERS)
    assert fitted.coef == pytest.approx([alone.coef[0], 0, alone.coef[1]])
    assert (fitted.covariance[1] == 0).all()
    assert (fitted.covariance[:, 1] == 0).all()
    assert fitted.variance == pytest.approx(alone.variance)


@pytest.mark.parametrize("index", [-INDEX, 0 * INDEX, np.array([0, 1e-17, -1e-17, 0])])
def test_without_an_index_to_trust_the_mean_is_all(index):
    fitted = fit_gain_interval(index[:, None], GAIN, ONE, CLUSTERS)
    assert fitted.coef == pytest.approx([3, 0])
    assert fitted.coef[1] == 0
    assert fitted.variance == pytest.approx(16 / 3)
    assert fitted.quantile == pytest.approx(t.ppf(0.5 + LEVEL / 2, 1))


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_gains_that_grow_with_the_headroom(exponent):
    rng = np.random.default_rng(4)
    pairs = np.array(list(permutations(range(16), 2)))
    headroom = np.geomspace(0.05, 4, 16)[pairs[:, 0]]
    index = rng.normal(size=(len(pairs), 1))
    gain = headroom**exponent * (2 + 3 * index[:, 0] + rng.normal(size=len(pairs)))
    fitted = fit_gain_interval(index, gain, headroom, pairs)
    assert fitted.exponent == exponent
    assert fitted.coef == pytest.approx([2, 3], abs=0.2)
    assert fitted.variance == pytest.approx(1, abs=0.2)


def test_where_all_mains_have_the_same_headroom_it_does_not_count():
    rng = np.random.default_rng(4)
    pairs = np.array(list(permutations(range(6), 2)))
    for room in (0.3, 0.7, 2.0):
        fitted = fit_gain_interval(
            rng.normal(size=(30, 1)), rng.normal(size=30), np.full(30, room), pairs
        )
        assert fitted.exponent == 0


def test_the_interval_covers_what_it_says():
    """Pairs of a new main task, whose level and whose own error the evidence does not know."""
    rng = np.random.default_rng(11)
    n, covered = 14, []
    pairs = np.array(list(permutations(range(n), 2)))
    for _ in range(60):
        main, aux = rng.normal(0, 1, n)[pairs[:, 0]], rng.normal(0, 0.7, n)[pairs[:, 1]]
        index = rng.normal(size=(len(pairs), 1))
        gain = -1 + 2 * index[:, 0] + main + aux + rng.normal(size=len(pairs))
        known = (pairs != 0).all(axis=1)
        new = pairs[:, 0] == 0
        one = np.ones(len(pairs))
        fitted = fit_gain_interval(index[known], gain[known], one[known], pairs[known])
        _, low, high = fitted.interval(index[new], one[new])
        covered.append(((low <= gain[new]) & (gain[new] <= high)).mean())
    assert np.mean(covered) == pytest.approx(LEVEL, abs=0.06)


def test_json_gives_it_back_to_the_last_bit():
    fitted = fit_gain_interval(INDEX[:, None], GAIN / 3, ONE, CLUSTERS)
    back = GainInterval.from_plain(json.loads(json.dumps(fitted.to_plain())))
    assert (back.coef == fitted.coef).all()
    assert (back.covariance == fitted.covariance).all()
    assert (
        replace(back, coef=0, covariance=0).to_plain()
        == replace(fitted, coef=0, covariance=0).to_plain()
    )


def test_what_is_damaged():
    raw = fit_gain_interval(INDEX[:, None], GAIN, ONE, CLUSTERS).to_plain()
    with pytest.raises(ValueError, match="a row and a column for each of coef"):
        GainInterval.from_plain(raw | {"coef": [1.0]})
    with pytest.raises(ValueError, match="expected finite numbers"):
        GainInterval.from_plain(raw | {"variance": float("nan")})
