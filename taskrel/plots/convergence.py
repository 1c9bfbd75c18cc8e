"""Convergence: dev curves of several models, task by task, and the levels to be reached.

``plot_convergence(convergence_data(means))`` draws them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.check import check_table
from taskrel.plots.style import COLOURS, STYLE, WIDTH, legend_beside, quiet, set_title, sheet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = ["task", "line", "unit", "at", "mean", "low", "high"]
#: Panels next to each other; inches: above them, a panel, and a panel with all around it.
COLUMNS_OF_PANELS, HEAD, PANEL, EACH = 2, 0.3, (2.0, 1.55), (4.2, 2.2)
OTHER: dict[str, Any] = {"color": "0.85", "linewidth": 0.8, "zorder": 1}
LEVEL: dict[str, Any] = {"color": "0.45", "linewidth": 0.8, "linestyle": (0, (1, 2)), "zorder": 1}


def convergence_data(means: "pd.DataFrame") -> "pd.DataFrame":
    """Order the points of each line, and give lines of one name one number in all panels.

    Parameters
    ----------
    means : DataFrame
        task, line (name), unit of `at` ("epochs" or "updates"), at (NaN: a level that
        is the same everywhere), mean, low, high (dev score; low and high may be NaN).

    Returns
    -------
    DataFrame
        Those columns and number: of the line, 0, 1, … in order of appearance; −1 of a level.

    Raises
    ------
    TaskrelError
        Where there is no curve, or a column is missing.
    """
    check_table("convergence", means, COLUMNS, "curve to draw")
    curves = means[means["at"].notna()]
    if curves.empty:
        raise TaskrelError("convergence: there is no curve to draw")
    numbers = {line: i for i, line in enumerate(dict.fromkeys(curves["line"]))}
    number = [
        numbers[line] if at == at else -1
        for line, at in zip(means["line"], means["at"], strict=True)
    ]
    found = means[COLUMNS].assign(number=number)
    tasks = {task: i for i, task in enumerate(dict.fromkeys(curves["task"]))}
    found = found[found["task"].isin(tasks)].assign(panel=found["task"].map(tasks))
    return found.sort_values(["panel", "number", "at"], kind="stable", ignore_index=True).drop(
        columns="panel"
    )


def plot_convergence(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw the mean over seeds as a line, from lowest to highest seed as a band.

    A panel shows one task and no more lines than there are colours; the task's other
    lines, which have panels of their own, are grey in it. Levels that all of the task's
    curves are far from are left out: they would flatten the curves.

    Parameters
    ----------
    df : DataFrame
        As `convergence_data` returns it.
    ax : Axes, optional
        Where to draw, as a blank sheet for all panels; default: on a new figure (``ax.figure``).
    title : str, optional
        Above all.

    Returns
    -------
    Axes
        The sheet; the panels are its child axes.
    """
    import matplotlib

    shares = [*_shares(df)]
    rows = -(-len(shares) // COLUMNS_OF_PANELS)
    with matplotlib.rc_context(STYLE):
        page = sheet(ax, WIDTH, HEAD + EACH[1] * rows)
        for i, (task, name, numbers) in enumerate(shares):
            row, column = divmod(i, COLUMNS_OF_PANELS)
            panel = page.panel(0.5 + EACH[0] * column, HEAD + EACH[1] * row, *PANEL)
            _draw(panel, df[df["task"] == task], numbers)
            panel.set_title(name, loc="left", fontweight="bold", fontsize="medium")
            panel.set_xlabel(f"{df['unit'].iloc[0]} of the task")
            if not column:
                panel.set_ylabel("dev score")
        set_title(page.ax, title)
    return page.ax


def _shares(df: "pd.DataFrame") -> Iterator[tuple[str, str, np.ndarray]]:
    """Task, title and numbers of the lines of each panel: evenly, and no more than colours."""
    curves = df[df["number"] >= 0]
    for task, rows in curves.groupby("task", sort=False):
        numbers = rows["number"].unique()
        n = -(-len(numbers) // len(COLOURS))
        for i, share in enumerate(np.array_split(numbers, n), 1):
            yield task, task if n == 1 else f"{task} ({i} of {n})", share


def _draw(ax: "Axes", rows: "pd.DataFrame", numbers: np.ndarray) -> None:
    """Draw one task, its lines of these numbers in colour, the others in grey."""
    colours = dict(zip(numbers, COLOURS, strict=False))
    curves = rows[rows["number"] >= 0]
    for (number, line), points in curves.groupby(["number", "line"], sort=False):
        colour = colours.get(number)
        if colour is None:
            ax.plot(points["at"], points["mean"], **OTHER)
            continue
        ax.fill_between(
            points["at"], points["low"], points["high"], color=colour, alpha=0.15, linewidth=0
        )
        ax.plot(points["at"], points["mean"], color=colour, linewidth=1.3, label=line)
    low, high = ax.get_ylim()
    for level in rows[rows["number"] < 0].itertuples():
        if low <= level.mean <= high:
            ax.axhline(level.mean, **LEVEL, label=level.line)
    quiet(ax, "y")
    ax.set(xlim=(0, None), ylim=(low, high))
    ax.locator_params(axis="x", integer=True, nbins=6)
    legend_beside(ax)
