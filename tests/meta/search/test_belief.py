"""What is believed of gains: against the formulas of a normal distribution, and by simulation."""

import numpy as np
import pytest

from taskrel.meta.search.belief import ALONE, Observation, believe
from taskrel.meta.search.variation import Variation

#: The noise is known: σ = 0.02 of a single-task score of 0.5.
KNOWN = Variation(
    noise=np.log(0.02),
    noise_spread=1e-9,
    offset=0.3,
    offset_variance=0.2,
    slope=0.5,
    slope_variance=0.1,
    own=0.4,
    bias=0.3,
    seed=0.25,
)
Z = np.array([1.0, -1.0])


def rng():
    return np.random.default_rng(0)


def test_the_posterior_by_hand():
    seen = [
        Observation(ALONE, 0, 0.5),
        Observation("a", 0, 0.52),
        Observation("a", 1, 0.515),
        Observation("b", 1, 0.49),
    ]
    found = believe(["a", "b"], Z, KNOWN, seen, rng())
    # The same by conditioning a joint normal distribution, in units of σ; the base is nearly flat.
    sigma, flat = 0.01, 1e8
    prior = 0.2 + 0.1 * np.outer(Z, Z) + 0.4 * np.eye(2)
    has = np.array([[0, 0], [1, 0], [1, 0], [0, 1]], float)
    arm, seed = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1])
    joint = (
        has @ prior @ has.T
        + 0.3 * (arm[:, None] == arm)
        + 0.25 * (seed[:, None] == seed)
        + np.eye(4)
        + flat
    )
    mean = 0.3 + 0.5 * Z
    y = np.array([o.score for o in seen]) / sigma
    gain = prior @ has.T @ np.linalg.inv(joint)
    effects = mean + gain @ (y - y.mean() - has @ mean)
    spread = np.sqrt(np.diag(prior - gain @ has @ prior))
    np.testing.assert_allclose(found.mean, 100 * sigma * effects / found.base, rtol=1e-5)
    np.testing.assert_allclose(found.spread, 100 * sigma * spread / found.base, rtol=1e-5)
    np.testing.assert_allclose(found.draws[:, 1:].mean(axis=0), found.mean, atol=0.1)
    np.testing.assert_allclose(found.draws[:, 1:].std(axis=0), found.spread, rtol=0.05)
    assert found.noise == pytest.approx(100 * sigma / found.base)
    assert (found.draws[:, 0] == 0).all()
    assert found.best() == "a"


def test_before_any_pair_it_is_the_prior():
    found = believe(["a", "b"], Z, KNOWN, [Observation(ALONE, 0, 0.5)], rng())
    # σ is 2 % of the score: 2 · (0.3 ± 0.5), and 2 · √(0.2 + 0.1 + 0.4).
    np.testing.assert_allclose(found.mean, [1.6, -0.4])
    np.testing.assert_allclose(found.spread, 2 * np.sqrt(0.7))
    nothing = believe(["a", "b"], None, KNOWN, [Observation(ALONE, 0, 0.5)], rng())
    # Without a ranking, what z explains is an auxiliary's own: 0.2 + 0.4 + 0.5² + 0.1.
    np.testing.assert_allclose(nothing.mean, [0.6, 0.6])
    np.testing.assert_allclose(nothing.spread, 2 * np.sqrt(0.95))


def test_the_noise_is_learned():
    wide = Variation(noise=np.log(0.02), noise_spread=1.0)
    for sigma in (0.002, 0.03):
        draw = np.random.default_rng(1)
        seen = [
            Observation(arm, seed, 0.5 + sigma * draw.standard_normal())
            for arm in (ALONE, "a", "b")
            for seed in range(12)
        ]
        assert believe(["a", "b"], None, wide, seen, rng()).noise / 100 * 0.5 == pytest.approx(
            sigma, rel=0.35
        )


def test_more_runs_leave_the_bias_of_the_dev_texts():
    """However often an auxiliary is trained, dev texts show what others do not."""
    seen = [Observation(ALONE, s, 0.5) for s in range(400)]
    seen += [Observation("a", s, 0.51) for s in range(400)]
    found = believe(["a"], None, KNOWN, seen, rng())
    # Prior 0.95 and bias 0.3 of each of the two: 2 · √(0.95 − 0.95² / (0.95 + 0.6)).
    assert found.spread[0] == pytest.approx(2 * np.sqrt(0.95 - 0.95**2 / 1.55), rel=0.01)


def test_scores_of_0_are_no_numbers_out_of_bounds():
    seen = [Observation(ALONE, 0, 0.0), Observation("a", 0, 0.2), Observation("b", 0, 0.0)]
    found = believe(["a", "b"], None, KNOWN, seen, rng())
    assert np.isfinite(found.draws).all()
    assert found.best() == "a"


def test_single_task_training_may_be_best():
    seen = [Observation(ALONE, s, 0.5) for s in range(3)]
    seen += [Observation(aux, s, 0.47) for aux in "ab" for s in range(3)]
    found = believe(["a", "b"], None, KNOWN, seen, rng())
    assert found.best() == ALONE
    assert found.probability_best()[ALONE] > 0.8
    assert found.regret(ALONE) < found.regret("a")
    assert found.probability_close(ALONE, 100.0) == 1.0


@pytest.mark.slow
def test_what_it_says_is_so_as_often_as_it_says():
    """Over main tasks drawn from the prior: intervals, the best arm, closeness, regret."""
    draw, rows = np.random.default_rng(5), []
    v = Variation(slope=0.5, offset=0.2)
    for _ in range(300):
        z = draw.standard_normal(6)
        z = (z - z.mean()) / z.std(ddof=1)
        sigma = 0.5 * np.exp(v.noise + v.noise_spread * draw.standard_normal())
        effect = v.offset + np.sqrt(v.offset_variance) * draw.standard_normal()
        slope = v.slope + np.sqrt(v.slope_variance) * draw.standard_normal()
        own = np.sqrt(v.own) * draw.standard_normal(6)
        gains = np.array([0.0, *(effect + slope * z + own)])
        bias = np.sqrt(v.bias) * draw.standard_normal(7)
        seeds = np.sqrt(v.seed) * draw.standard_normal(3)
        names = [ALONE, *"abcdef"]
        seen = [
            Observation(names[i], s, 0.5 + sigma * (gains[i] + bias[i] + seeds[s] + noise))
            for i in range(7)
            for s in range(draw.integers(1, 4))
            for noise in [draw.standard_normal()]
        ]
        found = believe(names[1:], z, v, seen, rng())
        truth = 100 * sigma * gains / 0.5
        i = names.index(found.best())
        low, high = np.percentile(found.draws[:, 1:], [10, 90], axis=0)
        rows.append(
            (
                ((low <= truth[1:]) & (truth[1:] <= high)).mean(),
                found.probability_best()[found.best()] - (truth.argmax() == i),
                found.probability_close(found.best(), 0.5) - (truth.max() - truth[i] <= 0.5),
                (found.regret(found.best()) - (truth.max() - truth[i])) / (100 * sigma),
            )
        )
    covered, best, close, regret = np.mean(rows, axis=0)
    assert covered == pytest.approx(0.8, abs=0.04)
    assert best == pytest.approx(0, abs=0.07)
    assert close == pytest.approx(0, abs=0.07)
    assert regret == pytest.approx(0, abs=0.15)
