"""Drawing of a matrix of gains on axes: colours, cells, names, levels, legend."""

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from taskrel.plots.style import WIDTH, longest, set_title

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Value(NamedTuple):
    """What cells show: title of the colour bar, and factor of the numbers."""

    title: str
    factor: float = 1


class Mark(NamedTuple):
    """How a verdict is marked in a cell."""

    marker: str
    legend: str


VALUES = {
    "gain": Value("gain on the main task, %"),
    "difference": Value("difference of the main task's score, points", 100),
}
COLOURS = "RdBu"  # ColorBrewer, safe for the colour-blind: red loses, blue gains
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
GREY: dict[str, Any] = {"facecolor": "0.93", "edgecolor": "0.6", "linewidth": 0}
MARKS = {
    "gain": Mark("^", "significant gain (q < 0.05)"),
    "loss": Mark("v", "significant loss (q < 0.05)"),
    "likely gain": Mark("^", "likely gain"),
    "likely loss": Mark("v", "likely loss"),
}
#: State of a cell without a colour → legend; those of `HATCHED` are hatched.
GREYS = {
    "chance": "single-task score not above the majority baseline",
    "undefined": "undefined",
    "missing": "no run",
    "unanswered": "no prediction",
}
HATCHED = ("missing", "unanswered")
#: Inches: largest cell; smallest one in which a number is written; colour bar.
CELL, NUMBER, BAR = 0.6, 0.42, (2.6, 0.12)


class Layout(NamedTuple):
    """Inches around and in a map: room for names on the left and on top, side of a cell, below."""

    left: float
    top: float
    cell: float
    below: float = 1.4


def layout(df: "pd.DataFrame", n_maps: int = 1, gap: float = 0.3) -> Layout:
    """Make cells as large as `n_maps` maps next to each other on a page allow."""
    mains, auxes = sides(df)
    left, cell = 0.0, CELL
    for _ in range(2):  # smaller cells have smaller names, which leave more room for cells
        size, slanted = _letters(cell)
        left = longest(mains) * size / 8 + 0.3
        room = WIDTH - left - gap * (n_maps - 1) - 0.3
        cell = min(room / n_maps / len(auxes), CELL)
    return Layout(left, longest(auxes) * size / 8 * (0.71 if slanted else 1) + 0.5, cell)


def draw_map(
    ax: "Axes", df: "pd.DataFrame", limit: float, title: str | None = None, *, bar: bool = True
) -> None:
    """Draw the cells of `heatmap_data`, colours from −limit to limit, with or without their bar."""
    mains, auxes = sides(df)
    cell = min(ax.bbox.width / len(auxes), ax.bbox.height / len(mains)) / ax.figure.dpi
    _draw_colours(ax, numbers_of(df), limit)
    _draw_cells(ax, df, cell)
    _draw_names(ax, mains, auxes, cell)
    _draw_levels(ax, df)
    if bar:
        _draw_bar(ax, numbers_of(df), limit, VALUES[_shown(df)].title)
    _draw_legend(ax, df)
    set_title(ax, title)


def sides(df: "pd.DataFrame") -> tuple[list[str], list[str]]:
    """Names of the rows and of the columns, in the order in which they come first."""
    mains, auxes = (df[side].unique().tolist() for side in ("main", "aux"))
    return mains, auxes


def numbers_of(df: "pd.DataFrame") -> np.ndarray:
    """Numbers that have a colour, float array (n_mains, n_auxes), NaN for the others."""
    return _matrix(_numbers(df).where(df["state"] != "chance"), df).astype(float)


def colour_limit(numbers: np.ndarray) -> float:
    """Absolute value at which the colours end: the largest but for outliers.

    Outliers are those above three times the upper quartile of the absolute
    values; NaN is passed over. One wild cell thus does not bleach all others.
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    if not sizes.any():
        return 1.0
    return float(sizes[sizes <= 3 * np.quantile(sizes, 0.75)].max()) or float(sizes.max())


def _shown(df: "pd.DataFrame") -> str:
    """The key of `VALUES` that the cells show."""
    return next(name for name in VALUES if name in df)


def _numbers(df: "pd.DataFrame") -> "pd.Series":
    return df[_shown(df)].astype(float) * VALUES[_shown(df)].factor


def _matrix(values: "pd.Series", df: "pd.DataFrame") -> np.ndarray:
    """A column of the table as array (n_mains, n_auxes)."""
    import pandas as pd

    mains, auxes = sides(df)
    cells = values.set_axis(pd.MultiIndex.from_frame(df[["main", "aux"]]))
    square = pd.MultiIndex.from_product([mains, auxes])
    return cells.loc[square].to_numpy().reshape(len(mains), len(auxes))


def _draw_colours(ax: "Axes", numbers: np.ndarray, limit: float) -> None:
    ax.pcolormesh(
        np.ma.masked_invalid(numbers),
        cmap=COLOURS,
        vmin=-limit,
        vmax=limit,
        edgecolors="white",
        linewidth=0.8,
    )


def _draw_bar(ax: "Axes", numbers: np.ndarray, limit: float, label: str) -> None:
    """The colour bar, below the left end of the map."""
    below, above = (bool((side > limit).any()) for side in (-numbers, numbers))
    if below or above:
        label += f" (colours end at ±{limit:.3g})"
    width, height = (side / ax.figure.dpi for side in ax.bbox.size)  # inches
    bar = ax.figure.colorbar(
        ax.collections[0],
        cax=ax.inset_axes((0, -0.4 / height, BAR[0] / width, BAR[1] / height)),
        orientation="horizontal",
        extend={(1, 1): "both", (1, 0): "min", (0, 1): "max", (0, 0): "neither"}[below, above],
        format=lambda tick, _: f"{tick:+g}".replace("-", "−") if tick else "0",
    )
    bar.set_label(label, loc="left")
    bar.outline.set_visible(False)


def _draw_cells(ax: "Axes", df: "pd.DataFrame", cell: float) -> None:
    """Greys, numbers where a cell (its side in inches) has room for them, and marks."""
    from matplotlib.patches import Rectangle

    mesh, written = ax.collections[0], cell >= NUMBER
    numbers, states = _matrix(_numbers(df), df), _matrix(df["state"], df)
    verdicts = np.ndenumerate(_matrix(df["verdict"], df)) if "verdict" in df else ()
    marks = {at: MARKS[verdict] for at, verdict in verdicts if verdict in MARKS}
    size = 3.2 if written else min(4, 30 * cell)
    for (row, column), state in np.ndenumerate(states):
        number, mark, colour = float(numbers[row, column]), marks.get((row, column)), "0.3"
        centre = column + 0.5, row + 0.5
        if state in GREYS:
            hatch = "///" if state in HATCHED else None
            ax.add_patch(Rectangle((column, row), 1, 1, **GREY, hatch=hatch))
            mark = None
        elif state != "self":
            colour = _readable_on(mesh.to_rgba(np.array(number)))
        if state == "undefined":
            ax.text(*centre, "–", **CENTRED, color=colour)
        elif written and not np.isnan(number):
            weight = "bold" if mark else "normal"
            ax.text(*centre, _signed(number), **CENTRED, color=colour, fontweight=weight)
        if mark:
            at = (column + 0.86, row + 0.17) if written else centre
            ax.plot(*at, mark.marker, color=colour, markersize=size, markeredgewidth=0)


def _letters(cell: float) -> tuple[float, bool]:
    """Size of the names, points, for cells of this side, inches; and whether columns' slant."""
    size = min(8.0, 62 * cell)  # a line is a seventh higher than its letters
    return size, 72 * cell * 0.7 > 1.1 * size  # distance of two slanted lines


def _draw_names(ax: "Axes", mains: list[str], auxes: list[str], cell: float) -> None:
    size, slanted = _letters(cell)
    ax.set_yticks(np.arange(len(mains)) + 0.5, mains, fontsize=size)
    ax.set_xticks(
        np.arange(len(auxes)) + 0.5,
        auxes,
        fontsize=size,
        rotation=45 if slanted else 90,
        ha="left" if slanted else "center",
        rotation_mode="anchor" if slanted else "default",
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


def _draw_levels(ax: "Axes", df: "pd.DataFrame") -> None:
    """Lines between the levels, where they are known, and their names on the right and below."""
    if "main_level" not in df:
        return
    for side, line in (("main", ax.axhline), ("aux", ax.axvline)):
        levels = df.drop_duplicates(side)[f"{side}_level"].fillna("")
        groups = [(level, len([*tasks])) for level, tasks in groupby(levels)]
        end = 0
        for level, n in groups if len(groups) > 1 else ():
            start, end = end, end + n
            if start:
                line(start, color="0.1", linewidth=1.2)
            if level:
                across = side == "aux"
                ax.annotate(
                    f"{level}-level",
                    ((start + end) / 2, 0) if across else (1, (start + end) / 2),
                    (0, -4) if across else (4, 0),
                    xycoords=("data", "axes fraction") if across else ("axes fraction", "data"),
                    textcoords="offset points",
                    rotation=0 if across else 270,
                    ha="center" if across else "left",
                    va="top" if across else "center",
                )


def _draw_legend(ax: "Axes", df: "pd.DataFrame") -> None:
    """Explain, below the colour bar, the marks that occur in the map."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    states = set(df["state"])
    verdicts = set(df["verdict"][~df["state"].isin([*GREYS])]) if "verdict" in df else set()
    entries: list[tuple[Any, str]] = [
        (
            Line2D([], [], marker=mark.marker, color="0.2", ls="", ms=4, markeredgewidth=0),
            mark.legend,
        )
        for verdict, mark in MARKS.items()
        if verdict in verdicts
    ]
    dash = Line2D([], [], color="0.3", marker="_", linestyle="", markersize=5)
    for state, text in GREYS.items():
        if state in states:
            patch = Patch(**GREY, hatch="//////" if state in HATCHED else None)
            entries.append(((patch, dash) if state == "undefined" else patch, text))
    if entries:
        handles, texts = zip(*entries, strict=True)
        ax.legend(
            handles,
            texts,
            loc="upper left",
            bbox_to_anchor=(0, -0.8 * ax.figure.dpi / ax.bbox.height),
            frameon=False,
            ncols=max(1, round(ax.bbox.width / ax.figure.dpi / 2)),
            borderaxespad=0.6,
            borderpad=0,
            handletextpad=0.4,
            columnspacing=1.4,
        )


def _signed(number: float) -> str:
    """ "+1.2", "−0.4", "+123", "0.0": a sign where the shown digits are not 0."""
    shown = f"{number:+.0f}" if abs(number) >= 99.95 else f"{number:+.1f}"
    return shown[1:] if shown[1:] == "0.0" else shown.replace("-", "−")


def _readable_on(colour: ArrayLike) -> str:
    """Black or white, whichever stands out more from `colour` (WCAG 2.1 relative luminance)."""
    rgb = np.asarray(colour)[:3]
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return "black" if luminance > 0.179 else "white"
