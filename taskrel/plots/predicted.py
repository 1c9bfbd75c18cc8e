"""Predicted against measured: two heat maps next to each other, the same tasks in the same order.

``plot_predicted(predicted_data(predictions, gains))`` draws them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.cells import colour_limit, draw_map, layout, numbers_of, sides
from taskrel.plots.heatmap import heatmap_data
from taskrel.plots.style import STYLE, set_title, sheet

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Between the two maps, inches.
GAP = 0.3


def predicted_data(
    predictions: "pd.DataFrame",
    gains: "pd.DataFrame",
    *,
    levels: Mapping[str, str] | None = None,
) -> "pd.DataFrame":
    """Lay out predictions and measured gains as the cells of two heat maps.

    Rows and columns are the tasks of both tables, in both maps.

    Parameters
    ----------
    predictions : DataFrame
        A row per main and aux: gain (expected, percent, NaN where there is no answer;
        perhaps with low and high) and perhaps verdict ("likely gain", "likely loss",
        "unclear"). They must come from models that have not seen the pair, or the
        picture flatters.
    gains : DataFrame
        Measured gains, as `heatmap_data` takes them.
    levels : mapping, optional
        Task → "token" or "text", as `heatmap_data` takes it.

    Returns
    -------
    DataFrame
        A row per map and cell: map ("predicted" or "measured") and the columns of
        `heatmap_data`; the state of a predicted cell is "predicted",
        "unanswered" or "self".

    Raises
    ------
    TaskrelError
        Where nothing is predicted or measured, or a cell occurs twice in a table.
    """
    import pandas as pd

    answered = predictions.dropna(subset=["gain"])
    for name, rows in (("prediction", answered), ("measured gain", gains.dropna(subset=["gain"]))):
        if rows.empty:
            raise TaskrelError(f"predicted against measured: there is no {name} to show")
    pairs = pd.concat([predictions[["main", "aux"]], gains[["main", "aux"]]])
    left, right = (heatmap_data(rows, pairs=pairs, levels=levels) for rows in (answered, gains))
    left["state"] = left["state"].replace({"measured": "predicted", "missing": "unanswered"})
    return (
        pd.concat({"predicted": left, "measured": right}, names=["map"])
        .reset_index("map")
        .reset_index(drop=True)
    )


def plot_predicted(
    df: "pd.DataFrame", *, ax: "Axes | None" = None, title: str | None = None
) -> "Axes":
    """Draw the two maps that `predicted_data` lays out, as `plot_heatmap` draws one.

    They share names of main tasks and colours, which end where those of the measured
    gains do. A triangle marks a verdict; a prediction without one is left unmarked.

    Parameters
    ----------
    df : DataFrame
        As `predicted_data` returns it.
    ax : Axes, optional
        Where to draw, as a blank sheet for both maps; default: on a new figure (``ax.figure``).
    title : str, optional
        Above both.

    Returns
    -------
    Axes
        The sheet; the maps are its child axes.
    """
    import matplotlib

    mains, auxes = sides(df)
    left, top, cell, below = layout(df, 2, GAP)
    width, height = cell * len(auxes), cell * len(mains)
    limit = colour_limit(numbers_of(df[df["map"] == "measured"]))
    with matplotlib.rc_context(STYLE):
        page = sheet(ax, left + 2 * width + GAP + 0.3, top + height + below)
        for i, name in enumerate(("predicted", "measured")):
            panel = page.panel(left + i * (width + GAP), top, width, height)
            draw_map(panel, df[df["map"] == name], limit, name, bar=not i)
        panel.set(yticks=(), ylabel="")
        set_title(page.ax, title)
    return page.ax
