"""Findings about the matrix of gains: the best auxiliaries, and the main tasks that gain most.

A gain with an interval counts where the interval is above 0, a gain of one run by its sign.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.validation.paper.case import ALPHA, Answer, Case
from taskrel.validation.paper.task_permutation import set_p

if TYPE_CHECKING:
    import pandas as pd


def best_auxiliaries(case: Case, *tasks: str) -> Answer:
    """Mean rank of these auxiliaries among those of a main task."""
    return _highest(
        case.mean_ranks,
        tasks,
        "mean rank among the auxiliaries of a main task, from 0 (worst) to 1 (best)",
        ".2f",
    )


def largest_gains(case: Case, *tasks: str) -> Answer:
    """Mean gain of these main tasks over auxiliaries, in percent of their score."""
    return _highest(case.gains.mean(axis=1), tasks, "mean gain in percent", "+.1f")


def improves_none(case: Case, task: str) -> Answer:
    """Main tasks that gain from this auxiliary."""
    if task not in case.gains.columns:
        return None, f"no measured pairs of {task}"
    cells = case.cells.xs(task, level="aux")
    gaining = cells[(cells["low"] > 0) | (cells["low"].isna() & (cells["gain"] > 0))]
    which = ", ".join(f"{main} {_cell(cell)}" for main, cell in gaining.iterrows())
    return gaining.empty, (
        f"{len(gaining)} of {len(cells)} main tasks gain"
        f"{f' ({which})' if which else ''}; mean gain {cells['gain'].mean():+.1f} %"
    )


def improve_each_other(case: Case, a: str, b: str) -> Answer:
    """Whether two tasks gain from each other; None where an interval contains 0."""
    cells = case.cells
    if (a, b) not in cells.index or (b, a) not in cells.index:
        return None, f"{a} and {b} were not measured in both directions"
    two = cells.loc[[(a, b), (b, a)]]
    holds = None
    if not (two["gain"] > 0).all():
        holds = False
    elif ((two["low"] > 0) | two["low"].isna()).all():
        holds = True
    gain = cells["gain"].to_dict()
    mutual = [gain[m, x] > 0 and gain[x, m] > 0 for m, x in gain if m < x and (x, m) in gain]
    return holds, (
        f"{a} with {b}: {_cell(two.iloc[0])}; {b} with {a}: {_cell(two.iloc[1])}; "
        f"both tasks gain in {sum(mutual)} of {len(mutual)} pairs of tasks"
    )


def _highest(values: "pd.Series", tasks: tuple[str, ...], what: str, form: str) -> Answer:
    """Whether these tasks have the highest values, compared with all sets of as many tasks.

    None where there are too few tasks for any set to be significant at `ALPHA`.
    """
    missing = [t for t in tasks if t not in values.index]
    if missing:
        return None, f"no measured pairs of {' and '.join(missing)}"
    values = values.sort_values(ascending=False)
    p = set_p(values.to_numpy(), values.index.get_indexer(list(tasks)))
    least = set_p(values.to_numpy(), np.arange(len(tasks)))
    holds = p <= ALPHA if least <= ALPHA else None
    shown = ", ".join(f"{t} {values[t]:{form}}" for t in tasks)
    others = [f"; highest other: {t} {v:{form}}" for t, v in values.items() if t not in tasks][:1]
    return holds, f"{what}: {shown}{''.join(others)} (p = {p:.3f})"


def _cell(cell: "pd.Series") -> str:
    interval = "" if np.isnan(cell["low"]) else f" [{cell['low']:+.1f}, {cell['high']:+.1f}]"
    return f"{cell['gain']:+.1f} %{interval}"
