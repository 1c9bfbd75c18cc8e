import numpy as np
import pandas as pd
import pytest

from taskrel.errors import TaskrelError
from taskrel.plots.predicted import plot_predicted, predicted_data, save_predicted

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


def drawn(value="gain"):
    return plot_predicted(
        predicted_data(PREDICTIONS, GAINS, value),
        model="the ranker",
        protocol="without the main task's family",
    )


def maps(figure):
    return [ax for ax in figure.axes if ax.get_ylabel() == "main task"]


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
    names = [
        [[t.get_text() for t in labels] for labels in (ax.get_yticklabels(), ax.get_xticklabels())]
        for ax in maps(drawn())
    ]
    assert names == [[["a", "b"], ["a", "b", "c", "d"]]] * 2


def test_expected_gains_share_the_colours_of_the_measured_ones():
    left, right = (ax.collections[0] for ax in maps(drawn()))
    assert (left.norm.vmin, left.norm.vmax) == (right.norm.vmin, right.norm.vmax) == (-4, 4)
    assert left.colorbar.extend == "min"  # −6 is predicted, the strongest measured is 4
    assert right.colorbar.extend == "neither"


def test_probabilities_have_colours_of_their_own_centred_on_one_half():
    left, right = maps(drawn("probability"))
    assert (left.collections[0].norm.vmin, left.collections[0].norm.vmax) == (0, 100)
    assert (right.collections[0].norm.vmin, right.collections[0].norm.vmax) == (-4, 4)
    assert written(left) == {(0, 1): "91", (0, 2): "44", (1, 2): "6"}
    bar = left.collections[0].colorbar.ax
    assert bar.get_ylabel() == "probability of a gain, %"
    assert "0" in [t.get_text() for t in bar.get_yticklabels()]


def test_cells_say_what_they_hold():
    left, right = maps(drawn())
    assert written(left) == {(0, 1): "+1.5", (0, 2): "−0.2", (1, 2): "−6.0"}
    assert written(right) == {(0, 1): "+4.0", (1, 0): "−3.0", (1, 2): "–", (1, 3): "+0.1"}


def test_abstentions_verdicts_and_significance_are_marked():
    left, right = maps(drawn())
    assert marks(left) == {(0, 1): "^", (0, 2): "o", (1, 2): "v"}
    assert marks(right) == {(0, 1): "^", (1, 0): "v"}
    bold = [t.get_text() for t in left.texts if t.get_fontweight() == "bold"]
    assert bold == ["+1.5", "−6.0"]
    (dot,) = (m for m in left.lines if m.get_marker() == "o")
    assert dot.get_markerfacecolor() == "none"
    legends = [[t.get_text() for t in ax.get_legend().get_texts()] for ax in (left, right)]
    assert legends == [
        ["likely gain", "likely loss", "unclear: no verdict", "no prediction"],
        ["significant gain (q < 0.05)", "significant loss (q < 0.05)", "undefined", "no run"],
    ]


def test_title_states_model_and_protocol():
    assert [ax.get_title(loc="left") for ax in maps(drawn())] == [
        "Predicted by the ranker,\nwithout the main task's family",
        "Measured",
    ]


def test_interval_of_the_gain_is_not_given_to_the_probability():
    assert "low" in predicted_data(PREDICTIONS, GAINS)
    assert "low" not in predicted_data(PREDICTIONS, GAINS, "probability")


def test_maps_do_not_overlap():
    left, right = (ax.get_tightbbox() for ax in maps(drawn()))
    assert left.x1 < right.x0


@pytest.mark.parametrize(
    ("predictions", "gains", "value", "message"),
    [
        (PREDICTIONS, GAINS, "score", "have no 'score' to show"),
        (PREDICTIONS.drop(columns="probability"), GAINS, "probability", "have no 'probability'"),
        (PREDICTIONS.assign(gain=np.nan), GAINS, "gain", "no prediction to show"),
        (PREDICTIONS, GAINS.iloc[[2]], "gain", "no measured gain to show"),
        (pd.concat([PREDICTIONS, PREDICTIONS]), GAINS, "gain", "occurs twice"),
    ],
)
def test_errors(predictions, gains, value, message):
    with pytest.raises(TaskrelError, match=message):
        predicted_data(predictions, gains, value)


@pytest.mark.parametrize("value", ["gain", "probability"])
def test_figure_can_be_drawn_from_its_csv(tmp_path, value):
    names = {"model": "x", "protocol": "y"}
    first = save_predicted(
        predicted_data(PREDICTIONS, GAINS, value), tmp_path / "one", "x", **names
    )
    again = save_predicted(pd.read_csv(first[2]), tmp_path / "two", "x", **names)
    assert [p.name for p in first] == ["x.png", "x.svg", "x.csv"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
