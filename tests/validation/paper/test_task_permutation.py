from itertools import permutations

import numpy as np
import pytest

from taskrel.validation.paper.task_permutation import set_p, shuffled_tasks


@pytest.mark.parametrize(
    ("chosen", "p"),
    [
        # the sums of two of 3, 2, 1, 0 are 5, 4, 3, 3, 2, 1
        ([0, 1], 1 / 6),
        ([0, 2], 2 / 6),
        ([0, 3], 4 / 6),
        ([1, 2], 4 / 6),
        ([2, 3], 1),
        # one of four
        ([0], 1 / 4),
        ([3], 1),
    ],
)
def test_share_of_sets_that_are_as_high(chosen, p):
    assert set_p(np.array([3.0, 2, 1, 0]), np.array(chosen)) == pytest.approx(p)


def test_equal_values_tie():
    assert set_p(np.array([0.1 + 0.2, 0.3, 0.3]), np.array([1])) == 1


def test_shuffles_come_near_to_the_exact_test():
    values, weight = np.array([4.0, 1, 3, 2]), np.array([1.0, 0, 2, 0])
    exact = [float(weight @ p) for p in permutations(values)]
    observed = float(weight @ values)
    up, down = shuffled_tasks(values, lambda v: float(weight @ v))
    assert up == pytest.approx(np.mean([s >= observed for s in exact]), abs=0.04)
    assert down == pytest.approx(np.mean([s <= observed for s in exact]), abs=0.04)


def test_a_constant_feature_says_nothing():
    assert shuffled_tasks(np.ones(5), lambda v: float(v[0])) == (1, 1)
