"""Parts of the scores of main tasks: recovered from scores that were drawn with known parts."""

from dataclasses import replace

import numpy as np
import pytest

from taskrel.meta.search.variation import Main, Variation, fit_variation, standardised

TRUE = Variation(
    noise=np.log(0.02),
    noise_spread=0.5,
    offset=0.3,
    offset_variance=0.4,
    slope=0.6,
    slope_variance=0.1,
    own=0.5,
    bias=0.3,
    seed=0.4,
)


def drawn(n, v=TRUE, k=20, seeds=8, on_test=True, seed=0):
    """Main tasks whose scores have these parts."""
    draw = np.random.default_rng(seed)
    for _ in range(n):
        z = standardised(draw.standard_normal(k))
        sigma = 0.5 * np.exp(v.noise + v.noise_spread * draw.standard_normal())
        gains = (
            v.offset
            + np.sqrt(v.offset_variance) * draw.standard_normal()
            + (v.slope + np.sqrt(v.slope_variance) * draw.standard_normal()) * z
            + np.sqrt(v.own) * draw.standard_normal(k)
        )
        scores = []
        for bias in (v.bias, 0.0):
            arms = np.array([0, *gains]) + np.sqrt(bias) * draw.standard_normal(k + 1)
            common = np.sqrt(v.seed) * draw.standard_normal(seeds)
            noise = draw.standard_normal((k + 1, seeds))
            scores.append(0.5 + sigma * (arms[:, None] + common + noise))
        yield Main(scores[0], scores[1] if on_test else None, z)


def test_parts_are_recovered():
    found = fit_variation(drawn(400))
    assert found.n_mains == 400
    for name in ("offset", "offset_variance", "slope", "slope_variance", "own", "bias", "seed"):
        assert getattr(found, name) == pytest.approx(getattr(TRUE, name), abs=0.07), name
    assert found.noise == pytest.approx(TRUE.noise, abs=0.1)
    assert found.noise_spread == pytest.approx(TRUE.noise_spread, abs=0.07)


def test_without_test_scores_all_that_dev_shows_is_an_auxiliarys_own():
    found = fit_variation(drawn(400, on_test=False))
    assert found.own == pytest.approx(0.8, abs=0.07)
    assert found.bias < 0.03


def test_without_a_ranking_nothing_is_lost():
    found = fit_variation(main._replace(z=None) for main in drawn(400))
    assert found.slope == 0
    assert found.own == pytest.approx(0.5 + 0.6**2 + 0.1, abs=0.1)
    assert TRUE.without_ranking().own == pytest.approx(0.5 + 0.6**2 + 0.1)
    assert TRUE.without_ranking().slope == 0


@pytest.mark.parametrize(
    "mains",
    [
        [],
        list(drawn(1)),
        list(drawn(3, k=3)),  # too few auxiliaries
        list(drawn(3, seeds=1)),
        [Main(np.full((9, 4), 0.5), None, None)] * 3,  # runs that do not vary
    ],
)
def test_too_little_to_learn_from(mains):
    assert fit_variation(mains) == Variation()


def test_standardised():
    np.testing.assert_allclose(standardised([1, 2, 3]), [-1, 0, 1])
    assert standardised([2, 2]).tolist() == [0, 0]
    assert standardised([5]).tolist() == [0]


def test_a_quarter_of_the_dev_texts_doubles_the_noise():
    small = replace(TRUE, n_dev=400).with_dev(100)
    assert np.exp(small.noise) == pytest.approx(2 * np.exp(TRUE.noise))
    # Gains are the same, in units of twice the noise; bias and seeds are as noisy as runs.
    assert (small.slope, small.offset) == (TRUE.slope / 2, TRUE.offset / 2)
    assert small.own == pytest.approx(TRUE.own / 4)
    assert (small.bias, small.seed) == (TRUE.bias, TRUE.seed)
    assert TRUE.with_dev(100) == TRUE
