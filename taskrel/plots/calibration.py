"""Calibration: observed frequency of a gain against its predicted probability.

``plot_calibration(calibration_data(bins))`` draws it.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.check import check_table
from taskrel.plots.style import BLUE, STYLE, new_axes, quiet, set_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Bins of equal width over [0, 1].
BINS = 10
NEEDED = ["probability", "gains", "n"]


def calibration_data(bins: "pd.DataFrame", brier: float | None = None) -> "pd.DataFrame":
    """Add to each bin the interval of its observed frequency, and to all the Brier scores.

    Parameters
    ----------
    bins : DataFrame
        A row per bin of `BINS` of equal width over [0, 1], empty ones left out:
        probability (mean P(gain) of the bin's pairs), gains (observed frequency: the
        share of them with a gain) and n (how many; each pair once, since n sets the
        interval).
    brier : float, optional
        Brier score of the predictions, in [0, 1], lower is better.

    Returns
    -------
    DataFrame
        probability, gains, n; low and high, the 95 % Wilson score interval of
        gains, as if pairs were independent; brier; base_brier: Brier score of
        predicting for every pair the frequency of gains over all of them, g · (1 − g).

    Raises
    ------
    TaskrelError
        Where there is no bin, a column is missing, a value is impossible or two
        rows belong to one bin.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 1927.
    """
    from statsmodels.stats.proportion import proportion_confint

    check_table("calibration", bins, NEEDED, "bin to draw")
    possible = bins[["probability", "gains"]].apply(lambda c: c.between(0, 1)).all(axis=1) & (
        bins["n"] > 0
    )
    if not possible.all():
        raise TaskrelError(
            f"calibration: row {int(np.argmin(possible))} is "
            f"{bins[~possible].iloc[0][NEEDED].to_dict()}; expected probability and "
            "gains in [0, 1] and n above 0"
        )
    data = bins[NEEDED].sort_values("probability", ignore_index=True)
    place = _bin(data["probability"])
    if len(np.unique(place)) < len(place):
        raise TaskrelError(
            f"calibration: two rows belong to one of the {BINS} bins; expected a row per bin"
        )
    low, high = proportion_confint(data["gains"] * data["n"], data["n"], method="wilson")
    base = float(np.average(data["gains"], weights=data["n"]))
    return data.assign(
        low=low, high=high, brier=np.nan if brier is None else brier, base_brier=base * (1 - base)
    )


def plot_calibration(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw observed frequency against predicted probability, and below how many pairs there are.

    Parameters
    ----------
    df : DataFrame
        As `calibration_data` returns it.
    ax : Axes, optional
        Where to draw, the counts just below it; default: on a new figure (``ax.figure``).
    title : str, optional
        Above the picture.

    Returns
    -------
    Axes
        Those of the frequencies; the counts are on its child axes.
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        ax = ax or new_axes(3.2, 3.2)
        _draw_frequencies(ax, df)
        _draw_counts(ax.inset_axes((0, -0.31, 1, 0.22)), df)
        ax.text(0, 1.09, _note(df), transform=ax.transAxes, va="bottom", color="0.3")
        set_title(ax, title, pad=44)
    return ax


def _bin(probability: "pd.Series") -> np.ndarray:
    """Number of each bin; a mean may miss the edge it lies on by rounding."""
    return np.minimum(np.floor(probability * BINS + 1e-9), BINS - 1).to_numpy(int)


def _draw_frequencies(ax: "Axes", df: "pd.DataFrame") -> None:
    percent = df[["probability", "gains", "low", "high"]] * 100
    ax.plot((0, 100), (0, 100), "--", color="0.5", linewidth=1, label="perfectly calibrated")
    spread = np.abs(percent[["low", "high"]].to_numpy().T - percent["gains"].to_numpy())
    ax.errorbar(
        percent["probability"],
        percent["gains"],
        spread,
        fmt="o",
        color=BLUE,
        markersize=4.5,
        linewidth=1,
        capsize=2,
        label="observed, 95 % interval",
    )
    ax.set(xlim=(-2, 102), ylim=(-2, 102), aspect="equal", ylabel="observed frequency of a gain, %")
    ax.tick_params(labelbottom=False)
    # above: in a corner of the axes it could hide a bin
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, borderaxespad=0.2)
    quiet(ax, "both")


def _draw_counts(ax: "Axes", df: "pd.DataFrame") -> None:
    """Bars over the whole bins, with the number of pairs on each."""
    width = 100 / BINS
    bars = ax.bar((_bin(df["probability"]) + 0.5) * width, df["n"], 0.9 * width, color="0.75")
    ax.bar_label(bars, [f"{n:,.0f}" for n in df["n"]], padding=1, fontsize="small")
    ax.set(
        xlim=(-2, 102),
        ylim=(0, 1.3 * df["n"].max()),
        yticks=(),
        ylabel="pairs",
        xlabel="predicted probability of a gain, %",
    )
    quiet(ax, "x")
    ax.spines["left"].set_visible(False)


def _note(df: "pd.DataFrame") -> str:
    brier, base = df[["brier", "base_brier"]].iloc[0]
    share = f"{np.average(df['gains'], weights=df['n']):.0%}".replace("%", " %")
    note = f"{base:.3f} where {share} is predicted for every pair"
    return f"Brier score {note}" if np.isnan(brier) else f"Brier score {brier:.3f};\n{note}"
