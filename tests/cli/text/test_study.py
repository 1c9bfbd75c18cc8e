import pandas as pd

from taskrel.cli.text.study import _budgets, _reliability
from taskrel.study.analysis.noise_by_budget import COLUMNS
from taskrel.study.analysis.reliability import SeedNoise


def test_reliability_at_parts_of_the_budget():
    rows = [(0.5, 0.8, 0.6, 0.5, 0.25, 3.0, 4, 3), (1.0, 0.61, 0.34, 0.75, 1.0, 2.5, 4, 3)]
    (text,) = _budgets(pd.DataFrame(rows, columns=COLUMNS))
    half, whole = text.splitlines()[-2:]
    assert half.split() == ["50%", "0.20", "0.40", "50%", "0.25", "3.00"]
    assert whole.split() == ["100%", "0.39", "0.66", "75%", "1.00", "2.50"]


def test_nothing_is_said_where_nothing_is_known():
    assert _budgets(pd.DataFrame(columns=COLUMNS)) == []


def test_reliability_in_words():
    (text,) = _reliability(SeedNoise(0.75, 0.5, 0.8, 4, 3))
    assert " ".join(text.split()) == (
        "Reliability of the ranking of auxiliary tasks: 0.50 for the mean of 3 seeds, 0.25 for one "
        "seed (mean over 4 main tasks). Two seeds agree on gain or loss for 80% of the pairs."
    )
    assert _reliability(SeedNoise(None, None, None, 0, 0)) == []
