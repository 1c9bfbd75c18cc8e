"""Our scores beside those in print: dots with intervals, and hollow diamonds.

``save_comparison(comparison_data(compared), folder, "comparison")`` writes
``comparison.png``, ``comparison.svg`` and ``comparison.csv``, the table behind both.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure
from taskrel.plots.style import BLUE, VERMILION, quiet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What tells the rows of one metric apart.
ROW = ["task", "model", "recipe", "group"]
VALUES = ["published", "mean", "low", "high", "n_seeds"]
#: How each kind of score is drawn: big and hollow above small and full, so that both are seen.
OURS = {"marker": "o", "color": BLUE, "markersize": 4.5}
RULED = {"marker": "s", "color": "0.45", "markersize": 4}
PRINTED = {
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
        Tasks and, within them, rows stand in the order in which they come first.

    Raises
    ------
    TaskrelError
        Where there is no row, or a column is missing.
    """
    columns = [*ROW, "metric", *VALUES]
    missing = [c for c in columns if c not in compared]
    if missing:
        raise TaskrelError(
            f"comparison: column {missing[0]!r} is missing; expected {', '.join(columns)}"
        )
    if compared.empty:
        raise TaskrelError("comparison: there is no score to draw")
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


def plot_comparison(df: "pd.DataFrame", *, title: str | None = None) -> "Figure":
    """Draw a panel per metric: our mean with its interval, and the published score.

    Parameters
    ----------
    df : DataFrame
        As `comparison_data` returns it.
    title : str, optional
        Stands above.

    Returns
    -------
    Figure
    """
    import matplotlib
    from matplotlib.figure import Figure

    metrics = list(dict.fromkeys(df["metric"]))
    width = 4.2 if len(metrics) == 1 else 2.3 * len(metrics)
    with matplotlib.rc_context(STYLE):
        figure = Figure((width + 1.6, 0.19 * df["place"].max() + 1.3), layout="constrained")
        panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
        drawn = {}
        for ax, metric in zip(panels, metrics, strict=True):
            drawn |= _draw(ax, df[df["metric"] == metric])
            ax.set_title(_title(metric), loc="left", fontweight="bold")
        _name_rows(panels, df)
        if drawn:
            figure.legend(
                drawn.values(), drawn, loc="outside lower center", ncols=len(drawn), frameon=False
            )
        if title:
            figure.suptitle(title, fontweight="bold", fontsize="large")
    return figure


def save_comparison(
    df: "pd.DataFrame", folder: Path, name: str, *, title: str | None = None
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_comparison(df, title=title), df, folder, name)


def _draw(ax: "Axes", rows: "pd.DataFrame") -> dict:
    """Draw one metric; returns what stands for each kind of score in the legend."""
    ruled = (rows["n_seeds"] == 0) & rows["mean"].notna()
    drawn = {}
    for label, kind, look in (
        ("ours, mean and 95 % interval over seeds", ~ruled, OURS),
        ("ours, a rule without training", ruled, RULED),
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
    printed = rows[rows["published"].notna()]
    if len(printed):
        (drawn["published"],) = ax.plot(
            printed["published"], printed["place"], linestyle="none", **PRINTED
        )
    quiet(ax, "both")
    ax.margins(x=0.08)
    ax.locator_params(axis="x", nbins=5)
    return drawn


def _title(metric: str) -> str:
    return metric.replace("_", " ").replace("f1", "F1") + " on test"


def _name_rows(panels: "Sequence[Axes]", df: "pd.DataFrame") -> None:
    """Names of models on the left, and in bold, above them, that of their task."""
    heads = df.groupby("task", sort=False)["place"].min() - 1
    without = df.groupby("place")["mean"].agg(lambda means: means.isna().all())
    rows = df.drop_duplicates("place").set_index("place")["model"]
    names = rows.where(~without, rows + " (no run)")
    # The panels share this axis.
    panels[0].set_yticks([*heads, *names.index], [*heads.index, *names])
    panels[0].set_ylim(df["place"].max() + 0.6, -0.6)
    for label in panels[0].get_yticklabels()[: len(heads)]:
        label.set_fontweight("bold")
    for ax in panels:
        ax.tick_params(axis="y", length=0)
        # no line to follow where nothing stands
        for tick in ax.yaxis.get_major_ticks()[: len(heads)]:
            tick.gridline.set_visible(False)
