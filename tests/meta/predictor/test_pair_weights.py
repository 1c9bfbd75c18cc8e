from dataclasses import replace

import numpy as np
import pytest
from made_pairs import made_pairs, planted_evidence

from taskrel.meta.predictor.pair_weights import pair_weights
from taskrel.meta.predictor.table.pair_data import pair_data

NAN = float("nan")
#: Of reliability 3 / 4.
BY_HAND = [[0.0, 2.0], [2.0, 8.0]]


def of_seeds(seeds):
    """Two pairs of each main, with these gains seed by seed."""
    n = len(seeds) // 2
    pairs = [(main, n + i) for main in range(n) for i in range(2)]
    return replace(made_pairs(pairs, np.zeros(2 * n)), label_seeds=np.array(seeds, float))


SURE, NOISY, UNKNOWN = [[1, 1], [2, 2]], [[1, 2], [2, 1]], [[1, NAN], [2, NAN]]


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        ([*SURE, *BY_HAND], [8 / 7, 6 / 7]),  # reliabilities 1 and 3 / 4
        ([*SURE, *NOISY], [2, 0]),
        ([*SURE, *BY_HAND, *UNKNOWN], [8 / 7, 6 / 7, 1]),
        ([*NOISY, *NOISY], [1, 1]),
        ([*UNKNOWN, *NOISY], [1, 1]),
        ([*UNKNOWN, *UNKNOWN], [1, 1]),
    ],
)
def test_weights_by_hand(seeds, expected):
    data = of_seeds(seeds)
    found = pair_weights(data, np.ones(len(seeds), bool))
    assert found == pytest.approx(np.repeat(expected, 2))


def test_a_pair_of_fewer_seeds_counts_less():
    # R = 3 / 4 of two seeds, so k (1 − R) / R = 2 / 3, and one seed has 1 / (1 + 2 / 3) = 0.6.
    pairs = [(0, aux) for aux in (1, 2, 3)]
    seeds = np.array([*BY_HAND, [4, NAN]])
    found = pair_weights(
        replace(made_pairs(pairs, np.zeros(3)), label_seeds=seeds), np.ones(3, bool)
    )
    assert found == pytest.approx(np.array([0.75, 0.75, 0.6]) / 0.7)


def test_only_training_pairs_are_looked_at():
    data = of_seeds([*SURE, *BY_HAND, [5, 0], [0, 9]])
    train = np.array([1, 1, 1, 1, 0, 0], bool)
    other = replace(data, label_seeds=np.where(train[:, None], data.label_seeds, 99.0))
    assert pair_weights(data, train).tolist() == pair_weights(other, train).tolist()
    assert len(pair_weights(data, train)) == 4


def test_seeds_of_an_evidence():
    evidence = planted_evidence(4, seeds=(0, 1, 2))
    gains = evidence.gains
    missing = (gains.main == "t00") & (gains.aux == "t01") & (gains.seed == 2)
    data = pair_data(replace(evidence, gains=gains[~missing]))
    assert data.seeds.shape == (12, 3)
    assert np.isnan(data.seeds[0]).tolist() == [False, False, True]
    assert data.seeds[1:].mean(axis=1) == pytest.approx(data.gain[1:])
