import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.cells import _readable_on, _signed, colour_limit
from taskrel.plots.heatmap import heatmap_data, plot_heatmap
from taskrel.plots.style import WIDTH

# a: helped by b, hurt by c; b: helped by nothing, no run with c; c: undefined with a
GAINS = pd.DataFrame(
    [
        ("r", "a", "b", 1.24, 0.006, 0.01, "gain"),
        ("r", "a", "c", -3.0, -0.02, 0.02, "loss"),
        ("r", "b", "a", -0.04, -0.0001, 0.9, "no clear effect"),
        ("r", "c", "a", np.nan, 0.4, np.nan, None),
        ("r", "c", "b", 2.0, 0.01, np.nan, None),
    ],
    columns=["recipe", "main", "aux", "gain", "difference", "q", "verdict"],
)


@pytest.fixture
def cells():
    return heatmap_data(GAINS)


def written(ax):
    """Text of each cell by (row, column)."""
    return {(int(t.get_position()[1]), int(t.get_position()[0])): t for t in ax.texts}


def pairs(cells):
    return cells[["main", "aux"]].agg("".join, axis=1).tolist()


def square(n, **columns):
    """Gains of the tasks t00, t01 and so on."""
    names = [f"t{i:02}" for i in range(n)]
    rows = [(m, a) for m in names for a in names if m != a]
    return pd.DataFrame(rows, columns=["main", "aux"]).assign(**{"gain": 1.0, **columns})


def test_data_is_complete_and_sorted(cells):
    assert pairs(cells) == ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"]
    assert cells["state"].tolist() == [
        "self",
        "measured",
        "measured",
        "measured",
        "self",
        "missing",
        "undefined",
        "measured",
        "self",
    ]
    assert cells["gain"].tolist() == pytest.approx(
        [np.nan, 1.24, -3, -0.04, np.nan, np.nan, np.nan, 2, np.nan], nan_ok=True
    )
    assert list(cells) == ["main", "aux", "gain", "state", "q", "verdict"]


def test_data_does_not_depend_on_the_order_of_rows(cells):
    pd.testing.assert_frame_equal(heatmap_data(GAINS.iloc[::-1]), cells)


def test_tasks_come_in_a_given_order_and_the_others_after_them():
    cells = heatmap_data(GAINS, order=["c", "unused", "b"])
    assert pairs(cells) == ["cc", "cb", "ca", "bc", "bb", "ba", "ac", "ab", "aa"]
    ax = plot_heatmap(cells)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["c", "b", "a"]
    assert {at: t.get_text() for at, t in written(ax).items()} == {
        (2, 1): "+1.2",
        (2, 0): "−3.0",
        (1, 2): "0.0",
        (0, 2): "–",
        (0, 1): "+2.0",
    }


LEVELS = {"a": "text", "b": "token", "c": "text"}


def test_token_level_tasks_come_first_and_a_line_divides_the_levels():
    cells = heatmap_data(GAINS, order=["c"], levels=LEVELS)
    assert pairs(cells) == ["bb", "bc", "ba", "cb", "cc", "ca", "ab", "ac", "aa"]
    assert cells["main_level"].tolist() == ["token"] * 3 + ["text"] * 6
    assert cells["aux_level"].tolist() == ["token", "text", "text"] * 3
    ax = plot_heatmap(cells)
    lines = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "None"]
    assert lines == [[[0, 1], [1, 1]], [[1, 0], [1, 1]]]  # one of 3 is left of and above them
    assert [t.get_text() for t in ax.texts if "level" in t.get_text()] == [
        "token-level",
        "text-level",
    ] * 2


def test_tasks_of_one_level_are_not_divided():
    ax = plot_heatmap(heatmap_data(GAINS, levels=dict.fromkeys("abc", "text")))
    assert all(line.get_marker() != "None" for line in ax.lines)
    assert not [t for t in ax.texts if "level" in t.get_text()]


def test_tasks_of_unknown_level_come_last_without_a_name():
    cells = heatmap_data(GAINS, levels={"c": "text"})
    assert pairs(cells)[:3] == ["cc", "ca", "cb"]
    names = [t.get_text() for t in plot_heatmap(cells).texts if "level" in t.get_text()]
    assert names == ["text-level"] * 2


def test_main_task_at_chance_level_is_grey_and_its_gains_have_no_say():
    cells = heatmap_data(GAINS, chance=["a"])
    assert cells["state"].tolist()[:3] == ["self", "chance", "chance"]
    ax = plot_heatmap(cells)
    mesh = ax.collections[0]
    assert np.ma.getmaskarray(mesh.get_array())[0].tolist() == [True, True, True]
    assert mesh.norm.vmax == 2  # not a's 3
    assert {at: t.get_text() for at, t in written(ax).items() if at[0] == 0} == {
        (0, 1): "+1.2",
        (0, 2): "−3.0",
    }
    assert not ax.lines  # a's gain and loss are not marked
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "single-task score not above the majority baseline",
        "undefined",
        "no run",
    ]


def test_difference_is_defined_where_the_gain_is_not():
    cells = heatmap_data(GAINS, "difference")
    assert cells["state"][6] == "measured"
    assert "gain" not in cells
    ax = plot_heatmap(cells)
    assert written(ax)[2, 0].get_text() == "+40.0"  # points, from a fraction


def test_study_of_one_main_is_one_row():
    cells = heatmap_data(GAINS[GAINS["main"] == "a"])
    assert cells[["main", "aux", "state"]].to_numpy().tolist() == [
        ["a", "b", "measured"],
        ["a", "c", "measured"],
    ]


@pytest.mark.parametrize(
    ("gains", "value", "message"),
    [
        (GAINS, "p", "cannot show 'p'; expected gain, difference"),
        (GAINS.iloc[:0], "gain", "no pair of tasks"),
        (
            pd.concat([GAINS, GAINS.assign(recipe="s")]),
            "gain",
            "main 'a' with auxiliary 'b' occurs twice; keep the rows of one recipe",
        ),
    ],
)
def test_data_errors(gains, value, message):
    with pytest.raises(TaskrelError, match=message):
        heatmap_data(gains, value)


def test_cells_say_what_they_hold(cells):
    texts = written(plot_heatmap(cells))
    assert {at: t.get_text() for at, t in texts.items()} == {
        (0, 1): "+1.2",
        (0, 2): "−3.0",
        (1, 0): "0.0",
        (2, 0): "–",
        (2, 1): "+2.0",
    }


def test_rows_of_the_table_may_come_in_any_order(cells):
    ax = plot_heatmap(cells.iloc[::-1])
    rows, columns = (
        [t.get_text() for t in labels] for labels in (ax.get_yticklabels(), ax.get_xticklabels())
    )
    assert (rows, columns) == (["c", "b", "a"], ["c", "b", "a"])  # as they come
    assert {rows[i] + columns[j]: t.get_text() for (i, j), t in written(ax).items()} == {
        "ab": "+1.2",
        "ac": "−3.0",
        "ba": "0.0",
        "ca": "–",
        "cb": "+2.0",
    }


def test_significance_shows_by_weight_and_mark(cells):
    ax = plot_heatmap(cells)
    bold = {at for at, t in written(ax).items() if t.get_fontweight() == "bold"}
    marks = {(int(m.get_ydata()[0]), int(m.get_xdata()[0])): m.get_marker() for m in ax.lines}
    assert bold == {(0, 1), (0, 2)}
    assert marks == {(0, 1): "^", (0, 2): "v"}


def test_rows_are_mains_and_columns_auxiliaries(cells):
    ax = plot_heatmap(cells, title="made up")
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("main task", "auxiliary task")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.yaxis_inverted()  # the first main task stands on top
    assert ax.get_title(loc="left") == "made up"


def test_missing_undefined_and_diagonal_differ(cells):
    ax = plot_heatmap(cells)
    greys = {(int(p.get_y()), int(p.get_x())): p.get_hatch() for p in ax.patches}
    assert greys == {(1, 2): "///", (2, 0): None}
    coloured = ~np.ma.getmaskarray(ax.collections[0].get_array())
    assert coloured.tolist() == [[False, True, True], [True, False, False], [False, True, False]]


def test_legend_explains_what_occurs_and_no_more(cells):
    def entries(df):
        legend = plot_heatmap(df).get_legend()
        return legend and [t.get_text() for t in legend.get_texts()]

    assert entries(cells) == [
        "significant gain (q < 0.05)",
        "significant loss (q < 0.05)",
        "undefined",
        "no run",
    ]
    assert entries(heatmap_data(GAINS.iloc[[0]])) == ["significant gain (q < 0.05)"]
    assert entries(heatmap_data(GAINS.iloc[[2]])) is None


@pytest.mark.parametrize(
    ("numbers", "limit"),
    [
        ([1, -2, 3, -4], 4),
        ([1, -1, 2, -2, -50], 2),  # upper quartile 2, so above 6 is an outlier
        ([1, -1, 2, -2, -6], 6),
        ([np.nan, -3, np.nan], 3),
        ([0, 0, 0, 0, 5], 5),  # nothing but the outlier is left
        ([0, 0], 1),
        ([np.nan], 1),
    ],
)
def test_colour_limit(numbers, limit):
    assert colour_limit(np.array(numbers, float)) == limit


@pytest.mark.parametrize(("outlier", "extend"), [(60, "max"), (-60, "min"), (None, "neither")])
def test_colours_are_centred_and_the_bar_shows_that_there_are_outliers(outlier, extend):
    gains = square(3, gain=[1, 2, -1.5, 2, 1, outlier or -2])
    mesh = plot_heatmap(heatmap_data(gains)).collections[0]
    assert (mesh.norm.vmin, mesh.norm.vmax) == (-2, 2)
    assert mesh.colorbar.extend == extend
    label = mesh.colorbar.ax.get_xlabel()
    assert label.startswith("gain on the main task, %")
    assert ("colours end at ±2)" in label) == (outlier is not None)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1.24, "+1.2"),
        (-0.36, "−0.4"),
        (0, "0.0"),
        (-0.04, "0.0"),
        (0.04, "0.0"),
        (12.34, "+12.3"),
        (99.96, "+100"),
        (-123.4, "−123"),
    ],
)
def test_signed(number, shown):
    assert _signed(number) == shown


@pytest.mark.parametrize(
    ("colour", "text"),
    [
        ("white", "black"),
        ("black", "white"),
        ("yellow", "black"),
        ("navy", "white"),
        ("darkred", "white"),
        ("0.5", "black"),
    ],
)
def test_text_stands_out(colour, text):
    assert _readable_on(to_rgb(colour)) == text


def test_draws_into_the_given_axes(cells):
    ax = Figure().add_subplot()
    assert plot_heatmap(cells, ax=ax) is ax


def test_matrices_of_more_than_a_dozen_tasks_have_marks_and_no_numbers():
    small, large = (
        plot_heatmap(
            heatmap_data(square(n, verdict=["gain"] + ["no clear effect"] * (n * n - n - 1)))
        )
        for n in (12, 20)
    )
    assert len(small.texts) == 12 * 11
    assert not large.texts
    (mark,) = large.lines
    assert (mark.get_marker(), mark.get_xydata().tolist()) == ("^", [[1.5, 0.5]])


@pytest.mark.parametrize("n_tasks", [2, 12, pytest.param(32, marks=pytest.mark.slow)])
def test_map_fits_a_page_and_its_names_do_not_overlap(n_tasks):
    ax = plot_heatmap(heatmap_data(square(n_tasks)))
    ax.figure.draw_without_rendering()
    assert ax.get_tightbbox().width / ax.figure.dpi < 1.03 * WIDTH
    names = [t.get_window_extent() for t in ax.get_yticklabels()]
    assert all(below.y1 <= above.y0 for above, below in pairwise(names))


@pytest.mark.slow
def test_needs_no_pyplot():
    code = (
        "import sys, pandas as pd\n"
        "from taskrel.plots.heatmap import heatmap_data, plot_heatmap\n"
        "plot_heatmap(heatmap_data(pd.DataFrame([('a', 'b', 1.0)],"
        " columns=['main', 'aux', 'gain'])))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
