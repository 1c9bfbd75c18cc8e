from itertools import permutations

import numpy as np
from made_pairs import made_pairs

from taskrel.validation.scoring.family_bootstrap import Weights, family_weights, interval, once

PAIRS = list(permutations(range(4), 2))


def test_a_pair_counts_as_often_as_its_two_families_were_drawn():
    data = made_pairs(PAIRS, np.zeros(12), [0, 0, 1, 2])
    weights = family_weights(data, 200, seed=1)
    row = {pair: i for i, pair in enumerate(PAIRS)}
    of_family = np.column_stack(
        [weights.main[:, row[0, 2]], weights.main[:, row[2, 0]], weights.main[:, row[3, 0]]]
    )
    assert (of_family.sum(axis=1) == 3).all()  # as many families as there are
    assert len(np.unique(of_family, axis=0)) == 10  # ways to draw 3 of 3 with replacement
    for (main, aux), i in row.items():
        m, a = (of_family[:, [0, 0, 1, 2][t]] for t in (main, aux))
        np.testing.assert_array_equal(weights.main[:, i], m)
        np.testing.assert_array_equal(weights.aux[:, i], a)
        np.testing.assert_array_equal(weights.pair[:, i], m * a)
    # pairs within a family count as often as it was drawn, squared
    np.testing.assert_array_equal(weights.pair[:, row[0, 1]], of_family[:, 0] ** 2)


def test_families_without_a_measured_pair_are_not_drawn():
    data = made_pairs([(1, 3), (3, 1)], np.zeros(2), [0, 1, 2, 3])
    weights = family_weights(data, 50, seed=0)
    assert (weights.main + weights.aux == 2).all()
    assert set(weights.pair.ravel()) == {0, 1}


def test_the_same_seed_draws_the_same():
    data = made_pairs(PAIRS, np.zeros(12))
    one, same, other = (family_weights(data, 20, seed).main for seed in (4, 4, 5))
    assert (one == same).all() and (one != other).any()


def test_parts_of_weights():
    weights = Weights(np.arange(6.0).reshape(2, 3), np.ones((2, 3)))
    np.testing.assert_array_equal(weights.of(np.array([True, False, True])).main, [[0, 2], [3, 5]])
    np.testing.assert_array_equal(weights.resamples(np.array([False, True])).main, [[3, 4, 5]])
    np.testing.assert_array_equal(once(3).pair, [[1, 1, 1]])


def test_interval_is_of_the_resamples_that_define_the_figure():
    low, high = interval(np.concatenate([np.arange(101.0), [np.nan] * 50]))
    assert (low, high) == (2.5, 97.5)
    assert np.isnan(interval(np.array([np.nan, np.nan]))).all()
