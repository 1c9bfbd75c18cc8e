import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from taskrel.errors import TaskrelError
from taskrel.plots.faults import faults_data, plot_faults, save_faults
from taskrel.plots.style import BLUE, VERMILION

NAN = np.nan
TABLE = pd.DataFrame(
    [
        ("none", "none", "joint", "rows", "mood", "accuracy", 0.5, 0.4, 0.6, 0.1),
        ("none", "none", "later", "rows", "mood", "accuracy", 0.55, NAN, NAN, 0.12),
        ("none", "none", "joint", "rows", "tone", "weighted_f1", 0.9, NAN, NAN, NAN),
        ("none", "misaligned", "joint", "rows", "mood", "accuracy", 0.15, NAN, NAN, 0.1),
        ("none", "misaligned", "joint", "rows", "tone", "weighted_f1", 0.3, NAN, NAN, NAN),
    ],
    columns=[
        "training",
        "scoring",
        "recipe",
        "group",
        "task",
        "metric",
        "mean",
        "low",
        "high",
        "published",
    ],
)
SUMMARY = pd.DataFrame({"training": ["none", "none"], "scoring": ["misaligned", "none"]})


def points(ax):
    """Colour, whether hollow, and place of every dot."""
    return {
        (
            to_hex(line.get_color()).upper(),
            line.get_markerfacecolor() == "none",
            round(float(x), 3),
            round(float(y), 3),
        )
        for line in ax.lines
        if line.get_marker() == "o"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }


def test_mechanisms_stand_in_the_order_of_the_summary():
    data = faults_data(TABLE, SUMMARY)
    assert data["place"].tolist() == [1, 1, 2, 2, 2]
    assert set(data.loc[data.place == 1, "scoring"]) == {"misaligned"}


def test_every_score_and_every_published_one_is_drawn():
    figure = plot_faults(faults_data(TABLE, SUMMARY), title="x")
    mood, tone = figure.axes
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["mood, on test", "tone, on test"]
    # Accuracy stands a little above the line, weighted F1 a little below.
    assert points(mood) == {
        (BLUE, False, 0.15, 0.92),
        (BLUE, False, 0.5, 1.92),
        (BLUE, True, 0.55, 1.92),
        (BLUE, False, 0.1, -0.08),
        (BLUE, True, 0.12, -0.08),
    }
    assert points(tone) == {(VERMILION, False, 0.3, 1.08), (VERMILION, False, 0.9, 2.08)}
    across = [line.get_xdata()[0] for line in mood.lines if line.get_marker() == "None"]
    assert across == [0.1, 0.12]


def test_intervals_are_drawn_where_there_are_some():
    mood, _ = plot_faults(faults_data(TABLE, SUMMARY)).axes
    ends = [
        segment[:, 0].tolist()
        for bars in mood.collections
        for segment in bars.get_segments()
        if segment.size and np.isfinite(segment).all()
    ]
    assert ends == [pytest.approx([0.4, 0.6])]


def test_lines_and_legend_have_names():
    figure = plot_faults(faults_data(TABLE, SUMMARY))
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == [
        "published",
        "none · misaligned",
        "none · none",
    ]
    (legend,) = figure.legends
    assert {t.get_text() for t in legend.get_texts()} == {
        "accuracy, joint",
        "accuracy, later",
        "weighted F1, joint",
    }


@pytest.mark.parametrize(
    ("table", "summary", "says"),
    [
        (TABLE.drop(columns="low"), SUMMARY, "column 'low' is missing; expected training, scoring"),
        (TABLE.iloc[:0], SUMMARY, "no score to draw"),
        (TABLE, SUMMARY.iloc[:1], "no row of training 'none' with scoring 'none'; expected one"),
    ],
)
def test_errors(table, summary, says):
    with pytest.raises(TaskrelError, match=says):
        faults_data(table, summary)


def test_picture_is_saved_with_its_data(tmp_path):
    data = faults_data(TABLE, SUMMARY)
    first = save_faults(data, tmp_path / "one", "x", title="made up")
    again = save_faults(pd.read_csv(first[2]), tmp_path / "two", "x", title="made up")
    assert [p.name for p in first] == ["x.png", "x.svg", "x.csv"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
