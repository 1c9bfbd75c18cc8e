from dataclasses import replace

import numpy as np
import pytest
from made_pairs import made_pairs

from taskrel.validation.rankings import FIGURES, rankings
from taskrel.validation.scoring.family_bootstrap import family_weights, once

# Mains 0, 1 and 2 with the auxiliaries 3 to 6, seed by seed.
PAIRS = [(main, aux) for main in range(3) for aux in range(3, 7)]
ASKED = np.ones(len(PAIRS), bool)
UP, DOWN, SWAPPED = [1, 2, 3, 4], [4, 3, 2, 1], [1, 3, 2, 4]


def data_of(*mains, family=None, kind=None):
    """Each main's gains: its rankings by seed."""
    seeds = np.concatenate([np.transpose(seeds) for seeds in mains]).astype(float)
    data = made_pairs(PAIRS, seeds.mean(axis=1), family)
    kind = data.kind if kind is None else np.array(kind)
    return replace(data, seeds=seeds, kind=kind)


def values(data, score, level="token", scope="all"):
    found = rankings(data, np.array(score, float), ASKED, once(len(PAIRS)))[level][scope]
    return found | {name: found[name]["value"] for name in FIGURES}


def test_by_hand():
    # Ranks 1 2 3 4 and 1 3 2 4 correlate by 0.8.
    found = values(data_of(*[[UP, UP]] * 3), SWAPPED * 3)
    assert found["n_mains"] == 3
    assert found["attainable"] == 1
    assert found["spearman"] == found["one_seed"] == found["share"] == pytest.approx(0.8)
    assert found["other_seeds"] == found["similarity"] == 1
    assert found["own"] is None  # the other main tasks know the whole ranking
    assert found["over_mean_rank"] == pytest.approx(0.8 - 1)


def test_noise_limits_what_can_be_predicted():
    # r = 0.8 of two seeds, so √(2 · 0.8 / 1.8); the score is one of the two orders.
    found = values(data_of(*[[UP, SWAPPED]] * 3), UP * 3)
    assert found["attainable"] == pytest.approx((1.6 / 1.8) ** 0.5, abs=1e-6)
    # Mean ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    assert found["spearman"] == pytest.approx(np.sqrt(0.9), abs=1e-6)
    assert found["share"] == pytest.approx(np.sqrt(0.9) / (1.6 / 1.8) ** 0.5, abs=1e-6)
    assert found["one_seed"] == pytest.approx((1 + 0.8) / 2)
    assert found["other_seeds"] == pytest.approx(0.8)


def test_what_is_own_to_a_main_task():
    # Two mains go up and one goes down, and the score knows: the mean rank elsewhere is flat for
    # the first two (one up, one down) and up for the third.
    data = data_of([UP, UP], [UP, UP], [DOWN, DOWN])
    known = values(data, [*UP, *UP, *DOWN])
    assert known["spearman"] == 1
    assert known["similarity"] == pytest.approx((1 - 1 - 1) / 3)
    assert known["own"] == 1
    # The same list for all three is right twice.
    one_list = values(data, UP * 3)
    assert one_list["spearman"] == pytest.approx(1 / 3)
    assert one_list["similarity"] == 1


def test_partial_correlation_by_hand():
    # Of main 0: score against gain 0.8; the mean rank elsewhere is that of SWAPPED twice.
    third = [2, 1, 3, 4]
    data = data_of([UP, UP], [SWAPPED, SWAPPED], [SWAPPED, SWAPPED])
    score = [*third, *[0, 0, 0, 0], *[0, 0, 0, 0]]
    sg, se, ge = (
        np.corrcoef(a, b)[0, 1] for a, b in ((third, UP), (third, SWAPPED), (UP, SWAPPED))
    )
    of_first = (sg - se * ge) / np.sqrt((1 - se**2) * (1 - ge**2))
    # A constant score correlates by 0 with everything.
    assert values(data, score)["own"] == pytest.approx(of_first / 3, abs=1e-6)


def test_levels_and_scopes():
    kind = ["tagging", "tagging", "classification", *["tagging"] * 3, "classification"]
    data = data_of(*[[UP, UP]] * 3, kind=kind)
    found = rankings(data, np.array([*UP, *DOWN, *UP], float), ASKED, once(len(PAIRS)))
    assert {level: list(scopes) for level, scopes in found.items()} == {
        "token": ["all", "within"],
        "text": ["all"],  # one text-level auxiliary is no ranking
    }
    assert found["token"]["all"]["n_mains"] == 2
    assert found["token"]["all"]["spearman"]["value"] == 0
    assert found["text"]["all"]["spearman"]["value"] == 1
    assert found["text"]["all"]["similarity"]["value"] is None  # one main task


def test_pairs_of_one_family_and_pairs_without_a_score_do_not_count():
    data = data_of(*[[UP, UP]] * 3)
    score = np.array([9.0, 2, 3, 4] * 3)  # wrong about the first auxiliary
    assert values(data, score)["spearman"] < 1
    asked = np.array([False, True, True, True] * 3)
    found = rankings(data, score, asked, once(len(PAIRS)))["token"]["all"]
    assert found["spearman"]["value"] == 1
    score[::4] = np.nan
    assert values(data, score)["spearman"] == 1
    assert rankings(data, np.full(12, np.nan), ASKED, once(len(PAIRS))) == {}


def test_one_seed():
    found = values(data_of([UP], [UP], [UP]), UP * 3)
    assert found["spearman"] == 1
    assert (found["attainable"], found["share"], found["one_seed"]) == (None, None, None)


def test_intervals_are_of_resampled_families():
    data = data_of([UP, UP], [UP, UP], [DOWN, DOWN])
    found = rankings(data, np.array(UP * 3, float), ASKED, family_weights(data, 200, 0))
    spearman = found["token"]["all"]["spearman"]
    assert spearman["low"] < spearman["value"] < spearman["high"] <= 1
