import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.calibration import calibration_data, plot_calibration

# 6 of 20 pairs gained
BINS = pd.DataFrame(
    [(0.55, 0.5, 10), (0.08, 0.0, 8), (1.0, 0.5, 2)], columns=["probability", "gains", "n"]
)


@pytest.fixture
def data():
    return calibration_data(BINS, 0.2)


def bars(ax):
    (counts,) = ax.child_axes
    return {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in counts.patches}


def test_wilson_interval_by_hand(data):
    # z² = 3.8415, (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
    assert data["probability"].tolist() == [0.08, 0.55, 1.0]
    assert data["low"].tolist() == pytest.approx([0, 0.2366, 0.0945], abs=1e-4)
    assert data["high"].tolist() == pytest.approx([0.3244, 0.7634, 0.9055], abs=1e-4)


def test_brier_of_the_base_rate_by_hand(data):
    assert data["base_brier"].tolist() == pytest.approx([0.3 * 0.7] * 3)
    assert data["brier"].tolist() == [0.2] * 3


def test_points_diagonal_and_counts(data):
    ax = plot_calibration(data, title="made up")
    diagonal, points = ax.lines[:2]
    assert diagonal.get_xydata().tolist() == [[0, 0], [100, 100]]
    assert points.get_xydata().ravel().tolist() == pytest.approx([8, 0, 55, 50, 100, 50])
    assert bars(ax) == {5: 8, 55: 10, 95: 2}  # middles of the bins; 1 is in the last
    (counts,) = ax.child_axes
    assert [t.get_text() for t in counts.texts] == ["8", "10", "2"]
    assert ax.get_xlim() == counts.get_xlim()
    assert ax.get_title(loc="left") == "made up"


def test_intervals_are_drawn_from_low_to_high(data):
    ends = plot_calibration(data).containers[0][2][0].get_segments()
    np.testing.assert_allclose([e[:, 1] for e in ends], data[["low", "high"]] * 100, atol=1e-9)


@pytest.mark.parametrize("mean", [0.3, 0.3 - 1e-16, 0.7, 0.1 * 3])
def test_bin_of_a_mean_on_the_edge(mean):
    ax = plot_calibration(
        calibration_data(pd.DataFrame({"probability": [mean], "gains": [0.5], "n": [2]}))
    )
    assert list(bars(ax)) == [round(mean * 100) + 5]


@pytest.mark.parametrize(
    ("brier", "note"),
    [
        (
            0.2,
            "Brier score 0.200;\n0.210 where 30 % is predicted for every pair",
        ),
        (None, "Brier score 0.210 where 30 % is predicted for every pair"),
    ],
)
def test_note_compares_with_the_base_rate(brier, note):
    assert [t.get_text() for t in plot_calibration(calibration_data(BINS, brier)).texts] == [note]


@pytest.mark.parametrize(
    ("bins", "message"),
    [
        (BINS.drop(columns="n"), "column 'n' is missing; expected probability, gains, n"),
        (BINS.iloc[:0], "no bin"),
        (BINS.replace(0.5, 1.2), r"row 0 is .*'gains': 1.2.*; expected .* in \[0, 1\]"),
        (BINS.replace(8, 0), "row 1 is .*n above 0"),
        (BINS.replace(0.55, np.nan), "row 0 is .*nan"),
        (BINS.replace(0.08, 0.51), "two rows belong to one of the 10 bins"),
    ],
)
def test_errors(bins, message):
    with pytest.raises(TaskrelError, match=message):
        calibration_data(bins)


def test_draws_into_the_given_axes(data):
    ax = Figure().add_subplot()
    assert plot_calibration(data, ax=ax) is ax
