from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pairs import made_pairs

from taskrel.validation.folds import PROTOCOLS, folds

PAIRS = list(permutations(range(4), 2))
FAMILY = [0, 0, 1, 2]  # tasks 0 and 1 are of one family


@pytest.fixture(scope="module")
def data():
    return made_pairs(PAIRS, np.arange(12), FAMILY)


def named(mask):
    return {pair for pair, there in zip(PAIRS, mask, strict=True) if there}


@pytest.mark.parametrize(
    ("protocol", "n", "which", "test", "train"),
    [
        ("leave_main_out", 4, 1, {(1, 0), (1, 2), (1, 3)}, set(PAIRS) - {(1, 0), (1, 2), (1, 3)}),
        ("leave_aux_out", 4, 1, {(0, 1), (2, 1), (3, 1)}, set(PAIRS) - {(0, 1), (2, 1), (3, 1)}),
        ("leave_both_out", 6, 1, {(0, 2), (2, 0)}, {(1, 3), (3, 1)}),
        ("leave_family_out", 3, 0, {(0, 2), (0, 3), (1, 2), (1, 3)}, {(2, 3), (3, 2)}),
        (
            "leave_family_out",
            3,
            1,
            {(2, 0), (2, 1), (2, 3)},
            {(0, 1), (1, 0), (0, 3), (3, 0), (1, 3), (3, 1)},
        ),
    ],
)
def test_masks(data, protocol, n, which, test, train):
    found = folds(protocol, data)
    assert len(found) == n
    assert named(found[which][0]) == train
    assert named(found[which][1]) == test


def test_random_pairs_are_tested_once_each_in_five_folds(data):
    found = folds("random_pairs", data)
    assert [test.sum() for _, test in found] == [3, 3, 2, 2, 2]
    assert (sum(test.astype(int) for _, test in found) == 1).all()
    assert all((train == ~test).all() for train, test in found)


def test_random_pairs_are_shuffled_anew_in_each_repeat_and_the_same_for_a_seed(data):
    def tests(repeat, seed):
        return np.array([test for _, test in folds("random_pairs", data, repeat, seed)])

    assert (tests(3, 5) == tests(3, 5)).all()
    assert (tests(3, 5) != tests(4, 5)).any()
    assert (tests(3, 5) != tests(3, 6)).any()


@given(st.data())
def test_no_fold_trains_on_what_it_claims_to_leave_out(draw):
    n = draw.draw(st.integers(3, 6))
    every = list(permutations(range(n), 2))
    pairs = draw.draw(st.lists(st.sampled_from(every), min_size=2, unique=True))
    family = draw.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    data = made_pairs([*pairs, (n - 1, 0)], np.zeros(len(pairs) + 1), family)
    for protocol in PROTOCOLS:
        for train, test in folds(protocol, data):
            assert train.any() and test.any() and not (train & test).any()
            seen = {"main": set(data.main[train]), "aux": set(data.aux[train])}
            new = set(data.main[test])
            if protocol == "leave_main_out":
                assert not new & seen["main"]
            if protocol == "leave_aux_out":
                assert not set(data.aux[test]) & seen["aux"]
            if protocol == "leave_both_out":
                both = new | set(data.aux[test])
                assert len(both) == 2 and not both & (seen["main"] | seen["aux"])
            if protocol == "leave_family_out":
                known = {data.family[t] for t in seen["main"] | seen["aux"]}
                asked = {data.family[t] for t in new}
                assert len(asked) == 1 and not asked & known
                assert asked.isdisjoint(data.family[data.aux[test]])


def test_two_tasks_leave_nothing_to_learn_from():
    data = made_pairs([(0, 1), (1, 0)], [1, -1])
    assert folds("leave_both_out", data) == folds("leave_family_out", data) == []
    assert len(folds("random_pairs", data)) == 2


def test_many_tasks_are_left_out_in_blocks_and_each_pair_is_tested_once():
    pairs = [(m, a) for m in range(15) for a in range(15) if m != a]
    data = made_pairs(pairs, np.arange(len(pairs)))
    found = folds("leave_both_out", data)
    assert len(found) == 12 * 11 / 2 + 3  # two blocks at a time; three blocks hold two tasks
    assert (sum(test.astype(int) for _, test in found) == 1).all()
    for train, test in found:
        asked = {*data.main[test], *data.aux[test]}
        assert asked.isdisjoint({*data.main[train], *data.aux[train]})
        assert train.sum() >= 11 * 10
