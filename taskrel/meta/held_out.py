"""What the predictor says of the measured pairs without having seen their main's family.

The same answers as `GainPredictor.predict` gives one by one: pictures are drawn
from them, and the interval's coverage is counted on them.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.meta.gain_interval import LEVEL
from taskrel.meta.model import Answers
from taskrel.meta.pair_data import pair_data

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.meta.predictor import GainPredictor


def held_out_answers(predictor: "GainPredictor") -> "pd.DataFrame":
    """Answers for every measured pair, by the model that was fitted without main's family.

    Returns
    -------
    DataFrame
        A row per measured pair: main, aux, measured (mean gain in percent), the
        fields of `Answers`, and covered: whether low ≤ measured ≤ high.
    """
    import pandas as pd

    data = pair_data(predictor.evidence_)
    answers = np.full((len(Answers._fields), len(data.gain)), np.nan)
    for code, family in enumerate(data.families):
        rows = data.family[data.main] == code
        if rows.any():
            model = predictor.model("all", family)
            x = data.columns(model.columns)[rows]
            answers[:, rows] = model.answer(x, data.headroom[data.main[rows]])
    table = pd.DataFrame({"main": np.array(data.tasks)[data.main],
                          "aux": np.array(data.tasks)[data.aux], "measured": data.gain,
                          **dict(zip(Answers._fields, answers, strict=True))})
    return table.assign(covered=(table.low <= table.measured) & (table.measured <= table.high))


def interval_check(answers: "pd.DataFrame") -> dict[str, float | int | None]:
    """How often the interval covers the measured gain of a pair that it has not seen.

    answers : as `held_out_answers` returns them

    Returns level (what is meant to be covered), coverage (what is), n (pairs with
    an interval) and width (median, in percent of score); coverage and width are
    None where no pair has one.
    """
    with_one = answers[answers.low.notna()]
    n = len(with_one)
    return {"level": LEVEL, "n": n, "coverage": float(with_one.covered.mean()) if n else None,
            "width": float((with_one.high - with_one.low).median()) if n else None}
