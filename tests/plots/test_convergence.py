import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.convergence import convergence_data, plot_convergence
from taskrel.plots.style import COLOURS

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
    sheet = plot_convergence(convergence_data(MEANS), title="x")
    assert sheet.get_title("left") == "x"
    b, a = sheet.child_axes
    assert [ax.get_title("left") for ax in (b, a)] == ["b", "a"]
    lstm, level = b.lines
    assert lstm.get_xydata().tolist() == [[1, 0.4], [2, 0.6]]
    assert level.get_ydata() == [0.35, 0.35]
    assert [to_hex(line.get_color()) for line in a.lines] == [c.lower() for c in COLOURS[:2]]
    assert len(a.collections) == 2
    assert b.collections[0].get_paths()[0].vertices[:, 1].max() == 0.7
    legends = [[text.get_text() for text in ax.get_legend().texts] for ax in (b, a)]
    assert legends == [["lstm", "50 % of lstm"], ["lstm", "mrnn"]]
    assert {ax.get_xlabel() for ax in (b, a)} == {"epochs of the task"}


def test_a_level_far_from_all_curves_does_not_flatten_them():
    low = MEANS.assign(mean=MEANS["mean"].where(MEANS["at"].notna(), 0.01))
    b, _ = plot_convergence(convergence_data(low)).child_axes
    assert [text.get_text() for text in b.get_legend().texts] == ["lstm"]
    assert b.get_ylim()[0] > 0.2


@pytest.mark.parametrize(("n", "shares"), [(6, [6]), (7, [4, 3]), (9, [5, 4]), (17, [6, 6, 5])])
def test_no_colour_is_taken_twice_in_a_panel(n, shares):
    many = pd.concat([MEANS.iloc[:2].assign(line=f"line {i}") for i in range(n)])
    panels = plot_convergence(convergence_data(many)).child_axes
    assert len(panels) == len(shares)
    drawn = []
    for ax, share in zip(panels, shares, strict=True):
        assert len(ax.lines) == n  # those of other panels are grey and not in the legend
        names = [text.get_text() for text in ax.get_legend().texts]
        coloured = [line for line in ax.lines if line.get_label() in names]
        assert len({to_hex(line.get_color()) for line in coloured}) == len(coloured) == share
        drawn += names
    assert drawn == [f"line {i}" for i in range(n)]
    if n > 6:
        assert panels[1].get_title("left") == f"b (2 of {len(shares)})"


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_convergence(convergence_data(MEANS), ax=ax) is ax
    assert len(ax.child_axes) == 2


def test_nothing_to_draw_and_a_missing_column_are_said():
    with pytest.raises(TaskrelError, match="there is no curve to draw"):
        convergence_data(MEANS[MEANS["at"].isna()])
    with pytest.raises(TaskrelError, match="column 'unit' is missing"):
        convergence_data(MEANS.drop(columns="unit"))
