"""What a search costs and what it loses: a line per strategy.

``plot_search_cost(search_cost_data(regret))`` draws it.
"""

from itertools import cycle
from typing import TYPE_CHECKING

from taskrel.plots.check import check_table
from taskrel.plots.style import COLOURS, STYLE, legend_beside, new_axes, quiet, set_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NEEDED = ["strategy", "share", "regret", "low", "high"]
MARKERS = ("o", "s", "^", "D", "v", "P")


def search_cost_data(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows in order of strategy and cost.

    Parameters
    ----------
    rows : DataFrame
        A row per strategy and budget: strategy, share (of the cost of every pair with three
        seeds, in [0, 1]), regret (percent of the single-task score), low and high (its interval).

    Raises
    ------
    TaskrelError
        Where there is no row, or a column is missing.
    """
    check_table("search cost", rows, NEEDED, "strategy")
    order = {name: i for i, name in enumerate(dict.fromkeys(rows["strategy"]))}
    rows = rows.assign(order=rows["strategy"].map(order)).sort_values(["order", "share"])
    return rows[NEEDED].reset_index(drop=True)


def plot_search_cost(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw a line per strategy, with its interval as a band around the first one.

    Parameters
    ----------
    df : DataFrame
        As `search_cost_data` returns it.
    ax : Axes, optional
        Where to draw; default: on a new figure (``ax.figure``).
    title : str, optional
        Above the picture.

    Returns
    -------
    Axes
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        ax = ax or new_axes(4.6, 2.9)
        looks = zip(cycle(COLOURS), cycle(MARKERS))  # endless both
        for number, (name, line) in enumerate(df.groupby("strategy", sort=False)):
            colour, marker = next(looks)
            x = line["share"] * 100
            ax.plot(
                x,
                line["regret"],
                color=colour,
                marker=marker,
                markersize=3.5,
                linewidth=1.8 if number == 0 else 1.2,
                label=name,
            )
            if number == 0:
                ax.fill_between(x, line["low"], line["high"], color=colour, alpha=0.12, linewidth=0)
        quiet(ax, "both")
        ax.set(
            xscale="log",
            ylim=(0, None),
            xlabel="runs, % of every pair with three seeds",
            ylabel="gain lost against the best choice,\n% of the single-task score",
        )
        ticks = sorted(df["share"].unique() * 100)
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        legend_beside(ax)
        set_title(ax, title)
    return ax
