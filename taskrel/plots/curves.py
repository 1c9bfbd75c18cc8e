"""Learning curves: one panel per task, training loss, and dev loss or dev score where given.

``save_curves(curves, folder, "curves")`` writes ``curves.png``, ``curves.svg``
and ``curves.csv``, the table behind both.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure
from taskrel.plots.style import BLUE, GREEN, VERMILION, quiet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIN, DEV, SCORE = BLUE, VERMILION, GREEN
#: The training loss is smoothed over this share of its points.
WINDOW = 0.05


def plot_curves(curves: "pd.DataFrame") -> "Figure":
    """Draw the learning curves of several tasks as small multiples.

    The training loss is drawn raw and thin, and on top smoothed: a centred
    rolling mean over 5 % of the curve's points, over what there is of them at
    its two ends. Every panel has a loss axis of its own, from 0; dev scores
    have the axis on the right, 0 to 1, which all panels share.

    Parameters
    ----------
    curves : DataFrame
        task, split ("train" or "dev"), step (number of updates of the task), loss
        (NaN for none) and, where dev scores are at hand, score (a fraction, NaN
        for none). Several runs of a task need a column that tells them apart, seed.

    Returns
    -------
    Figure

    Raises
    ------
    TaskrelError
        Where there is no row, or a column is missing.
    """
    import matplotlib
    from matplotlib.figure import Figure

    missing = {"task", "split", "step", "loss"} - set(curves)
    if missing:
        raise TaskrelError(
            f"learning curves: column {min(missing)!r} is missing; expected task, "
            "split, step and loss"
        )
    if curves.empty:
        raise TaskrelError("learning curves: there is no row to draw")
    tasks = sorted(set(curves["task"]))
    # about half as many rows again in columns, which fills a page
    columns = min(6, math.ceil(len(tasks) / max(1, round(math.sqrt(len(tasks) / 1.5)))))
    rows = math.ceil(len(tasks) / columns)
    scored = "score" in curves and bool(curves["score"].notna().any())
    with matplotlib.rc_context(STYLE):
        figure = Figure((2.3 * columns + 0.9, 1.7 * rows + 0.8), layout="constrained")
        drawn = {}
        for i, task in enumerate(tasks):
            ax = figure.add_subplot(rows, columns, i + 1)
            drawn |= _draw_losses(ax, curves[curves["task"] == task])
            if scored:
                last = (i + 1) % columns == 0 or i + 1 == len(tasks)
                drawn |= _draw_scores(ax, curves[curves["task"] == task], ticks=last)
            ax.set_title(task, loc="left", fontweight="bold")
        figure.supxlabel("updates of the task", fontsize="medium")
        figure.supylabel("loss, nats", fontsize="medium")
        figure.legend(
            drawn.values(), drawn, loc="outside upper center", ncols=len(drawn), frameon=False
        )
    return figure


def save_curves(curves: "pd.DataFrame", folder: Path, name: str) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_curves(curves), curves, folder, name)


def smoothed(loss: "pd.Series") -> "pd.Series":
    """Centred rolling mean over 5 % of the points, an odd number of them."""
    window = 2 * int(WINDOW * len(loss) / 2) + 1
    return loss.rolling(window, center=True, min_periods=1).mean()


def _draw_losses(ax: "Axes", curves: "pd.DataFrame") -> dict:
    drawn = {}
    training = _runs(curves, "train", "loss")
    for run in training:
        # Tens of thousands of raw points are drawn as one image, not as vectors.
        ax.plot(
            run["step"],
            run["loss"],
            color=TRAIN,
            alpha=0.25 / len(training),
            linewidth=0.5,
            rasterized=True,
        )
        smooth = smoothed(run["loss"]).iloc[:: max(1, len(run) // 400)]
        (drawn["training loss"],) = ax.plot(
            run["step"].loc[smooth.index], smooth, color=TRAIN, linewidth=1.2
        )
    for run in _runs(curves, "dev", "loss"):
        (drawn["dev loss"],) = ax.plot(
            run["step"],
            run["loss"],
            color=DEV,
            linewidth=1,
            marker="o" if len(run) <= 40 else None,
            markersize=2,
        )
    ax.set_ylim(bottom=0)
    quiet(ax, "y")
    ax.locator_params(nbins=4)
    return drawn


def _draw_scores(ax: "Axes", curves: "pd.DataFrame", *, ticks: bool) -> dict:
    right, drawn = ax.twinx(), {}
    for run in _runs(curves, "dev", "score"):
        (drawn["dev score (right axis)"],) = right.plot(
            run["step"], run["score"], "--", color=SCORE, linewidth=1
        )
    right.set(ylim=(0, 1), yticks=(0, 0.5, 1))
    right.spines[:].set_visible(False)
    right.tick_params(colors=SCORE, length=0, labelright=ticks)
    if ticks:
        right.set_ylabel("dev score", color=SCORE)
    return drawn


def _runs(curves: "pd.DataFrame", split: str, column: str) -> list["pd.DataFrame"]:
    """One table per seed with the rows that have a value, ordered by step."""
    rows = curves[(curves["split"] == split) & curves[column].notna()].sort_values("step")
    return [run for _, run in rows.groupby("seed")] if "seed" in rows else [rows] * (len(rows) > 0)
