"""A line per strategy over its cost."""

import numpy as np
import pandas as pd
import pytest

from taskrel.errors import TaskrelError
from taskrel.plots.search_cost import plot_search_cost, search_cost_data

ROWS = pd.DataFrame(
    [
        (name, share, regret, regret - 0.1, regret + 0.1)
        for name, first in (("search", 1.0), ("random", 2.0))
        for share, regret in ((0.2, first / 2), (0.05, first), (1.0, first / 4))
    ],
    columns=["strategy", "share", "regret", "low", "high"],
)


def test_lines_are_in_order_of_cost():
    data = search_cost_data(ROWS)
    assert data["strategy"].tolist() == ["search"] * 3 + ["random"] * 3
    assert data["share"].tolist() == [0.05, 0.2, 1.0] * 2


def test_a_line_per_strategy_and_a_band_around_the_first():
    ax = plot_search_cost(search_cost_data(ROWS), title="a title")
    assert [line.get_label() for line in ax.lines] == ["search", "random"]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [5, 20, 100])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [2, 1, 0.5])
    assert len(ax.collections) == 1
    assert ax.get_ylim()[0] == 0
    assert ax.get_title(loc="left") == "a title"


@pytest.mark.parametrize("rows", [ROWS[:0], ROWS.drop(columns="low")])
def test_what_is_missing(rows):
    with pytest.raises(TaskrelError, match="search cost"):
        search_cost_data(rows)
