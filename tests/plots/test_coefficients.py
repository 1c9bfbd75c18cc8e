import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.coefficients import (
    SIGNS,
    coefficient_data,
    plot_coefficients,
)

TABLE = pd.DataFrame(
    [
        ("size", 0.2, -0.1, 0.5, np.nan),
        ("entropy", -1.5, -2.0, -1.0, -1.6),
        ("labels", 0.9, 0.4, 1.4, -0.3),
    ],
    columns=["feature", "coefficient", "low", "high", "published"],
)


def series(ax):
    """Label → (marker, its points) of what is drawn with markers."""
    return {
        line.get_label(): (
            line.get_marker(),
            line.get_xydata()[~np.isnan(line.get_xydata()).any(axis=1)].tolist(),
        )
        for line in ax.lines
        if not line.get_label().startswith("_")
    }


def test_data_is_sorted_by_size_and_cut():
    data = coefficient_data(TABLE, 2)
    assert data["feature"].tolist() == ["entropy", "labels"]
    assert list(data) == list(TABLE)
    plain = coefficient_data(TABLE.drop(columns="published").assign(extra=1))
    assert plain["feature"].tolist() == ["entropy", "labels", "size"]
    assert list(plain) == ["feature", "coefficient", "low", "high"]


def test_sign_shows_by_colour_and_direction():
    ax = plot_coefficients(coefficient_data(TABLE))
    assert series(ax) == {
        "the higher, the likelier a gain": (">", [[0.9, 1], [0.2, 2]]),
        "the higher, the less likely a gain": ("<", [[-1.5, 0]]),
        "published": ("D", [[-1.6, 0], [-0.3, 1]]),
    }
    colours = {
        line.get_label(): to_hex(line.get_color(), keep_alpha=False).upper() for line in ax.lines
    }
    assert all(colours[label] == colour for _, colour, label in SIGNS.values())


def test_published_markers_are_hollow():
    line = plot_coefficients(coefficient_data(TABLE)).lines[-2]  # the last is the zero line
    assert (line.get_label(), line.get_markerfacecolor()) == ("published", "none")


def test_names_largest_on_top_intervals_and_zero():
    ax = plot_coefficients(coefficient_data(TABLE), title="made up", interval="over splits")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["entropy", "labels", "size"]
    assert ax.yaxis_inverted()
    (intervals,) = ax.collections
    assert [s[:, 0].tolist() for s in intervals.get_segments()] == [
        [-2, -1],
        [0.4, 1.4],
        [-0.1, 0.5],
    ]
    assert ax.lines[-1].get_xdata() == [0, 0]
    assert ax.get_title(loc="left") == "made up"
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "over splits",
        "the higher, the likelier a gain",
        "the higher, the less likely a gain",
        "published",
    ]


@pytest.mark.parametrize(
    ("table", "legend"),
    [
        (
            TABLE.assign(low=np.nan, high=np.nan, published=np.nan),
            ["the higher, the likelier a gain", "the higher, the less likely a gain"],
        ),
        (TABLE.iloc[[0]], ["95 % interval", "the higher, the likelier a gain"]),
    ],
    ids=["no intervals", "no loss"],
)
def test_legend_explains_what_is_drawn(table, legend):
    ax = plot_coefficients(coefficient_data(table))
    assert [t.get_text() for t in ax.get_legend().get_texts()] == legend


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns="low"), "column 'low' is missing"),
        (TABLE.iloc[:0], "no row"),
        (TABLE.replace(0.2, np.inf), "that of 'size' is inf; expected a finite number"),
        (pd.concat([TABLE, TABLE.tail(1)]), "feature 'labels' occurs twice"),
    ],
)
def test_errors(table, message):
    with pytest.raises(TaskrelError, match=message):
        coefficient_data(table)


@pytest.mark.parametrize("n", [1, 5, 40])
def test_rows_keep_their_distance(n):
    table = pd.DataFrame(
        {"feature": [f"f{i}" for i in range(n)], "coefficient": 1.0, "low": 0.5, "high": 1.5}
    )
    ax = plot_coefficients(coefficient_data(table, n))
    inches = ax.get_window_extent().height / ax.figure.dpi / (n + 0.2)
    assert 0.2 < inches < 0.36


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_coefficients(coefficient_data(TABLE), ax=ax) is ax
