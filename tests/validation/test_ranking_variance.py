from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from made_pairs import made_pairs

from taskrel.validation.ranking_variance import ranking_parts
from taskrel.validation.scoring.family_bootstrap import family_weights, once

# Mains 0, 1 and 2 with the auxiliaries 3 to 6, seed by seed.
PAIRS = [(main, aux) for main in range(3) for aux in range(3, 7)]


def data_of(seeds, family=None):
    seeds = np.array(seeds, float)  # (n_pairs, n_seeds)
    return replace(made_pairs(PAIRS, np.nanmean(seeds, axis=1), family), seeds=seeds)


def of_orders(*mains):
    """Each main's gains by seed, as one column per seed."""
    return data_of(np.concatenate([np.transpose(seeds) for seeds in mains]))


def values(data, unit="token"):
    found = ranking_parts(data, once(len(data.gain)))[unit]
    return {part: found[part]["value"] for part in ("shared", "own", "noise")}


@pytest.mark.parametrize(
    ("mains", "shared", "own", "noise"),
    [
        # Every seed of every main agrees: all is common.
        ([[[1, 2, 3, 4], [1, 2, 3, 4]]] * 3, 1, 0, 0),
        # Two mains alike and the third the other way round: (1 - 1 - 1) / 3; no seed differs.
        ([[[1, 2, 3, 4]] * 2, [[1, 2, 3, 4]] * 2, [[4, 3, 2, 1]] * 2], -1 / 3, 4 / 3, 0),
        # Ranks 1 2 3 4 and 1 3 2 4 of the seeds: r = 0.8, so of the mean 1.6 / 1.8 = 8 / 9.
        ([[[1, 2, 3, 4], [1, 3, 2, 4]]] * 3, 1, -1 / 9, 1 / 9),
        # A scale of its own, as mains have, changes no order.
        ([[[10, 20, 30, 40]] * 2, [[1, 2, 3, 4]] * 2, [[-4, -3, -2, -1]] * 2], 1, 0, 0),
    ],
)
def test_parts_by_hand(mains, shared, own, noise):
    assert values(of_orders(*mains)) == pytest.approx(
        {"shared": shared, "own": own, "noise": noise}, abs=1e-6
    )


def test_one_seed_tells_what_is_common_and_not_what_is_noise():
    found = values(data_of([[g] for g in [1, 2, 3, 4] * 3]))
    assert found == {"shared": 1, "own": None, "noise": None}


def test_relatives_are_not_compared():
    seeds = [[g, g] for g in [1, 2, 3, 4, 1, 2, 3, 4, 4, 3, 2, 1]]
    apart = data_of(seeds, [0, 0, 1, 2, 3, 4, 5])  # 0 and 1 agree, and are of one family
    assert values(apart)["shared"] == -1


def test_units_stand_by_themselves():
    data = of_orders([[1, 2, 3, 4]] * 2, [[1, 2, 3, 4]] * 2, [[4, 3, 2, 1]] * 2)
    kind = np.array(["tagging", "tagging", "multilabel"] + ["tagging"] * 4)
    found = ranking_parts(replace(data, kind=kind), once(12))
    assert [found[unit]["n_mains"] for unit in ("token", "text")] == [2, 1]
    assert found["token"]["shared"]["value"] == 1
    assert found["text"]["shared"]["value"] is None  # one main has nothing in common with itself
    assert found["text"]["noise"]["value"] == 0


def test_a_missing_seed_leaves_the_rest():
    seeds = np.array([[1, 1], [2, 2], [3, 3], [4, np.nan]] * 3, float)
    assert values(data_of(seeds))["noise"] == pytest.approx(0)
    seeds[1::4, 1] = np.nan  # two pairs say nothing
    assert values(data_of(seeds))["noise"] is None


def planted(common, own, spread, draw, n=14, n_seeds=3):
    """Gains of all pairs of n tasks: common to the auxiliary, own to the pair, noise of a seed."""
    rng = np.random.default_rng(draw)
    pairs = np.array([*permutations(range(n), 2)])
    told = common * rng.normal(size=n)[pairs[:, 1]] + own * rng.normal(size=len(pairs))
    seeds = told[:, None] + spread * rng.normal(size=(len(pairs), n_seeds))
    return replace(made_pairs(pairs, seeds.mean(axis=1)), seeds=seeds)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("common", "own", "spread"), [(1, 0, 0.1), (0, 1, 0.1), (0, 0, 1), (1, 1, 1), (2, 1, 1)]
)
def test_the_estimates_are_right_in_the_mean(common, own, spread):
    variances = np.array([common**2, own**2, spread**2 / 3])
    truth = variances / variances.sum()
    found = np.mean(
        [[*values(planted(common, own, spread, draw)).values()] for draw in range(20)], axis=0
    )
    # Ranks of normal variables correlate up to 0.02 less than these do; the rest is luck.
    assert found == pytest.approx(truth, abs=0.07)


def test_an_interval_holds_the_value_and_the_truth():
    data = planted(1, 1, 1, draw=0)
    found = ranking_parts(data, family_weights(data, 200, 0))["token"]
    for part, truth in (("shared", 3 / 7), ("own", 3 / 7), ("noise", 1 / 7)):
        assert found[part]["low"] < found[part]["value"] < found[part]["high"]
        assert found[part]["low"] < truth < found[part]["high"]
