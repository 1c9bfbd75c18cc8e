"""Learning curves: one panel per task, training loss, and dev loss or dev score where given."""

import math
from typing import TYPE_CHECKING, Any

from taskrel.plots.check import check_table
from taskrel.plots.style import BLUE, GREEN, STYLE, VERMILION, legend_below, quiet, set_title, sheet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

TRAIN, DEV, SCORE = BLUE, VERMILION, GREEN
#: The training loss is smoothed over this share of its points.
WINDOW = 0.05
#: Inches: left of the panels, above them, a panel, and a panel with all around it.
LEFT, HEAD, PANEL, EACH = 0.5, 0.3, (1.7, 1.1), (2.1, 1.6)


def plot_curves(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw the learning curves of several tasks as small multiples.

    The training loss is drawn raw and thin, and on top smoothed: a centred
    rolling mean over 5 % of the curve's points, over what there is of them at
    its two ends. Every panel has a loss axis of its own, from 0; dev scores
    have the axis on the right, 0 to 1, which all panels share.

    Parameters
    ----------
    df : DataFrame
        task, split ("train" or "dev"), step (number of updates of the task), loss
        (NaN for none) and, where dev scores are at hand, score (a fraction, NaN
        for none). Several runs of a task need a column that tells them apart, seed.
    ax : Axes, optional
        Where to draw, as a blank sheet for all panels; default: on a new figure (``ax.figure``).
    title : str, optional
        Above all.

    Returns
    -------
    Axes
        The sheet; the panels are its child axes.

    Raises
    ------
    TaskrelError
        Where there is no row, or a column is missing.
    """
    import matplotlib

    check_table("learning curves", df, ["task", "split", "step", "loss"], "row to draw")
    tasks = sorted(set(df["task"]))
    columns = min(4, math.ceil(math.sqrt(len(tasks))))
    rows = math.ceil(len(tasks) / columns)
    scored = "score" in df and bool(df["score"].notna().any())
    with matplotlib.rc_context(STYLE):
        page = sheet(ax, LEFT + EACH[0] * columns, HEAD + EACH[1] * rows + 0.2)
        drawn: dict[str, Any] = {}
        for i, task in enumerate(tasks):
            row, column = divmod(i, columns)
            panel = page.panel(LEFT + EACH[0] * column, HEAD + EACH[1] * row, *PANEL)
            drawn |= _draw_losses(panel, df[df["task"] == task])
            if scored:
                last = column + 1 == columns or i + 1 == len(tasks)
                drawn |= _draw_scores(panel, df[df["task"] == task], ticks=last)
            panel.set_title(task, loc="left", fontweight="bold", fontsize="medium")
            if not column:
                panel.set_ylabel("loss, nats")
            if i + columns >= len(tasks):
                panel.set_xlabel("updates of the task")
        legend_below(page.ax, drawn)
        set_title(page.ax, title)
    return page.ax


def smoothed(loss: "pd.Series") -> "pd.Series":
    """Centred rolling mean over 5 % of the points, an odd number of them."""
    window = 2 * int(WINDOW * len(loss) / 2) + 1
    return loss.rolling(window, center=True, min_periods=1).mean()


def _draw_losses(ax: "Axes", curves: "pd.DataFrame") -> dict:
    drawn = {}
    training = _runs(curves, "train", "loss")
    for run in training:
        ax.plot(run["step"], run["loss"], color=TRAIN, alpha=0.25 / len(training), linewidth=0.5)
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
    right, drawn = ax.inset_axes((0, 0, 1, 1), sharex=ax), {}
    right.patch.set_visible(False)
    right.xaxis.set_visible(False)
    right.yaxis.tick_right()
    right.yaxis.set_label_position("right")
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
