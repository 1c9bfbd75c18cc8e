"""Cost and regret: how much gain is lost where only the top k auxiliaries are tried.

``plot_cost_regret(cost_regret_data(best))`` draws both.
"""

from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.check import check_table
from taskrel.plots.style import COLOURS, STYLE, legend_beside, new_axes, quiet, set_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NEEDED = ["model", "main", "k", "best"]
#: Names of bounds, drawn without markers → line style, colour, legend.
BOUNDS = {
    "random": ("--", "0.55", "random ranking (expected)"),
    "oracle": (":", "0.1", "best ranking (gains known)"),
}
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # seven, so that six colours do not repeat in step


def cost_regret_data(best: "pd.DataFrame") -> "pd.DataFrame":
    """What it costs to try the k best-ranked auxiliaries of each main task, and what is lost.

    Lost is the best gain of all auxiliaries less the best gain of those tried, mean over
    main tasks. Where a main task has fewer than k auxiliaries, all are tried.

    Parameters
    ----------
    best : DataFrame
        A row per model, main and k = 0 … number of main's auxiliaries: model (what ranks
        them; "random" and "oracle" are drawn as bounds), main, k, best (expected best of 0
        and the measured gains of the k first, percent of the main task's score, as
        `validation.scoring.scores.best_of` gives it; 0 of none).

    Returns
    -------
    DataFrame
        model, k = 0 … most auxiliaries of a main task, pairs (trained, over all main tasks),
        share (of all pairs, in [0, 1]) and regret (percent of the main task's score).

    Raises
    ------
    TaskrelError
        Where there is no row, a column or a value is missing, a row occurs twice, or the
        models do not rank the same auxiliaries with the same gains.
    """
    import pandas as pd

    _check(best)
    table = best.pivot_table(values="best", index=["model", "main"], columns="k")
    tried = (table.notna().cumsum(axis=1) - 1).groupby("model").sum()  # k = 0 is none
    table = table.ffill(axis=1)
    lost = table.rsub(table.iloc[:, -1], axis=0).groupby("model").mean()
    curves = [
        pd.DataFrame(
            {
                "model": model,
                "k": table.columns,
                "pairs": tried.loc[model].to_numpy(),
                "share": tried.loc[model].to_numpy() / tried.loc[model].max(),
                "regret": lost.loc[model].to_numpy(),
            }
        )
        for model in dict.fromkeys(best["model"])
    ]
    return pd.concat(curves, ignore_index=True)


def plot_cost_regret(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw a line per model: gain lost against the share of pairs trained, a marker per k.

    Parameters
    ----------
    df : DataFrame
        As `cost_regret_data` returns it.
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
        for model, curve in df.groupby("model", sort=False):
            if model in BOUNDS:
                line, colour, label = BOUNDS[model]
                ax.plot(curve["share"] * 100, curve["regret"], line, color=colour, label=label)
            else:
                colour, marker = next(looks)
                ax.plot(
                    curve["share"] * 100,
                    curve["regret"],
                    color=colour,
                    marker=marker,
                    markersize=3.5,
                    linewidth=1.2,
                    label=model,
                )
        quiet(ax, "both")
        _label(ax, df)
        set_title(ax, title)
    return ax


def _label(ax: "Axes", df: "pd.DataFrame") -> None:
    ax.set(
        xlim=(-2, 102),
        ylim=(-0.02 * df["regret"].max(), None),
        xlabel=f"pairs trained, % of all {df['pairs'].max():,.0f}",
        ylabel="gain lost against the best auxiliary,\n% of the main task's score",
    )
    legend_beside(ax)
    curve = df[df["model"] == df["model"].iloc[0]]
    step = -(-len(curve) // 24)
    top = ax.secondary_xaxis("top")
    top.set_xticks(curve["share"][::step] * 100, curve["k"][::step])
    top.set_xlabel("auxiliaries tried for each main task")
    top.tick_params(length=2, color="0.6")
    top.spines["top"].set_color("0.6")


def _check(best: "pd.DataFrame") -> None:
    check_table("cost and regret", best, NEEDED, "ranked pair")
    wrong = ~np.isfinite(best["best"].to_numpy(float)) | best.duplicated(["model", "main", "k"])
    if wrong.any():
        row = best[wrong].iloc[0]
        raise TaskrelError(
            f"cost and regret: {row['model']!r} with main {row['main']!r} and k {row['k']} has "
            f"{row['best']}; expected one finite number"
        )
    # k = all
    whole = best.pivot_table(values="best", index="main", columns="model", aggfunc="max")
    unlike = whole.isna().any(axis=1) | (whole.max(axis=1) - whole.min(axis=1) > 1e-9)
    if unlike.any():
        raise TaskrelError(
            f"cost and regret: main {unlike.idxmax()!r} is not ranked by all models with the "
            "same gains; compare them on the same pairs"
        )
