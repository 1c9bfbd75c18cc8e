import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.predicted import plot_predicted, predicted_data
from taskrel.plots.style import WIDTH

# d is an auxiliary that was measured only, a with c was predicted only; b with a has no answer
GAINS = pd.DataFrame(
    [
        ("a", "b", 4.0, "gain"),
        ("b", "a", -3.0, "loss"),
        ("b", "c", np.nan, None),
        ("b", "d", 0.1, "no clear effect"),
    ],
    columns=["main", "aux", "gain", "verdict"],
)
PREDICTIONS = pd.DataFrame(
    [
        ("a", "b", 1.5, 0.4, 2.6, 0.91, "likely gain"),
        ("a", "c", -0.2, -2, 1.6, 0.44, "unclear"),
        ("b", "a", *[np.nan] * 4, "unclear"),
        ("b", "c", -6.0, -9, -3, 0.06, "likely loss"),
    ],
    columns=["main", "aux", "gain", "low", "high", "probability", "verdict"],
)


def drawn():
    return plot_predicted(predicted_data(PREDICTIONS, GAINS), title="made up")


def maps(sheet):
    return sheet.child_axes


def written(ax):
    return {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in ax.texts}


def marks(ax):
    return {(int(m.get_ydata()[0]), int(m.get_xdata()[0])): m.get_marker() for m in ax.lines}


def test_maps_have_the_same_tasks_in_the_same_order():
    data = predicted_data(PREDICTIONS, GAINS)
    left, right = (data[data["map"] == m].reset_index() for m in ("predicted", "measured"))
    cells = ["".join(c) for c in zip(left["main"], left["aux"], strict=True)]
    assert cells == ["aa", "ab", "ac", "ad", "ba", "bb", "bc", "bd"]
    assert right[["main", "aux"]].equals(left[["main", "aux"]])
    assert left["state"].tolist() == [
        "self",
        "predicted",
        "predicted",
        "unanswered",
        "unanswered",
        "self",
        "predicted",
        "unanswered",
    ]
    assert right["state"].tolist() == [
        "self",
        "measured",
        "missing",
        "missing",
        "measured",
        "self",
        "undefined",
        "measured",
    ]
    left, right = maps(drawn())
    columns = [[t.get_text() for t in ax.get_xticklabels()] for ax in (left, right)]
    assert columns == [["a", "b", "c", "d"]] * 2
    assert [t.get_text() for t in left.get_yticklabels()] == ["a", "b"]
    assert not right.get_yticks().size  # the rows of both are named once


def test_levels_are_those_of_the_gains_map():
    levels = {"a": "text", "b": "token", "c": "text", "d": "token"}
    data = predicted_data(PREDICTIONS, GAINS, levels=levels)
    left, right = maps(plot_predicted(data))
    assert [t.get_text() for t in left.get_yticklabels()] == ["b", "a"]
    assert [t.get_text() for t in right.get_xticklabels()] == ["b", "d", "a", "c"]
    for ax in (left, right):
        assert [t.get_text() for t in ax.texts if "level" in t.get_text()] == [
            "token-level",
            "text-level",
        ] * 2


def test_expected_gains_share_the_colours_of_the_measured_ones():
    left, right = (ax.collections[0] for ax in maps(drawn()))
    assert (left.norm.vmin, left.norm.vmax) == (right.norm.vmin, right.norm.vmax) == (-4, 4)
    assert left.colorbar.extend == "min"  # −6 is predicted, the strongest measured is 4
    assert right.colorbar is None  # one bar for both


def test_cells_say_what_they_hold():
    left, right = maps(drawn())
    assert written(left) == {(0, 1): "+1.5", (0, 2): "−0.2", (1, 2): "−6.0"}
    assert written(right) == {(0, 1): "+4.0", (1, 0): "−3.0", (1, 2): "–", (1, 3): "+0.1"}


def test_verdicts_and_significance_are_marked_and_abstentions_are_not():
    left, right = maps(drawn())
    assert marks(left) == {(0, 1): "^", (1, 2): "v"}
    assert marks(right) == {(0, 1): "^", (1, 0): "v"}
    bold = [t.get_text() for t in left.texts if t.get_fontweight() == "bold"]
    assert bold == ["+1.5", "−6.0"]
    legends = [[t.get_text() for t in ax.get_legend().get_texts()] for ax in (left, right)]
    assert legends == [
        ["likely gain", "likely loss", "no prediction"],
        ["significant gain (q < 0.05)", "significant loss (q < 0.05)", "undefined", "no run"],
    ]


def test_titles():
    sheet = drawn()
    assert sheet.get_title(loc="left") == "made up"
    assert [ax.get_title(loc="left") for ax in maps(sheet)] == ["predicted", "measured"]


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_predicted(predicted_data(PREDICTIONS, GAINS), ax=ax) is ax
    assert len(ax.child_axes) == 2


@pytest.mark.parametrize("n", [4, pytest.param(32, marks=pytest.mark.slow)])
def test_maps_do_not_overlap_and_fit_a_page(n):
    names = [f"a long name {i}" for i in range(n)]
    rows = [(m, a, 1.0) for m in names for a in names if m != a]
    gains = pd.DataFrame(rows, columns=["main", "aux", "gain"])
    sheet = plot_predicted(predicted_data(gains, gains))
    sheet.figure.draw_without_rendering()
    left, right = (ax.get_tightbbox() for ax in maps(sheet))
    assert left.x1 < right.x0
    assert sheet.get_tightbbox().width / sheet.figure.dpi < 1.03 * WIDTH


@pytest.mark.parametrize(
    ("predictions", "gains", "message"),
    [
        (PREDICTIONS.assign(gain=np.nan), GAINS, "no prediction to show"),
        (PREDICTIONS, GAINS.iloc[[2]], "no measured gain to show"),
        (pd.concat([PREDICTIONS, PREDICTIONS]), GAINS, "occurs twice"),
    ],
)
def test_errors(predictions, gains, message):
    with pytest.raises(TaskrelError, match=message):
        predicted_data(predictions, gains)
