"""Predicted against measured: two heat maps side by side, the same tasks in the same order.

``save_predicted(predicted_data(predictions, gains), folder, "predicted", model="ranker",
protocol="without the main task's family")`` writes ``predicted.png``,
``predicted.svg`` and ``predicted.csv``, the table behind both.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError
from taskrel.plots.heatmap import (
    colour_limit,
    heatmap_data,
    map_axes,
    plot_heatmap,
    shown_numbers,
    sides,
)
from taskrel.plots.save import STYLE, save_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def predicted_data(
    predictions: "pd.DataFrame", gains: "pd.DataFrame", value: str = "gain"
) -> "pd.DataFrame":
    """Lay out predictions and measured gains as the cells of two heat maps.

    Rows and columns are the tasks of both tables, in both maps.

    Parameters
    ----------
    predictions : DataFrame
        A row per main and aux: gain (expected, percent; perhaps with low and
        high) or probability (of a gain), NaN where there is no answer, and
        perhaps verdict ("likely gain", "likely loss", "unclear"). They must come
        from models that have not seen the pair, or the picture flatters.
    gains : DataFrame
        Measured gains, as `heatmap_data` takes them.
    value : {"gain", "probability"}
        What is shown of the predictions.

    Returns
    -------
    DataFrame
        A row per map and cell: map ("predicted" or "measured") and the columns of
        `heatmap_data`; the state of a predicted cell is "predicted",
        "unanswered" or "self".

    Raises
    ------
    TaskrelError
        Where nothing is predicted or measured, a cell occurs twice in a table, or
        predictions have no such value.
    """
    import pandas as pd

    if value not in predictions or value not in ("gain", "probability"):
        raise TaskrelError(
            f"predicted against measured: predictions have no {value!r} to show; "
            "expected gain or probability"
        )
    answered = predictions.dropna(subset=[value])
    for name, rows in (("prediction", answered), ("measured gain", gains.dropna(subset=["gain"]))):
        if rows.empty:
            raise TaskrelError(f"predicted against measured: there is no {name} to show")
    if value == "probability":
        # those of the gain, which would look like those of the probability
        answered = answered.drop(columns=["low", "high"], errors="ignore")
    pairs = pd.concat([predictions[["main", "aux"]], gains[["main", "aux"]]])
    left = heatmap_data(answered, value, pairs=pairs)
    left["state"] = left["state"].replace({"measured": "predicted", "missing": "unanswered"})
    return (
        pd.concat({"predicted": left, "measured": heatmap_data(gains, pairs=pairs)}, names=["map"])
        .reset_index("map")
        .reset_index(drop=True)
    )


def plot_predicted(df: "pd.DataFrame", *, model: str, protocol: str) -> "Figure":
    """Draw the two maps that `predicted_data` lays out.

    Measured gains and expected gains share their colours, which end where those
    of the measured ones do; a probability has its own. Firm verdicts are bold
    with a triangle, as significant gains are; a hollow dot is an abstention.

    Parameters
    ----------
    df : DataFrame
        As `predicted_data` returns it.
    model : str
        What made the predictions.
    protocol : str
        What it had not seen, such as "without the main task's family".

    Returns
    -------
    Figure
    """
    import matplotlib

    left, right = (df[df["map"] == name] for name in ("predicted", "measured"))
    if "probability" in df:
        left = left.drop(columns="gain")
        right = right.drop(columns="probability")
    limit = colour_limit(shown_numbers(right)[1])
    with matplotlib.rc_context(STYLE):
        axes = map_axes(*sides(df), 2)
        plot_heatmap(
            left,
            ax=axes[0],
            title=f"Predicted by {model},\n{protocol}",
            limit=None if "probability" in df else limit,
        )
        plot_heatmap(right, ax=axes[1], title="Measured", limit=limit)
    return axes[0].figure


def save_predicted(
    df: "pd.DataFrame", folder: Path, name: str, *, model: str, protocol: str
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_predicted(df, model=model, protocol=protocol), df, folder, name)
