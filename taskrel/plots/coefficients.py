"""Coefficients: which features of a pair of tasks make a gain more likely, and which less.

``plot_coefficients(coefficient_data(table))`` draws them.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.check import check_table
from taskrel.plots.style import BLUE, STYLE, VERMILION, legend_beside, new_axes, quiet, set_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NEEDED = ["feature", "coefficient", "low", "high"]
#: Sign → marker, colour, legend: markers differ in direction, for who sees no colours.
SIGNS = {
    1: (">", BLUE, "the higher, the likelier a gain"),
    -1: ("<", VERMILION, "the higher, the less likely a gain"),
}


def coefficient_data(table: "pd.DataFrame", strongest: int = 20) -> "pd.DataFrame":
    """Keep the features with the largest coefficients, largest first.

    Parameters
    ----------
    table : DataFrame
        feature (its name, in words), coefficient (change of the log-odds of a
        gain over the range of the scaled feature), low and high (its interval,
        NaN for none) and perhaps published (the same coefficient in the
        literature, NaN where there is none).
    strongest : int
        How many to keep.

    Returns
    -------
    DataFrame
        These columns, at most `strongest` rows.

    Raises
    ------
    TaskrelError
        Where there is no row, a column is missing, a coefficient is not finite
        or a feature occurs twice.
    """
    check_table("coefficients", table, NEEDED, "row to draw")
    wrong = table[~np.isfinite(table["coefficient"].to_numpy(float))]
    if len(wrong):
        raise TaskrelError(
            f"coefficients: that of {wrong.iloc[0]['feature']!r} is "
            f"{wrong.iloc[0]['coefficient']}; expected a finite number"
        )
    twice = table[table.duplicated("feature")]
    if len(twice):
        raise TaskrelError(
            f"coefficients: feature {twice.iloc[0]['feature']!r} occurs twice; "
            "expected a row per feature"
        )
    keep = [*NEEDED, *(c for c in ("published",) if c in table)]
    return (
        table[keep]
        .sort_values("coefficient", key=lambda c: -c.abs(), kind="stable", ignore_index=True)
        .head(strongest)
    )


def plot_coefficients(
    df: "pd.DataFrame",
    *,
    ax: "Axes | None" = None,
    title: str | None = None,
    interval: str = "95 % interval",
) -> "Axes":
    """Draw coefficients with their intervals, one below the other, the largest on top.

    Parameters
    ----------
    df : DataFrame
        As `coefficient_data` returns it.
    ax : Axes, optional
        Where to draw; default: on a new figure (``ax.figure``) that fits the number of features.
    title : str, optional
        Above the picture.
    interval : str
        What low and high are, for the legend.

    Returns
    -------
    Axes
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        ax = ax or new_axes(3.6, 0.21 * len(df) + 0.2)
        _draw_coefficients(ax, df, interval)
        ax.axvline(0, color="0.4", linewidth=0.8, zorder=0)
        ax.set_yticks(range(len(df)), df["feature"])
        ax.set(
            ylim=(len(df) - 0.4, -0.6),
            xlabel="coefficient: change of the log-odds of a gain\n"
            "from the feature's smallest value to its largest",
        )
        quiet(ax, "both")
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        legend_beside(ax)
        set_title(ax, title)
    return ax


def _draw_coefficients(ax: "Axes", df: "pd.DataFrame", interval: str) -> None:
    places = np.arange(len(df))
    known = df["low"].notna() & df["high"].notna()
    if known.any():
        ax.hlines(
            places[known],
            df["low"][known],
            df["high"][known],
            color="0.55",
            linewidth=1.2,
            label=interval,
        )
    for sign, (marker, colour, label) in SIGNS.items():
        rows = np.where(df["coefficient"] < 0, -1, 1) == sign
        if rows.any():
            ax.plot(
                df["coefficient"][rows],
                places[rows],
                marker,
                color=colour,
                markersize=5.5,
                markeredgewidth=0,
                label=label,
            )
    if "published" in df and df["published"].notna().any():
        ax.plot(
            df["published"],
            places,
            "D",
            color="0.1",
            markerfacecolor="none",
            markersize=5.5,
            markeredgewidth=0.9,
            label="published",
        )
