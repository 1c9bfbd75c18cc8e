from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskrel.validation.scoring.scores import best_of


def curve(score, gain):
    """The expected best for k = 1 … number of auxiliaries."""
    return [best_of(k, score, gain) for k in range(1, len(gain) + 1)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(0, 2)), min_size=1, max_size=6))
def test_ties_are_the_mean_over_their_orders(pairs):
    gain, scores = np.array(pairs).T
    for score in (scores, 0 * scores):
        orders = [
            o
            for o in permutations(range(len(gain)))
            if all(score[x] >= score[y] for x, y in pairwise(o))
        ]
        tried = np.mean([np.maximum.accumulate([0, *gain[list(o)]]) for o in orders], axis=0)
        assert curve(score, gain) == pytest.approx(tried[1:])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-1, 1)), min_size=1, max_size=40))
def test_curves_rise_to_the_best_gain_and_none_beats_the_oracle(pairs):
    gain, score = np.array(pairs).T
    oracle = np.array(curve(gain, gain))
    for found in (np.array(curve(score, gain)), np.array(curve(0 * score, gain)), oracle):
        assert (np.diff(found) >= -1e-9).all()
        assert found[-1] == pytest.approx(max(0, gain.max()), abs=1e-9)
        assert (found <= oracle + 1e-9).all()


def test_nobody_has_to_take_a_loss():
    assert curve(np.array([0, 1]), np.array([-1, -3])) == [0, 0]
