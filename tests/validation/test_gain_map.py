from dataclasses import replace

import numpy as np
import pytest
from made_pairs import made_pairs, planted_evidence

from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.gain_map import _median, gain_map
from taskrel.validation.scoring.family_bootstrap import Weights, family_weights, once

# main, auxiliary → gain
GAINS = {
    ("t00", "t01"): 3,
    ("t00", "t02"): -1,
    ("t00", "t03"): 1,
    ("t01", "t00"): -2,
    ("t01", "t02"): -1,
    ("t01", "t03"): 4,
    ("t02", "t00"): 5,
    ("t02", "t01"): 6,
    ("t02", "t03"): 7,
    ("t03", "t00"): 1,
    ("t03", "t01"): -2,
    ("t03", "t02"): -3,
}


@pytest.fixture(scope="module")
def found():
    evidence = planted_evidence(4, spread=0, gain=lambda *pair: GAINS[pair], kinds=2)
    evidence.summary.loc[:4, "verdict"] = ["gain", "loss", "gain", "no clear effect", "gain"]
    data = pair_data(evidence)
    return gain_map(evidence, data, family_weights(data, 300, 0))


def test_shares_and_places_by_hand(found):
    assert found["share"]["value"] == pytest.approx(7 / 12)
    assert found["median"]["value"] == 1  # sixth and seventh of -3 … 7
    assert found["verdicts"] == {"gain": 3, "no clear effect": 1, "loss": 1}
    # t03 is second for t00, first for t01 and for t02: places 1/2, 1, 1
    assert found["auxiliaries"]["t03"]["place"]["value"] == pytest.approx(2.5 / 3)
    assert found["auxiliaries"]["t02"]["share"]["value"] == 0
    assert found["mains"]["t02"] == {
        "share": {"value": 1, "low": 1, "high": 1},
        "median": {"value": 6, "low": 5, "high": 7},
    }
    assert found["seed_noise"]["sign_agreement"] == 1


def test_a_vector_for_each_token_is_a_label_per_token():
    evidence = planted_evidence(4, spread=0, gain=lambda *pair: GAINS[pair], kinds=2)
    as_words = evidence.about.assign(
        kind=evidence.about.kind.replace("tagging", "regression per token")
    )
    groups = [
        gain_map(e, data, family_weights(data, 5, 0))["groups"]
        for e in (evidence, replace(evidence, about=as_words))
        for data in [pair_data(e)]
    ]
    assert groups[0] == groups[1]


def test_groups_cover_all_pairs_by_unit_and_by_size(found):
    groups = found["groups"]  # t00 and t02 are tagging, t01 and t03 classification
    assert groups["a label per token, both"]["n_pairs"] == 2  # -1 and 5
    assert groups["a label per token, both"]["share"]["value"] == 0.5
    assert groups["main per text, auxiliary per token"]["n_pairs"] == 4  # -2, -1, 1, -3
    assert groups["main per text, auxiliary per token"]["share"]["value"] == 0.25
    sizes = [
        g["n_pairs"]
        for name, g in groups.items()
        if "smaller" in name or "larger" in name or "sizes" in name
    ]
    assert sum(sizes) == 12


def test_intervals_hold_the_value_and_widen_with_fewer_families(found):
    low, value, high = (found["share"][k] for k in ("low", "value", "high"))
    assert low < value < high
    many = planted_evidence(16, spread=0)
    data = pair_data(many)
    wide = gain_map(many, data, family_weights(data, 300, 0))["share"]
    assert wide["high"] - wide["low"] < high - low


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([3, 1, 2], [1, 1, 1], 2),
        ([1, 2], [1, 1], 1.5),
        ([1, 2], [3, 1], 1),
        ([5, 1, 9], [0, 0, 2], 9),
        ([1, 2, 3, 4], [1, 1, 1, 1], 2.5),
        ([1], [0], np.nan),
    ],
)
def test_weighted_median(values, weights, median):
    assert _median(np.array(values, float), np.array([weights], float)) == pytest.approx(
        [median], nan_ok=True
    )


def test_two_pairs_of_one_main_and_none_elsewhere():
    data = made_pairs([(0, 1), (0, 2)], [1, -1])
    evidence = planted_evidence(3, spread=0)
    found = gain_map(evidence, data, once(2))
    assert list(found["mains"]) == ["t0"] and list(found["auxiliaries"]) == ["t1", "t2"]
    assert found["auxiliaries"]["t1"]["place"]["value"] == 1
    nothing = gain_map(evidence, data, Weights(np.zeros((1, 2)), np.zeros((1, 2))))
    assert nothing["share"] == {"value": 0.5, "low": None, "high": None}
