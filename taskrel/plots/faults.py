"""What each pair of faults scores, beside the published scores: a panel per task, a line per pair.

``save_faults(faults_data(table, summary), folder, "faults")`` writes ``faults.png``,
``faults.svg`` and ``faults.csv``, the table behind both.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure
from taskrel.plots.style import BLUE, GREEN, PURPLE, VERMILION, quiet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = [
    "training",
    "scoring",
    "recipe",
    "group",
    "task",
    "metric",
    "mean",
    "low",
    "high",
    "published",
]
COLOURS = (BLUE, VERMILION, GREEN, PURPLE)
#: Recipes, in their order: full and hollow, so that one on top of the other shows.
MARKERS = (
    {"marker": "o", "markersize": 3.5},
    {"marker": "o", "markersize": 5.5, "markerfacecolor": "none"},
    {"marker": "s", "markersize": 4, "markerfacecolor": "none"},
)


def faults_data(table: "pd.DataFrame", summary: "pd.DataFrame") -> "pd.DataFrame":
    """Give each mechanism its line: the nearest to the published scores on top.

    Parameters
    ----------
    table : DataFrame
        A row per training, scoring, recipe, group, task and metric: these, mean, low,
        high (fractions, NaN where there is none) and published.
    summary : DataFrame
        training and scoring of each mechanism, in the order of the lines.

    Returns
    -------
    DataFrame
        Those columns, and place: 1 for the first mechanism; 0 is for what is published.

    Raises
    ------
    TaskrelError
        Where there is no row, a column is missing or `summary` lacks a mechanism.
    """
    missing = [c for c in COLUMNS if c not in table]
    if missing:
        raise TaskrelError(
            f"faults: column {missing[0]!r} is missing; expected {', '.join(COLUMNS)}"
        )
    if table.empty:
        raise TaskrelError("faults: there is no score to draw")
    mechanisms = zip(summary["training"], summary["scoring"], strict=True)
    places = {mechanism: place for place, mechanism in enumerate(mechanisms, 1)}
    found = [*zip(table["training"], table["scoring"], strict=True)]
    for mechanism in found:
        if mechanism not in places:
            raise TaskrelError(
                f"faults: the summary has no row of training {mechanism[0]!r} with "
                f"scoring {mechanism[1]!r}; expected one"
            )
    return (
        table[COLUMNS]
        .assign(place=[places[mechanism] for mechanism in found])
        .sort_values("place", kind="stable", ignore_index=True)
    )


def plot_faults(df: "pd.DataFrame", *, title: str | None = None) -> "Figure":
    """Draw a panel per task: what each mechanism scores, lines where the published scores are.

    Parameters
    ----------
    df : DataFrame
        As `faults_data` returns it.
    title : str, optional
        Stands above.

    Returns
    -------
    Figure
    """
    import matplotlib
    from matplotlib.figure import Figure

    tasks, metrics = (list(dict.fromkeys(df[c])) for c in ("task", "metric"))
    recipes = list(dict.fromkeys(df["recipe"]))
    with matplotlib.rc_context(STYLE):
        figure = Figure(
            (2.2 + 3.1 * len(tasks), 1.4 + 0.19 * df["place"].max()), layout="constrained"
        )
        panels = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
        drawn = {}
        for ax, task in zip(panels, tasks, strict=True):
            drawn |= _draw(ax, df[df["task"] == task], metrics, recipes)
            ax.set_title(f"{task}, on test", loc="left", fontweight="bold")
        _name_lines(panels[0], df)
        figure.legend(
            drawn.values(), drawn, loc="outside lower center", ncols=len(metrics), frameon=False
        )
        if title:
            figure.suptitle(title, fontweight="bold", fontsize="large")
    return figure


def save_faults(
    df: "pd.DataFrame", folder: Path, name: str, *, title: str | None = None
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_faults(df, title=title), df, folder, name)


def _draw(ax: "Axes", rows: "pd.DataFrame", metrics: list[str], recipes: list[str]) -> dict:
    """Draw one task; returns what the legend is to name."""
    drawn = {}
    for (metric, recipe), cells in rows.groupby(["metric", "recipe"], sort=False):
        # Metrics of one line stand a little apart, where they would hide each other.
        aside = 0.16 * (metrics.index(metric) - (len(metrics) - 1) / 2)
        look = {
            "color": COLOURS[metrics.index(metric) % len(COLOURS)],
            "linestyle": "none",
            **MARKERS[recipes.index(recipe) % len(MARKERS)],
        }
        label = f"{metric.replace('_', ' ').replace('f1', 'F1')}, {recipe}"
        drawn[label] = ax.errorbar(
            cells["mean"],
            cells["place"] + aside,
            xerr=cells["high"] - cells["mean"],
            elinewidth=0.8,
            **look,
        )
        for published in cells["published"].dropna().unique():
            ax.axvline(published, color=look["color"], linewidth=0.7, alpha=0.45, zorder=0)
            ax.plot(published, aside, zorder=3, **look)
    quiet(ax, "both")
    ax.locator_params(axis="x", nbins=6)
    return drawn


def _name_lines(ax: "Axes", df: "pd.DataFrame") -> None:
    lines = df.drop_duplicates("place").set_index("place")
    names = lines["training"] + " · " + lines["scoring"]
    ax.set_yticks([0, *names.index], ["published", *(name.replace("_", " ") for name in names)])
    ax.set_ylim(df["place"].max() + 0.6, -0.6)
    ax.get_yticklabels()[0].set_fontweight("bold")
