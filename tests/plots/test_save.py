"""The one test that saves pictures; all others draw on axes."""

import struct

import numpy as np
import pandas as pd
import pytest

from taskrel.plots.calibration import calibration_data, plot_calibration
from taskrel.plots.coefficients import coefficient_data, plot_coefficients
from taskrel.plots.comparison import comparison_data, plot_comparison
from taskrel.plots.convergence import convergence_data, plot_convergence
from taskrel.plots.cost_regret import cost_regret_data, plot_cost_regret
from taskrel.plots.curves import plot_curves
from taskrel.plots.heatmap import heatmap_data, plot_heatmap
from taskrel.plots.predicted import plot_predicted, predicted_data
from taskrel.plots.save import DPI, save_figure
from taskrel.plots.style import WIDTH

NAME = r"a $\nope$ <b>"  # names are no formulas: mathtext would raise
GAINS = pd.DataFrame(
    [
        ("z", NAME, 1.2, 0.01, "gain"),
        (NAME, "z", -3.0, 0.5, "no clear effect"),
        ("z", "b", 1, 1, ""),
    ],
    columns=["main", "aux", "gain", "q", "verdict"],
)
LEVELS = {NAME: "text", "z": "token", "b": "text"}
COMPARED = {
    "model": [NAME, "other"],
    "recipe": "",
    "task": ["x", "y"],
    "group": "",
    "metric": ["accuracy", "macro_f1"],
    "published": [0.7, np.nan],
    "mean": 0.6,
    "low": 0.5,
    "high": 0.7,
    "n_seeds": 3,
}
PICTURES = {
    "heatmap": (
        plot_heatmap,
        heatmap_data(GAINS, order=["z"], levels=LEVELS, chance=[NAME]),
    ),
    "predicted": (plot_predicted, predicted_data(GAINS, GAINS, levels=LEVELS)),
    "calibration": (
        plot_calibration,
        calibration_data(pd.DataFrame({"probability": [0.1, 0.7], "gains": [0, 0.5], "n": [4, 2]})),
    ),
    "coefficients": (
        plot_coefficients,
        coefficient_data(
            pd.DataFrame({"feature": [NAME], "coefficient": [1.0], "low": [0.5], "high": [1.5]})
        ),
    ),
    "comparison": (plot_comparison, comparison_data(pd.DataFrame(COMPARED))),
    "convergence": (
        plot_convergence,
        convergence_data(
            pd.DataFrame(
                {
                    "task": "b",
                    "line": NAME,
                    "unit": "epochs",
                    "at": [1, 2],
                    "mean": [0.4, 0.5],
                    "low": 0.3,
                    "high": 0.6,
                }
            )
        ),
    ),
    "cost-regret": (
        plot_cost_regret,
        cost_regret_data(
            pd.DataFrame({"model": [NAME] * 2, "main": "m", "k": [0, 1], "best": [0.0, 1.0]})
        ),
    ),
    "curves": (
        plot_curves,
        pd.DataFrame({"task": NAME, "split": "dev", "step": [1, 2], "loss": 1.0, "score": 0.5}),
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_and_its_table_are_saved_and_the_table_makes_the_same_picture(name, tmp_path):
    plot, data = PICTURES[name]
    folder = tmp_path / "new" / "folder"
    first = save_figure(plot(data, title=NAME), data, folder, name)
    assert [p.name for p in first] == [f"{name}.png", f"{name}.csv"]
    assert sorted(folder.iterdir()) == sorted(first)  # and no temporary file
    png = first[0].read_bytes()
    assert png.startswith(b"\x89PNG")
    (width,) = struct.unpack(">I", png[16:20])
    assert width < 1.05 * WIDTH * DPI
    assert first[1].read_text() == data.to_csv(index=False)
    same = pd.read_csv(first[1])
    again = save_figure(plot(same, title=NAME), same, tmp_path / "again", name)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in first]
