from dataclasses import replace

import numpy as np
import pytest
from made_pairs import made_pairs, planted_evidence
from taskrel.meta.predictor.gain_reliability import main_weights, reliability

from taskrel.meta.predictor.table.pair_data import pair_data

NAN = float("nan")
#: Means 1 and 5; seeds differ by 2 in one row and by 6 in the other, so residuals are ± 1.
BY_HAND = [[0.0, 2.0], [2.0, 8.0]]


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        (BY_HAND, 1 - 4 / 16),  # MS(residual) = 4 · 1² / 1, MS(auxiliaries) = 2 · (2² + 2²) / 1
        ([[1, 3], [2, 4], [7, 9]], 1.0),  # a seed adds 2 to all of them: no noise
        ([[1, 2], [2, 1]], 0.0),  # equal means
        ([[0, 5], [5, 1]], 0.0),  # more noise than difference
        ([[3, 3], [3, 3]], 0.0),
        ([[1], [2]], NAN),
        ([[1, 2]], NAN),
        ([[1, NAN], [NAN, 2], [3, 4]], NAN),
        ([*BY_HAND, [NAN, 7]], 1 - 4 / 16),
    ],
)
def test_by_hand(gains, expected):
    assert reliability(np.array(gains, float)) == pytest.approx(expected, nan_ok=True)


def test_reliability_is_what_other_seeds_would_reproduce():
    """True variance 4, noise variance 9 per seed: the mean of 3 seeds has 4 / (4 + 9 / 3)."""
    rng = np.random.default_rng(0)
    gains = 2 * rng.normal(size=(20000, 1)) + 3 * rng.normal(size=(20000, 3)) + [1, -5, 40]
    assert reliability(gains) == pytest.approx(4 / 7, abs=0.02)


def of_seeds(seeds):
    """Two pairs of each main, with these gains seed by seed."""
    n = len(seeds) // 2
    pairs = [(main, n + i) for main in range(n) for i in range(2)]
    return replace(made_pairs(pairs, np.zeros(2 * n)), seeds=np.array(seeds, float))


SURE, NOISY, UNKNOWN = [[1, 1], [2, 2]], [[1, 2], [2, 1]], [[1, NAN], [2, NAN]]


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        ([*SURE, *BY_HAND], [8 / 7, 6 / 7]),  # 1 and 3 / 4
        ([*SURE, *NOISY], [2, 0]),
        ([*SURE, *BY_HAND, *UNKNOWN], [8 / 7, 6 / 7, 1]),
        ([*NOISY, *NOISY], [1, 1]),
        ([*UNKNOWN, *NOISY], [1, 1]),
        ([*UNKNOWN, *UNKNOWN], [1, 1]),
    ],
)
def test_weights_by_hand(seeds, expected):
    data = of_seeds(seeds)
    found = main_weights(data, np.ones(len(seeds), bool))
    assert found == pytest.approx(np.repeat(expected, 2))


def test_only_training_pairs_are_looked_at():
    data = of_seeds([*SURE, *BY_HAND, [5, 0], [0, 9]])
    train = np.array([1, 1, 1, 1, 0, 0], bool)
    other = replace(data, seeds=np.where(train[:, None], data.seeds, 99.0))
    assert main_weights(data, train).tolist() == main_weights(other, train).tolist()
    assert len(main_weights(data, train)) == 4


def test_seeds_of_an_evidence():
    evidence = planted_evidence(4, seeds=(0, 1, 2))
    gains = evidence.gains
    missing = (gains.main == "t00") & (gains.aux == "t01") & (gains.seed == 2)
    data = pair_data(replace(evidence, gains=gains[~missing]))
    assert data.seeds.shape == (12, 3)
    assert np.isnan(data.seeds[0]).tolist() == [False, False, True]
    assert data.seeds[1:].mean(axis=1) == pytest.approx(data.gain[1:])
