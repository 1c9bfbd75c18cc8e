import pandas as pd
from taskrel.cli.text.run_pairs import _budgets

from taskrel.study.analysis.noise_by_budget import COLUMNS


def test_noise_at_parts_of_the_budget():
    rows = [(0.5, 0.8, 0.6, 0.5, 0.25, 3.0, 4, 3), (1.0, 0.61, 0.34, 0.75, 1.0, 2.5, 4, 3)]
    (text,) = _budgets(pd.DataFrame(rows, columns=COLUMNS))
    half, whole = text.splitlines()[-2:]
    assert half.split() == ["50%", "80%", "60%", "50%", "0.25", "3.00"]
    assert whole.split() == ["100%", "61%", "34%", "75%", "1.00", "2.50"]


def test_nothing_is_said_where_nothing_is_known():
    assert _budgets(pd.DataFrame(columns=COLUMNS)) == []
