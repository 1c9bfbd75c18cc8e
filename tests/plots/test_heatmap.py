import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.heatmap import (
    _readable_on,
    _signed,
    colour_limit,
    heatmap_data,
    plot_heatmap,
    save_heatmap,
)

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


def test_data_is_complete_and_sorted(cells):
    assert cells[["main", "aux"]].agg("".join, axis=1).tolist() == [
        "aa",
        "ab",
        "ac",
        "ba",
        "bb",
        "bc",
        "ca",
        "cb",
        "cc",
    ]
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


def test_tasks_stand_in_a_given_order_and_the_others_behind():
    cells = heatmap_data(GAINS, order=["c", "unused", "b"])
    assert cells[["main", "aux"]].astype(str).agg("".join, axis=1).tolist() == [
        "cc",
        "cb",
        "ca",
        "bc",
        "bb",
        "ba",
        "ac",
        "ab",
        "aa",
    ]
    for df in (cells, cells.iloc[::-1]):
        ax = plot_heatmap(df)
        assert [t.get_text() for t in ax.get_yticklabels()] == ["c", "b", "a"]
        assert {at: t.get_text() for at, t in written(ax).items()} == {
            (2, 1): "+1.2",
            (2, 0): "−3.0",
            (1, 2): "0.0",
            (0, 2): "–",
            (0, 1): "+2.0",
        }


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
        (GAINS, "p", "cannot show 'p'; expected gain, difference, probability"),
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
    shuffled, ordered = (written(plot_heatmap(df)) for df in (cells.iloc[::-1], cells))
    assert {at: t.get_text() for at, t in shuffled.items()} == {
        at: t.get_text() for at, t in ordered.items()
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
def test_colours_are_centred_and_outliers_are_told(outlier, extend):
    numbers = [1, 2, -1.5, 2, 1, outlier or -2]
    pairs = [(m, a) for m in "abc" for a in "abc" if m != a]
    gains = pd.DataFrame(
        [(*p, g) for p, g in zip(pairs, numbers, strict=True)], columns=["main", "aux", "gain"]
    )
    mesh = plot_heatmap(heatmap_data(gains)).collections[0]
    assert (mesh.norm.vmin, mesh.norm.vmax) == (-2, 2)
    assert mesh.colorbar.extend == extend
    label = mesh.colorbar.ax.get_ylabel()
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


@pytest.mark.parametrize("n_tasks", [2, 4, 30])
def test_cells_stay_readable_whatever_the_number_of_tasks(n_tasks):
    pairs = [(f"t{i}", f"t{j}") for i in range(n_tasks) for j in range(n_tasks) if i != j]
    gains = pd.DataFrame([(*p, 1.0) for p in pairs], columns=["main", "aux", "gain"])
    ax = plot_heatmap(heatmap_data(gains))
    box = ax.get_window_extent()
    inches = np.array([box.width, box.height]) / ax.figure.dpi / n_tasks
    assert (inches > 0.4).all() and (inches < 0.65).all()


def test_names_are_no_formulas(tmp_path):
    gains = GAINS.iloc[:2].assign(main=r"a $\nope$ <b>")
    save_heatmap(heatmap_data(gains), tmp_path, "x", title=r"$\nope$")  # mathtext would raise


def test_saves_three_files_that_are_the_same_every_time(tmp_path, cells):
    paths = save_heatmap(cells, tmp_path / "new", "gains")
    assert [p.name for p in paths] == ["gains.png", "gains.svg", "gains.csv"]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [
        "gains.csv",
        "gains.png",
        "gains.svg",
    ]  # and no temporary file
    first = [p.read_bytes() for p in paths]
    save_heatmap(cells, tmp_path / "new", "gains")
    assert [p.read_bytes() for p in paths] == first
    assert first[0].startswith(b"\x89PNG")
    assert b"<dc:date>" not in first[1]


def test_figure_can_be_drawn_from_its_csv(tmp_path, cells):
    folders = tmp_path / "one", tmp_path / "two"
    save_heatmap(cells, folders[0], "x")
    save_heatmap(pd.read_csv(folders[0] / "x.csv"), folders[1], "x")
    for kind in ("svg", "csv"):
        one, two = ((folder / f"x.{kind}").read_bytes() for folder in folders)
        assert one == two


def test_needs_no_pyplot():
    code = (
        "import sys, pandas as pd\n"
        "from taskrel.plots.heatmap import heatmap_data, plot_heatmap\n"
        "plot_heatmap(heatmap_data(pd.DataFrame([('a', 'b', 1.0)],"
        " columns=['main', 'aux', 'gain'])))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
