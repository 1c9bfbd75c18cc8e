import numpy as np
import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.meta.gain_interval import LEVEL
from taskrel.meta.held_out import held_out_answers, interval_check
from taskrel.meta.predictor import GainPredictor

EVIDENCE = planted_evidence(8, n_families=4)


def test_held_out_answers_are_those_that_predict_gives():
    predictor = GainPredictor().fit(EVIDENCE)
    answers = held_out_answers(predictor)
    assert len(answers) == len(EVIDENCE.measured())
    rows = answers.set_index(["main", "aux"])
    for main, aux in (("t00", "t05"), ("t07", "t02")):
        p = predictor.predict(main, aux)
        row = rows.loc[(main, aux)]
        assert (row.probability, row.gain, row.low, row.high, row.score) == pytest.approx(
            (p.probability, p.gain, p.low, p.high, p.score))
        assert row.measured == p.measured.gain
        assert row.covered == (row.low <= row.measured <= row.high)


def test_coverage_is_counted_by_hand():
    answers = pd.DataFrame({"low": [0.0, 1, np.nan, -1], "high": [2.0, 2, np.nan, 4],
                            "covered": [True, False, False, True]})
    assert interval_check(answers) == {"level": LEVEL, "n": 3, "coverage": 2 / 3, "width": 2.0}
    assert interval_check(answers.iloc[2:3])["coverage"] is None
