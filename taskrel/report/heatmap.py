"""The heat map of gains: which auxiliary task (column) helps which main task (row).

``save_heatmap(heatmap_data(gains), folder, "gains")`` writes ``gains.png``,
``gains.svg`` and ``gains.csv``, the table behind both.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.report.save import STYLE, save_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Value a cell may show → title of the colour bar, factor.
VALUES = {
    "gain": ("gain on the main task, %", 1),
    "difference": ("difference of the main task's score, points", 100),
}
COLOURS = "RdBu"  # ColorBrewer, safe for the colour-blind: red loses, blue gains
GREY = {"facecolor": "0.93", "edgecolor": "0.6", "linewidth": 0}
MARKS = {"gain": "^", "loss": "v"}


def heatmap_data(gains: "pd.DataFrame", value: str = "gain") -> "pd.DataFrame":
    """Lay out the gains of one recipe as the cells of a heat map.

    Parameters
    ----------
    gains : DataFrame
        A row per main and aux, as `study.gains.gains` returns them, of one recipe.
    value : {"gain", "difference"}
        What the cells show.

    Returns
    -------
    DataFrame
        A row per cell, sorted by main and aux, both from a to z and complete:
        main, aux, the value, state, and of low, high, n_seeds, q and verdict what
        `gains` has. state is "measured", "undefined" (there are runs, but the
        value is NaN), "missing" (no run) or "self" (the diagonal).

    Raises
    ------
    TaskrelError
        Where a cell occurs twice, or there is no cell at all.
    """
    import pandas as pd

    if value not in VALUES:
        raise TaskrelError(f"heat map: cannot show {value!r}; expected {' or '.join(VALUES)}")
    if gains.empty:
        raise TaskrelError("heat map: there is no pair of tasks to show")
    twice = gains[gains.duplicated(["main", "aux"])]
    if len(twice):
        raise TaskrelError(f"heat map: main {twice.iloc[0]['main']!r} with auxiliary "
                           f"{twice.iloc[0]['aux']!r} occurs twice; keep the rows of one recipe")
    square = pd.MultiIndex.from_product([sorted(set(gains["main"])), sorted(set(gains["aux"]))],
                                        names=["main", "aux"])
    known = pd.MultiIndex.from_frame(gains[["main", "aux"]])
    keep = [value, *(c for c in ("low", "high", "n_seeds", "q", "verdict") if c in gains)]
    cells = gains[keep].set_axis(known).reindex(square)
    main, aux = (square.get_level_values(name) for name in square.names)
    state = np.select([main == aux, ~square.isin(known), cells[value].isna()],
                      ["self", "missing", "undefined"], "measured")
    cells.insert(1, "state", state)
    return cells.reset_index()


def plot_heatmap(df: "pd.DataFrame", *, ax: "Axes | None" = None,
                 title: str | None = None) -> "Axes":
    """Draw the cells that `heatmap_data` lays out.

    Colours are centred on 0 and end alike on both sides, see `colour_limit`; an
    end of the colour bar is pointed where cells lie beyond it. Bold numbers with
    a triangle are significant. The diagonal is blank, "–" on grey is an
    undefined gain, a hatched cell has no run.

    Parameters
    ----------
    df : DataFrame
        As `heatmap_data` returns it.
    ax : Axes, optional
        Where to draw; default: a new figure (``ax.figure``) that fits the number of tasks.
    title : str, optional
        Stands above the map.

    Returns
    -------
    Axes
    """
    import matplotlib

    value = next(v for v in VALUES if v in df)
    mains, auxes = sorted(set(df["main"])), sorted(set(df["aux"]))
    with matplotlib.rc_context(STYLE):
        if ax is None:
            ax = _axes(mains, auxes)
        df = df.sort_values(["main", "aux"])
        numbers = df[value].to_numpy(float).reshape(len(mains), len(auxes)) * VALUES[value][1]
        _draw_colours(ax, numbers, VALUES[value][0])
        _draw_cells(ax, df, numbers)
        _draw_names(ax, mains, auxes, title)
        _draw_legend(ax, df)
    return ax


def save_heatmap(df: "pd.DataFrame", folder: Path, name: str, *,
                 title: str | None = None) -> list[Path]:
    """Write ``name.png``, ``name.svg`` and ``name.csv`` into `folder`; returns their paths."""
    return save_figure(plot_heatmap(df, title=title).figure, df, folder, name)


def colour_limit(numbers: np.ndarray) -> float:
    """Absolute value at which the colours end: the largest but for outliers.

    Outliers are those above three times the upper quartile of the absolute
    values; NaN is passed over. One wild cell thus does not bleach all others.
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    if not sizes.any():
        return 1.0
    return float(sizes[sizes <= 3 * np.quantile(sizes, 0.75)].max()) or float(sizes.max())


def _axes(mains: list[str], auxes: list[str]) -> "Axes":
    """Axes on a new figure, cells of 0.42 to 0.6 inches, with room for the names around them."""
    from matplotlib.figure import Figure

    cell = float(np.clip(10 / max(len(mains), len(auxes)), 0.42, 0.6))
    width, height = cell * len(auxes), cell * len(mains)
    left, right, bottom = 0.4 + 0.07 * max(map(len, mains)), 1.1, 0.6
    top = 0.9 + 0.05 * max(map(len, auxes))
    full = np.array([left + width + right, bottom + height + top])
    return Figure(full).add_axes((left / full[0], bottom / full[1],
                                  width / full[0], height / full[1]))


def _draw_colours(ax: "Axes", numbers: np.ndarray, label: str) -> None:
    limit = colour_limit(numbers)
    mesh = ax.pcolormesh(np.ma.masked_invalid(numbers), cmap=COLOURS, vmin=-limit, vmax=limit,
                         edgecolors="white", linewidth=0.8)
    below, above = (bool((side > limit).any()) for side in (-numbers, numbers))
    extend = {(1, 1): "both", (1, 0): "min", (0, 1): "max", (0, 0): "neither"}[below, above]
    if below or above:
        label += f"\n(colours end at ±{limit:.3g})"
    rows, columns = numbers.shape
    height = max(0.7, 3 / rows)  # of the map's, but no less than 3 cells
    beside = ax.inset_axes((1 + 0.4 / columns, 0.5 - height / 2, 0.3 / columns, height))
    bar = ax.figure.colorbar(
        mesh, cax=beside, extend=extend,
        format=lambda tick, _: f"{tick:+g}".replace("-", "−") if tick else "0")
    bar.set_label(label)
    bar.outline.set_visible(False)


def _draw_cells(ax: "Axes", df: "pd.DataFrame", numbers: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    shape = numbers.shape
    states = df["state"].to_numpy().reshape(shape)
    verdicts = df["verdict"].to_numpy().reshape(shape) if "verdict" in df else np.full(shape, None)
    mesh = ax.collections[0]
    for (row, column), state in np.ndenumerate(states):
        if state in ("missing", "undefined"):
            ax.add_patch(Rectangle((column, row), 1, 1, **GREY,
                                   hatch="///" if state == "missing" else None))
        if state == "undefined":
            ax.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color="0.3")
        elif state == "measured":
            number, mark = numbers[row, column], MARKS.get(verdicts[row, column])
            colour = _readable_on(mesh.cmap(mesh.norm(number)))
            ax.text(column + 0.5, row + 0.5, _signed(number), ha="center", va="center",
                    color=colour, fontweight="bold" if mark else "normal")
            if mark:
                ax.plot(column + 0.86, row + 0.17, mark, color=colour, markersize=3.2,
                        markeredgewidth=0)


def _draw_names(ax: "Axes", mains: list[str], auxes: list[str], title: str | None) -> None:
    ax.set_yticks(np.arange(len(mains)) + 0.5, mains)
    ax.set_xticks(np.arange(len(auxes)) + 0.5, auxes, rotation=45, ha="left",
                  rotation_mode="anchor")
    ax.set(xlabel="auxiliary task", ylabel="main task", aspect="equal",
           xlim=(0, len(auxes)), ylim=(len(mains), 0))
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
    entries = [(Line2D([], [], marker=mark, color="0.2", linestyle="", markersize=4),
                f"significant {verdict} (q < 0.05)")
               for verdict, mark in MARKS.items() if verdict in verdicts]
    if "undefined" in states:
        dash = Line2D([], [], color="0.3", marker="_", linestyle="", markersize=5)
        entries.append(((Patch(**GREY), dash), "undefined"))
    if "missing" in states:
        entries.append((Patch(**GREY, hatch="//////"), "no run"))
    if entries:
        handles, texts = zip(*entries, strict=True)
        ax.legend(handles, texts, loc="upper left", bbox_to_anchor=(0, 0), frameon=False,
                  ncols=max(1, df["aux"].nunique() // 3), borderaxespad=0.6, borderpad=0,
                  handletextpad=0.4, columnspacing=1.4)


def _signed(number: float) -> str:
    """"+1.2", "−0.4", "+123", "0.0": a sign where the shown digits are not 0."""
    shown = f"{number:+.0f}" if abs(number) >= 99.95 else f"{number:+.1f}"
    return shown[1:] if shown[1:] == "0.0" else shown.replace("-", "−")


def _readable_on(colour: tuple[float, ...]) -> str:
    """Black or white, whichever stands out more from `colour` (WCAG 2.1 relative luminance)."""
    rgb = np.asarray(colour[:3])
    linear = np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return "black" if luminance > 0.179 else "white"
