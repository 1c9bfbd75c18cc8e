from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.meta.predictor.table.pair_data import pair_data
from taskrel.validation.held_out import held_out_answers, interval_check, probability_check
from taskrel.validation.scoring.family_bootstrap import Weights, family_weights

EVIDENCE = planted_evidence(8, n_families=4)
ANSWERS = pd.DataFrame(
    {
        "main": ["a", "a", "b", "b", "b"],
        "measured": [1.0, -1, 1, 1, 9],
        "probability": [0.6, 0.8, 0.4, 0.2, 0.9],
        "low": [0.0, 1, np.nan, -1, 0],
        "high": [2.0, 2, np.nan, 4, 1],
        "covered": [True, False, False, True, False],
        "asked": [True, True, True, True, False],
    }
)
#: Two resamples: everything once; main a twice and b never.
WEIGHTS = Weights(np.array([[1.0] * 5, [2, 2, 0, 0, 0]]), np.ones((2, 5)))


def test_held_out_answers_are_those_that_predict_gives():
    predictor = GainPredictor().fit(EVIDENCE)
    answers = held_out_answers(predictor)
    assert len(answers) == len(EVIDENCE.measured())
    rows = answers.set_index(["main", "aux"])
    for main, aux in (("t00", "t05"), ("t07", "t02")):
        p = predictor.predict(main, aux)
        row = rows.loc[(main, aux)]
        assert (row.probability, row.gain, row.low, row.high, row.score) == pytest.approx(
            (p.probability, p.gain, p.low, p.high, p.score)
        )
        assert row.measured == p.measured.gain
        assert row.covered == (row.low <= row.measured <= row.high)


@pytest.mark.parametrize(
    ("families", "gain", "silent"),
    [
        (1, None, {"t00", "t01", "t02", "t03"}),  # no pair is left
        (4, lambda main, aux: 1.0 if main == "t00" else -1.0, {"t00"}),
    ],
)  # losses are left
def test_where_nothing_can_be_learned_without_a_family_nothing_is_said(families, gain, silent):
    evidence = planted_evidence(4, n_families=families, spread=0, gain=gain)
    answers = held_out_answers(GainPredictor().fit(evidence))
    assert len(answers) == 12
    assert set(answers.main[answers.probability.isna()]) == silent
    assert not answers.covered[answers.probability.isna()].any()
    weights = family_weights(pair_data(evidence), 5, 0)
    found = probability_check(answers, weights)
    assert set(found["by_main"]) == {"t00", "t01", "t02", "t03"} - silent
    if len(silent) == 4:
        assert (found["gap"], found["low"], found["high"]) == (None, None, None)
        assert interval_check(answers, weights)["n"] == 0


def test_coverage_is_counted_by_hand():
    """Of three pairs with an interval whose auxiliary is of another family two are covered."""
    found = interval_check(ANSWERS, WEIGHTS)
    # resamples: once each; a's family twice and no other main's: 1 of 2
    assert found.pop("low") == pytest.approx(0.5, abs=0.01)
    assert found.pop("high") == pytest.approx(2 / 3, abs=0.01)
    assert found == {
        "level": LEVEL,
        "n": 3,
        "coverage": 2 / 3,
        "width": 2.0,
        "by_main": {"a": 0.5, "b": 1.0},
    }
    none = interval_check(ANSWERS.iloc[2:3], WEIGHTS.of(np.array([2])))
    assert (none["coverage"], none["low"], none["n"], none["by_main"]) == (None, None, 0, {})


def test_probability_against_the_share_of_gains_by_hand():
    found = probability_check(ANSWERS, WEIGHTS)
    # a: said 0.6 and 0.8, of which one gains; b: said 0.4 and 0.2, both gain (one of own family)
    assert found["by_main"]["a"] == {"said": pytest.approx(0.7), "was": 0.5}
    assert found["by_main"]["b"] == {"said": pytest.approx(0.3), "was": 1.0}
    assert found["gap"] == pytest.approx((0.2 + 0.7) / 2)
    assert (found["low"], found["high"]) == pytest.approx((0.2, 0.45), abs=0.01)
    # Auxiliaries that were drawn twice change nothing: whose interval it is are the mains.
    twice = Weights(WEIGHTS.main, np.array([[1.0, 0, 2, 0, 1], [0, 1, 1, 1, 1]]))
    assert probability_check(ANSWERS, twice) == found


def test_what_luck_alone_would_do_by_hand():
    """Two pairs of P(gain) ½: |½ − share| is 0 or ½, each half of the time; sure ones have none."""
    even = ANSWERS.assign(probability=0.5, main="a", asked=[True, True, False, False, False])
    assert probability_check(even, WEIGHTS)["chance"] == pytest.approx(0.25, abs=0.02)
    sure = even.assign(probability=[0.0, 1, 0, 0, 0])
    assert probability_check(sure, WEIGHTS)["chance"] == 0


@pytest.mark.slow
def test_answers_about_new_tasks_are_those_of_the_simpler_model():
    evidence = planted_evidence(8, n_families=4)
    never = replace(evidence, pairs=evidence.pairs.assign(**dict.fromkeys(ENCODER_FEATURES)))
    new = held_out_answers(GainPredictor().fit(evidence), "without_encoder")
    pd.testing.assert_frame_equal(new, held_out_answers(GainPredictor().fit(never)))
    assert not new.equals(held_out_answers(GainPredictor().fit(evidence)))
