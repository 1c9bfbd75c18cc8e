"""The heat map of gains: a row per main task, a column per auxiliary task.

``plot_heatmap(heatmap_data(gains))`` draws it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.plots.cells import VALUES, colour_limit, draw_map, layout, numbers_of, sides
from taskrel.plots.style import STYLE, new_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Levels of labels, in the order in which their tasks come.
LEVELS = ("token", "text")
#: Columns of the gains that the picture's table keeps.
KEPT = ("low", "high", "n_seeds", "q", "verdict")


def heatmap_data(
    gains: "pd.DataFrame",
    value: str = "gain",
    *,
    pairs: "pd.DataFrame | None" = None,
    order: Sequence[str] = (),
    levels: Mapping[str, str] | None = None,
    chance: Collection[str] = (),
) -> "pd.DataFrame":
    """Lay out the gains of one recipe as the cells of a heat map.

    Parameters
    ----------
    gains : DataFrame
        A row per main and aux, as `study.analysis.gains.gains` returns them, of one recipe.
    value : {"gain", "difference"}
        What the cells show.
    pairs : DataFrame, optional
        main and aux, whose names are the rows and columns; default: those of `gains`.
    order : sequence of str
        Order of the tasks; those that it does not name follow, from a to z.
    levels : mapping, optional
        Task → "token" or "text", what its labels are on. Token-level tasks come first,
        then text-level ones, then tasks that it does not name; each in `order`.
    chance : collection of str
        Main tasks whose single-task score is at chance level.

    Returns
    -------
    DataFrame
        A row per cell, complete and in the order of the map, row by row: main, aux, the
        value, state, and of low, high, n_seeds, q and verdict what `gains` has; with
        `levels` also main_level and aux_level. state is "measured", "chance" (measured,
        of a task in `chance`), "undefined" (there are runs, but the value is NaN),
        "missing" (no run) or "self" (the diagonal).

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
    rank = _rank(order, levels or {})
    shown = gains if pairs is None else pairs
    square = pd.MultiIndex.from_product(
        [sorted(set(shown[side]), key=rank) for side in ("main", "aux")], names=["main", "aux"]
    )
    known = pd.MultiIndex.from_frame(gains[["main", "aux"]])
    cells = gains[[value, *(c for c in KEPT if c in gains)]].set_axis(known).reindex(square)
    main, aux = (square.get_level_values(name) for name in square.names)
    state = np.select(
        [main == aux, ~square.isin(known), cells[value].isna(), main.isin([*chance])],
        ["self", "missing", "undefined", "chance"],
        "measured",
    )
    cells.insert(1, "state", state)
    if levels:
        cells = cells.assign(main_level=main.map(levels.get), aux_level=aux.map(levels.get))
    return cells.reset_index()


def plot_heatmap(
    df: "pd.DataFrame",
    *,
    ax: "Axes | None" = None,
    title: str | None = None,
    limit: float | None = None,
) -> "Axes":
    """Draw the cells that `heatmap_data` lays out.

    Colours are centred on 0 and end alike on both sides, see `colour_limit`; an end of
    the colour bar is pointed where cells lie beyond it. A triangle marks a significant
    gain or loss. Numbers are written where cells are large enough for them, which they
    are for about 12 tasks. The diagonal is blank, "–" on grey is an undefined gain, a
    hatched cell has no run; tasks at chance level have grey cells. A line divides
    token-level from text-level tasks.

    Parameters
    ----------
    df : DataFrame
        As `heatmap_data` returns it.
    ax : Axes, optional
        Where to draw; default: a new figure (``ax.figure``) that fits the number of tasks.
    title : str, optional
        Above the map.
    limit : float, optional
        Where the colours end, so that maps can share them.

    Returns
    -------
    Axes
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        if ax is None:
            left, above, cell, below = layout(df)
            width, height = (cell * len(names) for names in reversed(sides(df)))
            ax = new_axes(width, height, left=left, right=0.3, above=above, below=below)
        draw_map(ax, df, limit or colour_limit(numbers_of(df)), title)
    return ax


def _rank(order: Sequence[str], levels: Mapping[str, str]):
    """Key by which tasks are sorted: level, then place in `order`, then name."""
    place = {task: i for i, task in enumerate(order)}
    level = {name: i for i, name in enumerate(LEVELS)}
    return lambda task: (
        level.get(levels.get(task, ""), len(level)),
        place.get(task, len(place)),
        task,
    )
