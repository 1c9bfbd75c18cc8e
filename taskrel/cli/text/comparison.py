"""Our scores next to published ones as text: the table, its notes and its source."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taskrel.cli.text.convergence import convergence_cells, convergence_note
from taskrel.cli.text.table import table
from taskrel.study.analysis.baselines import DRAWS
from taskrel.study.analysis.comparison import OVERALL, ROW, with_short_tasks

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy

#: A wider table is split into several, each with as many metrics as fit.
WIDTH = 100


def comparison_text(
    compared: "pd.DataFrame", study: "PlannedStudy", converged: "pd.DataFrame | None" = None
) -> str:
    """The table of `comparison` as text: a line per published row, and notes below.

    converged : as `convergence` returns it; it adds a column per share after the metrics
    """
    short = with_short_tasks(compared)
    rows = {
        row: _line(cells, dict(zip(ROW, row, strict=True)))
        for row, cells in _formatted(short).groupby(ROW, sort=False)
    }
    columns = list(dict.fromkeys(compared["metric"]))
    if converged is not None:
        for row, cells in convergence_cells(converged).items():
            columns += [name for name in cells if name not in columns]
            rows.setdefault(row, dict(zip(ROW, row, strict=True))).update(cells)
    head = "Test scores next to published ones\nours, mean over seeds [95 % interval] | published"
    text = "\n\n".join(_tables([*rows.values()], columns))
    return "\n".join([head, text, *_notes(compared, short, study)])


def _formatted(compared: "pd.DataFrame") -> "pd.DataFrame":
    """With a column `cell`, in which the bars of one metric are aligned."""
    digits = _digits(compared["published"])
    ours = [_ours(row, digits) for row in compared.itertuples()]
    width = compared.assign(width=[len(o) for o in ours]).groupby("metric")["width"]
    cells = [
        f"{o:<{w}} | {'–' if np.isnan(p) else f'{p:.{digits}f}'}"
        for o, w, p in zip(ours, width.transform("max"), compared["published"], strict=True)
    ]
    return compared.assign(cell=cells)


def _digits(published: "pd.Series") -> int:
    """Decimals to show: as many as were published, three at least and four at most."""
    given = [len(str(value).partition(".")[2]) for value in published.dropna()]
    return min(4, max([3, *given]))


def _ours(row: Any, digits: int) -> str:
    if np.isnan(row.mean):
        return "–"
    interval = "" if np.isnan(row.low) else f" [{row.low:.{digits}f}, {row.high:.{digits}f}]"
    return f"{row.mean:.{digits}f}{interval}"


def _line(cells: "pd.DataFrame", row: dict[str, str]) -> dict[str, Any]:
    # A baseline has scores but no seeds: a dash, while a row without scores has a 0.
    ruled = (cells["n_seeds"] == 0) & cells["mean"].notna()
    seeds = None if ruled.any() else int(cells["n_seeds"].max())
    return row | dict(zip(cells["metric"], cells["cell"], strict=True)) | {"seeds": seeds}


def _tables(rows: list[dict[str, Any]], metrics: Sequence[str]) -> list[str]:
    """One table of all metrics, or several that are no wider than `WIDTH` or have one metric."""
    for n in range(len(metrics), 0, -1):
        parts = [metrics[i : i + n] for i in range(0, len(metrics), n)]
        tables = [
            table(
                [row for row in rows if any(metric in row for metric in part)],
                ["model", "task", *part, "seeds"],
            )
            for part in parts
        ]
        if max(len(line) for text in tables for line in text.splitlines()) <= WIDTH:
            break
    return tables


def _notes(compared: "pd.DataFrame", short: "pd.DataFrame", study: "PlannedStudy") -> list[str]:
    """Notes: what "overall" is, which rows have no score of ours and why, the source."""
    notes = [
        f"{OVERALL}: accuracy over all test labels of {name.replace(' + ', ', ')}"
        for name in compared.loc[short["task"] != compared["task"], "task"].unique()
    ]
    without: dict[str, dict[str, None]] = {}  # reason → rows
    for row, cells in short.assign(tasks=compared["task"]).groupby([*ROW, "tasks"], sort=False):
        model, recipe, task, _, tasks = row
        if cells["mean"].isna().all():
            without.setdefault(_reason(recipe, tasks, study), {})[f"{model} ({task})"] = None
    notes += [
        f"no score of ours, because {reason}: {', '.join(rows)}" for reason, rows in without.items()
    ]
    if any(row.baseline == "random" for row in study.published):
        notes.append(
            f"random baseline: mean of {DRAWS} draws from the labels of the training split [95 % of "
            "the draws]"
        )
    if study.convergence:
        notes.append(convergence_note(study.convergence))
    notes += [f"published: {study.source}"] if study.source else []
    return [textwrap.fill(note, WIDTH, break_long_words=False) for note in notes]


def _reason(recipe: str, tasks: str, study: "PlannedStudy") -> str:
    lacking = [name for name in tasks.split(" + ") if name not in study.tasks]
    if lacking:
        return f"this call leaves out {', '.join(lacking)}"
    if recipe not in [part.name for part in study.parts]:
        return f"this call leaves out recipe {recipe}"
    return "no run has finished"
