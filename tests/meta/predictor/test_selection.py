from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from made_pairs import made_pairs

from taskrel.meta.predictor.selection import (
    ALPHAS,
    PENALTIES,
    choose_classifier,
    choose_ranker,
    family_folds,
)

PAIRS = list(permutations(range(8), 2))
N = len(PAIRS)
ALL = np.ones(N, bool)
BOTH = pytest.mark.parametrize("choose", [choose_classifier, choose_ranker])


def made(seed=0, tell=1.0, groups=("noise", "signal")):
    """Gains of 8 tasks in 4 families that the column of group "signal" tells, and noise beside."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=N)
    tables = {"noise": {"pair_n": rng.normal(size=N)}, "signal": {"pair_s": signal}}
    return made_pairs(
        PAIRS,
        tell * signal + rng.normal(0, 0.3, N),
        family=np.arange(8) // 2,
        tables={g: tables[g] for g in groups},
    )


@pytest.mark.parametrize(
    ("choose", "weakest"), [(choose_classifier, max(PENALTIES)), (choose_ranker, None)]
)
@pytest.mark.parametrize("groups", [("noise", "signal"), ("signal", "noise")])
def test_it_finds_the_group_that_tells(choose, weakest, groups):
    group, penalty = choose(made(), ALL, groups)
    assert group == "signal"
    assert weakest in (None, penalty)


def test_noise_gets_the_strongest_penalty():
    strongest = [
        choose_classifier(made(seed, tell=0), ALL, ("noise",))[1] == min(PENALTIES)
        for seed in range(8)
    ]
    assert sum(strongest) >= 6


@BOTH
def test_pairs_that_are_not_for_training_have_no_say(choose):
    data = made()
    rng = np.random.default_rng(1)
    train = rng.uniform(size=N) < 0.7
    choice = choose(data, train, ("noise", "signal"))
    assert choice[0] == "signal"
    # Elsewhere the noise tells, ten times louder, and the signal is turned upside down.
    for rows, expected in ((~train, choice[0]), (ALL, "noise")):
        gain = np.where(rows, 10 * data.tables["noise"][:, 0], data.gain)
        tables = data.tables | {
            "signal": np.where(rows[:, None], -data.tables["signal"], data.tables["signal"])
        }
        changed = replace(data, gain=gain, label=gain, tables=tables)
        other = choose(changed, train, ("noise", "signal"))
        assert other[0] == expected
        if expected == choice[0]:
            assert other == choice


@BOTH
def test_the_first_wins_a_tie(choose):
    data = made()
    twice = replace(
        data,
        names=data.names | {"copy": data.names["signal"]},
        tables=data.tables | {"copy": data.tables["signal"]},
    )
    assert choose(twice, ALL, ("signal", "copy"))[0] == "signal"
    assert choose(twice, ALL, ("copy", "signal"))[0] == "copy"
    flat = made_pairs(PAIRS, made().gain, tables={"flat": {"pair_f": np.full(N, 3.0)}})
    if choose is choose_ranker:  # it says the same of all pairs, whatever the penalty
        assert choose(flat, ALL, ("flat",)) == ("flat", ALPHAS[0])


@BOTH
def test_where_nothing_can_be_known_the_first_is_taken(choose):
    data = made_pairs(
        PAIRS,
        made().gain,
        family=np.zeros(8, int),
        tables={"noise": {"pair_n": np.arange(N)}, "signal": {"pair_s": np.ones(N)}},
    )
    assert choose(data, ALL, ("noise", "signal")) == (
        "noise",
        PENALTIES[0] if choose is choose_classifier else ALPHAS[0],
    )


@BOTH
def test_a_group_that_the_evidence_lacks_is_passed_over(choose):
    assert choose(made(), ALL, ("pair_features", "noise"))[0] == "noise"


def test_the_strongest_penalty_comes_first():
    assert sorted(PENALTIES) == list(PENALTIES)  # C is an inverse
    assert sorted(ALPHAS, reverse=True) == list(ALPHAS)


def test_a_simpler_choice_that_is_not_clearly_worse_is_taken():
    """The second group knows a little more than the first, in some main tasks only."""
    rng = np.random.default_rng(2)
    signal = rng.normal(size=N)
    first = signal + rng.normal(0, 0.3, N)
    tables = {
        "first": {"pair_a": first},
        "second": {"pair_a": first + 0.02 * signal},
        "third": {"pair_a": signal},
    }
    gain = signal + rng.normal(0, 0.1, N)
    data = made_pairs(PAIRS, gain, family=np.arange(8) // 2, tables=tables)
    assert choose_ranker(data, ALL, ("first", "second"))[0] == "first"
    assert choose_ranker(data, ALL, ("first", "second", "third"))[0] == "third"


def test_folds_by_hand():
    # Tasks 0 and 1 are a family; pair (0, 1) is within it, and tells nothing of a new family.
    pairs = [(0, 1), (0, 2), (1, 3), (2, 0), (2, 3), (3, 2)]
    data = made_pairs(pairs, np.arange(6), family=[0, 0, 1, 2])
    train = np.array([1, 1, 1, 1, 1, 0], bool)
    found = [
        (np.flatnonzero(fit).tolist(), np.flatnonzero(test).tolist())
        for fit, test in family_folds(data, train)
    ]
    assert found == [
        ([4], [1, 2]),  # without family 0: of (2, 3) and (3, 2) only the former is for training
        ([0, 2], [3, 4]),
    ]  # family 2: its only pair as main, (3, 2), is not for training
