"""The heat map of gains: which auxiliary task (column) helps which main task (row).

``save_heatmap(heatmap_data(gains), folder, "gains")`` writes ``gains.png``,
``gains.svg`` and ``gains.csv``, the table behind both.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.save import STYLE, save_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Value(NamedTuple):
    """What cells show: title of the colour bar, factor, where colours are centred and how far
    from there they end (None: see `colour_limit`)."""

    title: str
    factor: float = 1
    centre: float = 0
    limit: float | None = None


class Mark(NamedTuple):
    """How a verdict is marked in a cell; only a firm one is bold and filled."""

    marker: str
    legend: str
    firm: bool = True


VALUES = {
    "gain": Value("gain on the main task, %"),
    "difference": Value("difference of the main task's score, points", 100),
    "probability": Value("probability of a gain, %", 100, 50, 50),
}
COLOURS = "RdBu"  # ColorBrewer, safe for the colour-blind: red loses, blue gains
GREY = {"facecolor": "0.93", "edgecolor": "0.6", "linewidth": 0}
MARKS = {
    "gain": Mark("^", "significant gain (q < 0.05)"),
    "loss": Mark("v", "significant loss (q < 0.05)"),
    "likely gain": Mark("^", "likely gain"),
    "likely loss": Mark("v", "likely loss"),
    "unclear": Mark("o", "unclear: no verdict", firm=False),
}
#: State of a cell without a number → legend; hatched but for the undefined.
GREYS = {"undefined": "undefined", "missing": "no run", "unanswered": "no prediction"}


def heatmap_data(
    gains: "pd.DataFrame",
    value: str = "gain",
    *,
    pairs: "pd.DataFrame | None" = None,
    order: Sequence[str] = (),
) -> "pd.DataFrame":
    """Lay out the gains of one recipe as the cells of a heat map.

    Parameters
    ----------
    gains : DataFrame
        A row per main and aux, as `study.gains.gains` returns them, of one recipe.
    value : {"gain", "difference", "probability"}
        What the cells show.
    pairs : DataFrame, optional
        main and aux, whose names are the rows and columns; default: those of `gains`.
    order : sequence of str
        Tasks in the order in which they stand; those that it does not name follow, from
        a to z.

    Returns
    -------
    DataFrame
        A row per cell, sorted by main and aux, and complete: main, aux (ordered
        categories where there is an `order`), the value, state, and of low, high,
        n_seeds, q and verdict what `gains` has. state is "measured", "undefined" (there
        are runs, but the value is NaN), "missing" (no run) or "self" (the diagonal).

    Raises
    ------
    TaskrelError
        Where a cell occurs twice, or there is no cell at all.
    """
    import pandas as pd

    if value not in VALUES:
        raise TaskrelError(f"heat map: cannot show {value!r}; expected {', '.join(VALUES)}")
    if gains.empty:
        raise TaskrelError("heat map: there is no pair of tasks to show")
    twice = gains[gains.duplicated(["main", "aux"])]
    if len(twice):
        raise TaskrelError(
            f"heat map: main {twice.iloc[0]['main']!r} with auxiliary "
            f"{twice.iloc[0]['aux']!r} occurs twice; keep the rows of one recipe"
        )
    shown = gains if pairs is None else pairs
    place = {task: i for i, task in enumerate(order)}
    square = pd.MultiIndex.from_product(
        [
            sorted(set(shown[side]), key=lambda task: (place.get(task, len(place)), task))
            for side in ("main", "aux")
        ],
        names=["main", "aux"],
    )
    known = pd.MultiIndex.from_frame(gains[["main", "aux"]])
    keep = [value, *(c for c in ("low", "high", "n_seeds", "q", "verdict") if c in gains)]
    cells = gains[keep].set_axis(known).reindex(square)
    main, aux = (square.get_level_values(name) for name in square.names)
    state = np.select(
        [main == aux, ~square.isin(known), cells[value].isna()],
        ["self", "missing", "undefined"],
        "measured",
    )
    cells.insert(1, "state", state)
    cells = cells.reset_index()
    if place:
        for side in square.names:
            cells[side] = pd.Categorical(cells[side], cells[side].unique(), ordered=True)
    return cells


def plot_heatmap(
    df: "pd.DataFrame",
    *,
    ax: "Axes | None" = None,
    title: str | None = None,
    limit: float | None = None,
) -> "Axes":
    """Draw the cells that `heatmap_data` lays out.

    Colours are centred on 0 (a probability's on ½) and end alike on both sides,
    see `colour_limit`; an end of the colour bar is pointed where cells lie beyond
    it. Bold numbers with a triangle are significant. The diagonal is blank, "–"
    on grey is an undefined gain, a hatched cell has no run.

    Parameters
    ----------
    df : DataFrame
        As `heatmap_data` returns it.
    ax : Axes, optional
        Where to draw; default: a new figure (``ax.figure``) that fits the number of tasks.
    title : str, optional
        Stands above the map.
    limit : float, optional
        Where the colours end, so that maps can share them.

    Returns
    -------
    Axes
    """
    import matplotlib

    shown, numbers = shown_numbers(df)
    mains, auxes = sides(df)
    with matplotlib.rc_context(STYLE):
        if ax is None:
            (ax,) = map_axes(mains, auxes)
        limit = limit or shown.limit or colour_limit(numbers)
        _draw_colours(ax, numbers, shown, limit)
        _draw_cells(ax, df.sort_values(["main", "aux"]), numbers, shown)
        _draw_names(ax, mains, auxes, title)
        _draw_legend(ax, df)
    return ax


def save_heatmap(
    df: "pd.DataFrame", folder: Path, name: str, *, title: str | None = None
) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_heatmap(df, title=title).figure, df, folder, name)


def sides(df: "pd.DataFrame") -> tuple[list[str], list[str]]:
    """Names of the rows and of the columns, in their order."""
    mains, auxes = (df[side].sort_values().unique().tolist() for side in ("main", "aux"))
    return mains, auxes


def shown_numbers(df: "pd.DataFrame") -> tuple[Value, np.ndarray]:
    """What the cells of `heatmap_data` show, and the numbers, float array (n_mains, n_auxes)."""
    name = next(v for v in VALUES if v in df)
    ordered = df.sort_values(["main", "aux"])[name].to_numpy(float)
    return VALUES[name], ordered.reshape(df["main"].nunique(), -1) * VALUES[name].factor


def colour_limit(numbers: np.ndarray) -> float:
    """Absolute value at which the colours end: the largest but for outliers.

    Outliers are those above three times the upper quartile of the absolute
    values; NaN is passed over. One wild cell thus does not bleach all others.
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    if not sizes.any():
        return 1.0
    return float(sizes[sizes <= 3 * np.quantile(sizes, 0.75)].max()) or float(sizes.max())


def map_axes(mains: list[str], auxes: list[str], n_maps: int = 1) -> list["Axes"]:
    """Axes of maps side by side on a new figure, with room for the names around them.

    Cells are squares of 0.42 to 0.6 inches.
    """
    from matplotlib.figure import Figure

    cell = float(np.clip(10 / max(len(mains), len(auxes)) / n_maps, 0.42, 0.6))
    width, height = cell * len(auxes), cell * len(mains)
    left, right, bottom = 0.4 + 0.07 * max(map(len, mains)), 1.1, 0.6
    top = 0.9 + 0.05 * max(map(len, auxes))
    each = left + width + right
    full = np.array([each * n_maps, bottom + height + top])
    figure = Figure(full)
    return [
        figure.add_axes(
            ((left + i * each) / full[0], bottom / full[1], width / full[0], height / full[1])
        )
        for i in range(n_maps)
    ]


def _draw_colours(ax: "Axes", numbers: np.ndarray, shown: Value, limit: float) -> None:
    label, centre = shown.title, shown.centre
    mesh = ax.pcolormesh(
        np.ma.masked_invalid(numbers),
        cmap=COLOURS,
        vmin=centre - limit,
        vmax=centre + limit,
        edgecolors="white",
        linewidth=0.8,
    )
    below, above = (bool((side > limit).any()) for side in (centre - numbers, numbers - centre))
    extend = {(1, 1): "both", (1, 0): "min", (0, 1): "max", (0, 0): "neither"}[below, above]
    if below or above:
        label += f"\n(colours end at ±{limit:.3g})"
    rows, columns = numbers.shape
    height = max(0.7, 3 / rows)  # of the map's, but no less than 3 cells
    beside = ax.inset_axes((1 + 0.4 / columns, 0.5 - height / 2, 0.3 / columns, height))
    bar = ax.figure.colorbar(
        mesh,
        cax=beside,
        extend=extend,
        format=lambda tick, _: (
            f"{tick:+g}".replace("-", "−") if tick and not centre else f"{tick:g}"
        ),
    )
    bar.set_label(label)
    bar.outline.set_visible(False)


def _draw_cells(ax: "Axes", df: "pd.DataFrame", numbers: np.ndarray, shown: Value) -> None:
    from matplotlib.patches import Rectangle

    shape = numbers.shape
    states = df["state"].to_numpy().reshape(shape)
    verdicts = df["verdict"].to_numpy().reshape(shape) if "verdict" in df else np.full(shape, None)
    mesh = ax.collections[0]
    for (row, column), state in np.ndenumerate(states):
        if state in GREYS:
            ax.add_patch(
                Rectangle(
                    (column, row), 1, 1, **GREY, hatch=None if state == "undefined" else "///"
                )
            )
        if state == "undefined":
            ax.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color="0.3")
        elif state in ("measured", "predicted"):
            number, mark = numbers[row, column], MARKS.get(verdicts[row, column])
            colour = _readable_on(mesh.cmap(mesh.norm(number)))
            text = f"{number:.0f}" if shown.centre else _signed(number)
            ax.text(
                column + 0.5,
                row + 0.5,
                text,
                ha="center",
                va="center",
                color=colour,
                fontweight="bold" if mark and mark.firm else "normal",
            )
            if mark:
                ax.plot(column + 0.86, row + 0.17, mark.marker, color=colour, **_face(mark, 3.2))


def _draw_names(ax: "Axes", mains: list[str], auxes: list[str], title: str | None) -> None:
    ax.set_yticks(np.arange(len(mains)) + 0.5, mains)
    ax.set_xticks(
        np.arange(len(auxes)) + 0.5, auxes, rotation=45, ha="left", rotation_mode="anchor"
    )
    ax.set(
        xlabel="auxiliary task",
        ylabel="main task",
        aspect="equal",
        xlim=(0, len(auxes)),
        ylim=(len(mains), 0),
    )
    ax.xaxis.set_label_position("top")
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    if title:
        ax.set_title(title, loc="left", fontweight="bold", pad=12)


def _draw_legend(ax: "Axes", df: "pd.DataFrame") -> None:
    """Explain, below the map, the marks that occur in it."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    verdicts, states = set(df.get("verdict", ())), set(df["state"])
    entries = [
        (
            Line2D([], [], marker=mark.marker, color="0.2", linestyle="", **_face(mark, 4)),
            mark.legend,
        )
        for verdict, mark in MARKS.items()
        if verdict in verdicts
    ]
    dash = Line2D([], [], color="0.3", marker="_", linestyle="", markersize=5)
    entries += [
        ((Patch(**GREY), dash) if state == "undefined" else Patch(**GREY, hatch="//////"), text)
        for state, text in GREYS.items()
        if state in states
    ]
    if entries:
        handles, texts = zip(*entries, strict=True)
        ax.legend(
            handles,
            texts,
            loc="upper left",
            bbox_to_anchor=(0, 0),
            frameon=False,
            ncols=max(1, df["aux"].nunique() // 3),
            borderaxespad=0.6,
            borderpad=0,
            handletextpad=0.4,
            columnspacing=1.4,
        )


def _face(mark: Mark, size: float) -> dict:
    """Filled, or hollow and smaller."""
    if mark.firm:
        return {"markersize": size, "markeredgewidth": 0}
    return {"markersize": 0.8 * size, "markeredgewidth": 0.6, "markerfacecolor": "none"}


def _signed(number: float) -> str:
    """ "+1.2", "−0.4", "+123", "0.0": a sign where the shown digits are not 0."""
    shown = f"{number:+.0f}" if abs(number) >= 99.95 else f"{number:+.1f}"
    return shown[1:] if shown[1:] == "0.0" else shown.replace("-", "−")


def _readable_on(colour: tuple[float, ...]) -> str:
    """Black or white, whichever stands out more from `colour` (WCAG 2.1 relative luminance)."""
    rgb = np.asarray(colour[:3])
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return "black" if luminance > 0.179 else "white"
