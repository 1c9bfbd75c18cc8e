"""Our scores next to the published ones: dots with intervals, and hollow diamonds.

``plot_comparison(comparison_data(compared))`` draws them.
"""

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from taskrel.plots.check import check_table
from taskrel.plots.style import (
    BLUE,
    LETTER,
    STYLE,
    VERMILION,
    WIDTH,
    legend_below,
    longest,
    quiet,
    set_title,
    sheet,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: What tells the rows of one metric apart.
ROW = ["task", "model", "recipe", "group"]
VALUES = ["published", "mean", "low", "high", "n_seeds"]
#: Inches: a row; above a block's panels, for their titles; below, for ticks; between two.
LINE, HEAD, FOOT, BETWEEN = 0.18, 0.4, 0.25, 0.2
#: How each kind of score is drawn: big and hollow above small and full, so that both are seen.
OURS: dict[str, Any] = {"marker": "o", "color": BLUE, "markersize": 4.5}
RULED: dict[str, Any] = {"marker": "s", "color": "0.45", "markersize": 4}
PUBLISHED: dict[str, Any] = {
    "marker": "D",
    "color": VERMILION,
    "markersize": 7,
    "markerfacecolor": "none",
    "zorder": 3,
}


def comparison_data(compared: "pd.DataFrame") -> "pd.DataFrame":
    """Give each row a place: those of one task below each other, and its name above them.

    Parameters
    ----------
    compared : DataFrame
        A row per published row and metric: model, recipe, task, group (these four
        tell rows apart), metric, published, mean, low, high (fractions, NaN where
        there is none) and n_seeds (0 with a mean: a rule instead of runs, whose low and
        high, if any, have 95 % of its draws between them).

    Returns
    -------
    DataFrame
        Those columns, and place: lines from the top, the first task's name on line 0.
        Tasks and, within them, rows are in the order in which they come first.

    Raises
    ------
    TaskrelError
        Where there is no row, or a column is missing.
    """
    columns = [*ROW, "metric", *VALUES]
    check_table("comparison", compared, columns, "score to draw")
    # What comes from a file has NaN for a recipe's or group's empty name.
    compared = compared[columns].fillna({"recipe": "", "group": ""})
    places, line = {}, 0
    for _, rows in compared.groupby("task", sort=False):
        for row in rows[ROW].drop_duplicates().itertuples(index=False, name=None):
            places[row] = line = line + 1
        line += 1
    keys = compared[ROW].itertuples(index=False, name=None)
    return compared.assign(place=[places[key] for key in keys]).sort_values(
        "place", kind="stable", ignore_index=True
    )


def plot_comparison(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw our mean with its interval, and the published score: a row per model.

    Tasks that have the same metrics form a block, with a panel for each of these metrics,
    so that no panel is empty where a task has no such metric.

    Parameters
    ----------
    df : DataFrame
        As `comparison_data` returns it.
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

    blocks = _blocks(df)
    left = longest(_names(df))
    heights = [LINE * (block["place"].max() - block["place"].min() + 2) for block in blocks]
    with matplotlib.rc_context(STYLE):
        page = sheet(ax, WIDTH, sum(heights) + (HEAD + FOOT) * len(blocks))
        drawn: dict[str, Any] = {}
        top = HEAD
        for block, height in zip(blocks, heights, strict=True):
            metrics = list(dict.fromkeys(block["metric"]))
            width = (WIDTH - left) / len(metrics)
            panels = [
                page.panel(left + i * width, top, width - BETWEEN, height)
                for i in range(len(metrics))
            ]
            for panel, metric in zip(panels, metrics, strict=True):
                drawn |= _draw(panel, block[block["metric"] == metric])
                panel.tick_params(axis="x", labelsize=8 if width > 1 else 6.5)
                panel.locator_params(axis="x", nbins=min(8, max(2, int(2.5 * width))))
                panel.xaxis.set_major_formatter("{x:g}")
                panel.set_title(_title(metric, width), loc="left", fontsize="medium")
            _name_rows(panels, block)
            top += height + HEAD + FOOT
        legend_below(page.ax, drawn)
        set_title(page.ax, title)
    return page.ax


def _blocks(df: "pd.DataFrame") -> list["pd.DataFrame"]:
    """Parts of the table: neighbouring tasks that have scores of the same metrics."""
    known = df[df["mean"].notna() | df["published"].notna()]
    metrics = known.groupby("task")["metric"].agg(lambda m: tuple(dict.fromkeys(m)))
    blocks = []
    for has, tasks in groupby(dict.fromkeys(df["task"]), lambda task: metrics.get(task, ())):
        block = df[df["task"].isin([*tasks])]
        blocks.append(block[block["metric"].isin(has)] if has else block)
    return blocks


def _draw(ax: "Axes", rows: "pd.DataFrame") -> dict:
    """Draw one metric; returns the legend entry of each kind of score."""
    ruled = (rows["n_seeds"] == 0) & rows["mean"].notna()
    drawn: dict[str, Any] = {}
    for label, kind, look in (
        ("ours, mean and 95 % interval over seeds", ~ruled, OURS),
        ("ours, trivial baseline", ruled, RULED),
    ):
        shown = rows[kind & rows["mean"].notna()]
        if len(shown):
            bars = (
                [shown["mean"] - shown["low"], shown["high"] - shown["mean"]]
                if shown["low"].notna().any()
                else None
            )
            drawn[label] = ax.errorbar(
                shown["mean"], shown["place"], xerr=bars, linestyle="none", elinewidth=1.4, **look
            )
    known = rows[rows["published"].notna()]
    if len(known):
        (drawn["published"],) = ax.plot(
            known["published"], known["place"], linestyle="none", **PUBLISHED
        )
    quiet(ax, "both")
    ax.margins(x=0.12)
    return drawn


def _title(metric: str, width: float) -> str:
    """The metric's name, on lines that fit a panel of this width."""
    name = metric.replace("_", " ").replace("f1", "F1").replace("top4", "top 4")
    return textwrap.fill(name, int(width / LETTER), break_long_words=False)


def _names(df: "pd.DataFrame") -> "pd.Series":
    """Place → the model's name, and whether it has no run."""
    without = df.groupby("place")["mean"].agg(lambda means: means.isna().all())
    rows = df.drop_duplicates("place").set_index("place")["model"]
    return rows.where(~without, rows + " (no run)")


def _name_rows(panels: "Sequence[Axes]", df: "pd.DataFrame") -> None:
    """Names of models on the left, and in bold, above them, that of their task."""
    heads, names = df.groupby("task", sort=False)["place"].min() - 1, _names(df)
    for ax in panels:
        ax.set_yticks([*heads, *names.index], [*heads.index, *names])
        ax.set_ylim(df["place"].max() + 0.6, heads.min() - 0.6)
        ax.tick_params(axis="y", length=0, labelleft=ax is panels[0])
        for tick in ax.yaxis.get_major_ticks()[: len(heads)]:
            tick.label1.set_fontweight("bold")
            tick.gridline.set_visible(False)  # no line to follow where there is no score
