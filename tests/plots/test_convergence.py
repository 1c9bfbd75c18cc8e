import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from taskrel.errors import TaskrelError
from taskrel.plots.convergence import COLOURS, convergence_data, plot_convergence, save_convergence

NAN = np.nan
MEANS = pd.DataFrame(
    [
        ("b", "lstm", "epochs", 2, 0.6, 0.5, 0.7),
        ("b", "lstm", "epochs", 1, 0.4, 0.3, 0.5),
        ("a", "lstm", "epochs", 1, 0.5, 0.5, 0.5),
        ("a", "mrnn", "epochs", 1, 0.7, 0.6, 0.8),
        ("a", "mrnn", "epochs", 2, 0.8, 0.7, 0.9),
        ("b", "50 % of lstm", "epochs", NAN, 0.35, NAN, NAN),
        ("gone", "50 % of lstm", "epochs", NAN, 0.2, NAN, NAN),
    ],
    columns=["task", "line", "unit", "at", "mean", "low", "high"],
)


def test_points_stand_in_order_and_lines_have_one_number_in_all_panels():
    data = convergence_data(MEANS)
    assert data[["task", "line", "number"]].values.tolist() == [
        ["b", "50 % of lstm", -1],
        ["b", "lstm", 0],
        ["b", "lstm", 0],
        ["a", "lstm", 0],
        ["a", "mrnn", 1],
        ["a", "mrnn", 1],
    ]
    assert data["at"].tolist()[1:] == [1, 2, 1, 1, 2]


def test_a_panel_for_each_task_with_its_lines_bands_and_levels():
    figure = plot_convergence(convergence_data(MEANS), title="x")
    b, a = figure.axes
    assert [ax.get_title("left") for ax in (b, a)] == ["b", "a"]
    lstm, level = b.lines
    assert lstm.get_xydata().tolist() == [[1, 0.4], [2, 0.6]]
    assert level.get_ydata() == [0.35, 0.35]
    assert b.texts[0].get_text() == "50 % of lstm"
    assert [to_hex(line.get_color()) for line in a.lines] == [c.lower() for c in COLOURS[:2]]
    assert len(a.collections) == 2
    assert b.collections[0].get_paths()[0].vertices[:, 1].max() == 0.7
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.texts] == ["lstm", "mrnn"]
    assert {ax.get_xlabel() for ax in (b, a)} == {"epochs of the task"}


def test_nothing_to_draw_and_a_missing_column_are_said():
    with pytest.raises(TaskrelError, match="there is no curve to draw"):
        convergence_data(MEANS[MEANS["at"].isna()])
    with pytest.raises(TaskrelError, match="column 'unit' is missing"):
        convergence_data(MEANS.drop(columns="unit"))


def test_files(tmp_path):
    paths = save_convergence(convergence_data(MEANS), tmp_path, "made")
    assert [p.name for p in paths] == ["made.png", "made.svg", "made.csv"]
    assert all(p.stat().st_size > 100 for p in paths)
    assert len(pd.read_csv(paths[2])) == 6
