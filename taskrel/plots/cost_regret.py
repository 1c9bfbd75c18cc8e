"""Cost and regret: how much gain is lost where only the top k auxiliaries are tried.

``save_cost_regret(cost_regret_data(ranked), folder, "cost-regret")`` writes
``cost-regret.png``, ``cost-regret.svg`` and ``cost-regret.csv``, the table behind both.
"""

from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure
from taskrel.plots.style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    legend_beside,
    new_axes,
    quiet,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NEEDED = ["main", "aux", "score", "gain"]
#: Bounds that are drawn beside the models → line style, colour, legend.
BOUNDS = {
    "random": ("--", "0.55", "random order (expected)"),
    "oracle": (":", "0.1", "best order (gains known)"),
}
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # seven, so that six colours do not repeat in step


def cost_regret_data(ranked: "pd.DataFrame") -> "pd.DataFrame":
    """What it costs to try the k best-ranked auxiliaries of each main task, and what is lost.

    Lost is max(0, best gain) − max(0, best gain of those tried), mean over main
    tasks: whoever finds nothing better keeps the task alone, with a gain of 0. A
    tie is the expectation over its orders, computed, not drawn; so is the random
    order, where all tie. Where a main task has fewer than k auxiliaries, all are
    tried.

    Parameters
    ----------
    ranked : DataFrame
        A row per directed pair: main, aux, score (what the auxiliaries of a main
        are ordered by, highest first) and gain (measured, percent of the main
        task's score); perhaps seconds (cost of training the pair), model (name;
        several models rank the same pairs) and upfront (what the model has spent
        on the pair before any is tried, as a share of the pair's cost). Without
        seconds each pair costs 1; without model the name is "predictor".

    Returns
    -------
    DataFrame
        model (those given, then "random" and "oracle"), k = 0 … auxiliaries of a
        main task, pairs or seconds (spent, over all main tasks), share (of what
        all pairs cost, in [0, 1]) and regret (percent of the main task's score).

    Raises
    ------
    TaskrelError
        Where there is no row, a column or a value is missing, a pair occurs twice
        or not for all models with the same gain, costs are not above 0, or what was
        spent before is below 0.
    """
    import pandas as pd

    ranked = ranked if "model" in ranked else ranked.assign(model="predictor")
    _check(ranked)
    cost = "seconds" if "seconds" in ranked else "pairs"
    if cost == "pairs":
        ranked = ranked.assign(pairs=1.0)
    one = ranked[ranked["model"] == ranked["model"].iloc[0]]
    orders = [
        *ranked.groupby("model", sort=False),
        ("random", one.assign(score=0.0)),
        ("oracle", one.assign(score=one["gain"])),
    ]
    curves = []
    for model, rows in orders:
        regret, spent = _curve(rows, cost)
        if "upfront" in rows and model not in BOUNDS:
            spent = spent + (rows["upfront"] * rows[cost]).sum()
        curves.append(
            pd.DataFrame(
                {
                    "model": model,
                    "k": range(len(regret)),
                    cost: spent,
                    "share": spent / rows[cost].sum(),
                    "regret": regret,
                }
            )
        )
    return pd.concat(curves, ignore_index=True)


def plot_cost_regret(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw a line per model: gain lost against the share of the cost, a marker per k.

    Parameters
    ----------
    df : DataFrame
        As `cost_regret_data` returns it.
    ax : Axes, optional
        Where to draw; default: on a new figure (``ax.figure``).
    title : str, optional
        Stands above.

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
        if title:
            ax.set_title(title, loc="left", fontweight="bold", pad=8)
    return ax


def save_cost_regret(
    df: "pd.DataFrame", folder: Path, name: str, *, title: str | None = None
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_cost_regret(df, title=title).figure, df, folder, name)


def _check(ranked: "pd.DataFrame") -> None:
    missing = [c for c in NEEDED if c not in ranked]
    if missing:
        raise TaskrelError(
            f"cost and regret: column {missing[0]!r} is missing; expected {', '.join(NEEDED)}"
        )
    if ranked.empty:
        raise TaskrelError("cost and regret: there is no ranked pair")
    limits = {"score": "", "gain": "", "seconds": " above 0", "upfront": ", 0 or more"}
    for column, limit in [(c, limit) for c, limit in limits.items() if c in ranked]:
        values = ranked[column].to_numpy(float)
        wrong = ~np.isfinite(values)
        if limit:
            wrong |= (values < 0) | ((values == 0) & (column == "seconds"))
        if wrong.any():
            row = ranked[wrong].iloc[0]
            raise TaskrelError(
                f"cost and regret: {column} of main {row['main']!r} with auxiliary {row['aux']!r} "
                f"is {row[column]}; expected a finite number{limit}"
            )
    taken = set(ranked["model"]) & set(BOUNDS)
    if taken:
        raise TaskrelError(
            f"cost and regret: {min(taken)!r} is drawn anyway; give the model another name"
        )
    twice = ranked[ranked.duplicated(["model", "main", "aux"])]
    if len(twice):
        raise TaskrelError(
            f"cost and regret: main {twice.iloc[0]['main']!r} with auxiliary "
            f"{twice.iloc[0]['aux']!r} occurs twice; keep a row per model and pair"
        )
    pairs = ranked.groupby(["main", "aux"])["gain"].agg(["size", "nunique"])
    unlike = pairs[(pairs["size"] < ranked["model"].nunique()) | (pairs["nunique"] > 1)]
    if len(unlike):
        main, aux = unlike.index[0]
        raise TaskrelError(
            f"cost and regret: main {main!r} with auxiliary {aux!r} is not ranked "
            "by all models with the same gain; compare them on the same pairs"
        )


def _curve(rows: "pd.DataFrame", cost: str) -> tuple[np.ndarray, np.ndarray]:
    """Regret (mean over mains) and cost (their sum) for k = 0 … most auxiliaries of a main."""
    mains = [
        _tried(*(cells[c].to_numpy(float) for c in ("score", "gain", cost)))
        for _, cells in rows.groupby("main")
    ]
    longest = max(len(best) for best, _ in mains)
    best, spent = (
        np.array([np.pad(m[i], (0, longest - len(m[i])), "edge") for m in mains]) for i in (0, 1)
    )
    return (best[:, -1:] - best).mean(axis=0), spent.sum(axis=0)


def _tried(score: np.ndarray, gain: np.ndarray, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected best of 0 and the k first gains, and expected cost of those k, k = 0 … n."""
    from scipy.special import comb

    best, spent = [0.0], [0.0]
    for level in np.unique(score)[::-1]:
        tied = score == level
        n, mean, before, sure = tied.sum(), cost[tied].mean(), spent[-1], best[-1]
        worth = np.sort(np.maximum(gain[tied], sure))[::-1]
        for k in range(1, n + 1):
            # the i-th best of a tie is the best of the k drawn if the others are worse ones
            best.append(comb(n - 1 - np.arange(n), k - 1) @ worth / comb(n, k))
            spent.append(before + k * mean)
    return np.array(best), np.array(spent)


def _label(ax: "Axes", df: "pd.DataFrame") -> None:
    unit = "pairs" if "pairs" in df else "seconds"
    total = df.loc[df["model"] == "random", unit].max()
    hours = f"{total / 3600:,.0f}" if total > 36_000 else f"{total / 3600:.2g}"
    whole = f"{total:,.0f} pairs" if unit == "pairs" else f"{hours} hours of training"
    ax.set(
        xlim=(-2, 100 * df["share"].max() + 2),
        ylim=(-0.02 * df["regret"].max(), None),
        xlabel=f"share of the pair-training cost spent, % (100 % = {whole})",
        ylabel="gain lost against the best auxiliary,\n% of the main task's score",
    )
    legend_beside(ax)
    if unit == "pairs":
        # A pair costs the same whichever it is, so that k stands at one place for all models.
        curve = df[df["model"] == "random"]
        step = -(-len(curve) // 24)
        top = ax.secondary_xaxis("top")
        top.set_xticks(curve["share"][::step] * 100, curve["k"][::step])
        top.set_xlabel("auxiliaries tried for each main task")
        top.tick_params(length=2, color="0.6")
        top.spines["top"].set_color("0.6")
