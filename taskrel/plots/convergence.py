"""Convergence: dev curves of several models, a panel per task, and the levels to be reached.

``save_convergence(convergence_data(means), folder, "convergence")`` writes
``convergence.png``, ``convergence.svg`` and ``convergence.csv``, the table behind both.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure
from taskrel.plots.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, quiet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ["task", "line", "unit", "at", "mean", "low", "high"]
COLOURS = [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY]
#: After six lines the colours come again, with another dash.
DASHES = ["-", "--", ":", "-."]
LEVEL = {"color": "0.45", "linewidth": 0.8, "linestyle": (0, (1, 2)), "zorder": 1}


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
    missing = [c for c in COLUMNS if c not in means]
    if missing:
        raise TaskrelError(
            f"convergence: column {missing[0]!r} is missing; expected {', '.join(COLUMNS)}"
        )
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


def plot_convergence(df: "pd.DataFrame", *, title: str | None = None) -> "Figure":
    """Draw a panel per task: mean over seeds as a line, from lowest to highest seed as a band.

    Parameters
    ----------
    df : DataFrame
        As `convergence_data` returns it.
    title : str, optional
        Stands above.

    Returns
    -------
    Figure
    """
    import matplotlib
    from matplotlib.figure import Figure

    tasks = list(dict.fromkeys(df["task"]))
    columns = min(3, len(tasks))
    rows = -(-len(tasks) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure((3.1 * columns + 0.6, 2.3 * rows + 0.9), layout="constrained")
        drawn = {}
        for i, task in enumerate(tasks):
            ax = figure.add_subplot(rows, columns, i + 1)
            drawn |= _draw(ax, df[df["task"] == task])
            ax.set_title(task, loc="left", fontweight="bold")
            ax.set_xlabel(f"{df['unit'].iloc[0]} of the task")
        figure.supylabel("dev score", fontsize="medium")
        figure.legend(
            drawn.values(),
            drawn,
            loc="outside lower center",
            ncols=min(3, len(drawn)),
            frameon=False,
        )
        if title:
            figure.suptitle(title, fontweight="bold", fontsize="large")
    return figure


def save_convergence(
    df: "pd.DataFrame", folder: Path, name: str, *, title: str | None = None
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_convergence(df, title=title), df, folder, name)


def _draw(ax: "Axes", rows: "pd.DataFrame") -> dict:
    """Draw one task; returns what stands for each line in the legend."""
    drawn = {}
    curves = rows[rows["number"] >= 0]
    for (number, line), points in curves.groupby(["number", "line"], sort=False):
        colour = COLOURS[number % len(COLOURS)]
        dash = DASHES[number // len(COLOURS) % len(DASHES)]
        ax.fill_between(
            points["at"], points["low"], points["high"], color=colour, alpha=0.15, linewidth=0
        )
        (drawn[line],) = ax.plot(points["at"], points["mean"], dash, color=colour, linewidth=1.3)
    for level in rows[rows["number"] < 0].itertuples():
        ax.axhline(level.mean, **LEVEL)
        ax.annotate(
            level.line,
            (0.02, level.mean),
            xycoords=("axes fraction", "data"),
            ha="left",
            va="bottom",
            fontsize="x-small",
            color="0.35",
        )
    quiet(ax, "y")
    ax.set_xlim(left=0)
    return drawn
