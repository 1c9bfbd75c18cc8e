"""Convergence: how long a dev curve takes to reach a share of a reference run's final score.

``convergence(study, curves)`` is the table that ``taskrel run`` prints and writes,
``dev_means(study, curves)`` the one that it draws.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from taskrel.study.analysis.comparison import ROW, half_width, trained
from taskrel.study.experiment.published import Convergence, Published, tasks_of
from taskrel.training.recipes.budget import updates_per_epoch
from taskrel.training.result import Curve

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy
    from taskrel.study.runs.part import Part

COLUMNS = [*ROW, "share", "target", "unit", "mean", "low", "high", "n_reached", "n_seeds"]
MEANS = ["task", "line", "unit", "at", "mean", "low", "high"]
#: Name of the part → (tasks of the run, task, seed) → dev score over the task's updates.
Curves = Mapping[str, Mapping[tuple, Curve]]


def convergence(study: "PlannedStudy", curves: Curves) -> "pd.DataFrame":
    """When the dev score of each published row of one task first reaches each share.

    A share's target is that share of the task's final dev score in single-task
    runs of its reference recipe, mean over seeds. Curves are taken at the dev
    evaluations, without interpolation, so a row can be no faster than its first.

    Parameters
    ----------
    study : PlannedStudy
        Has ``convergence``. Its rows of several tasks and its baselines are left out.
    curves : mapping
        As `Store.dev_curves` returns them, by the name of the part.

    Returns
    -------
    DataFrame
        A row per published row and share: model, recipe, task, group, share and

        target : dev score to be reached; NaN where there is no reference run
        unit : "epochs" (updates of the task / updates of one pass over its training
            part) where all these rows have a budget in epochs, else "updates"
        mean, low, high : mean over the seeds that reach it, and its 95 % t-interval;
            NaN where none does, low and high also as in `half_width`
        n_reached, n_seeds : seeds that reach the target, and seeds with a curve; a mean
            over fewer seeds than all is too low
    """
    import pandas as pd

    unit = _unit(study)
    targets = _finals(study, curves)
    rows = []
    for line in _lines(study, curves):
        for share in _spec(study).shares:
            target = share * targets.get(line.task, ("", np.nan))[1]
            reached = [
                at for curve in line.curves.values() if (at := first_at(curve, target)) is not None
            ]
            values = [at / line.scale(unit) for at in reached]
            mean, half = float(np.mean(values)) if values else np.nan, half_width(values)
            rows.append(
                {
                    **{column: getattr(line.row, column) for column in ROW},
                    "share": share,
                    "target": target,
                    "unit": unit,
                    "mean": mean,
                    "low": mean - half,
                    "high": mean + half,
                    "n_reached": len(values),
                    "n_seeds": len(line.curves),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def dev_means(study: "PlannedStudy", curves: Curves) -> "pd.DataFrame":
    """Dev curves of the same rows, mean over seeds, and the targets as level lines.

    Returns
    -------
    DataFrame
        task, line (the row's model, with recipe and group where two rows of a task
        have one model), unit, at (in that unit; NaN: a level, ``mean`` everywhere),
        mean, low, high (the seeds' lowest and highest). A curve has the points that
        all of its seeds have.
    """
    import pandas as pd

    unit, rows = _unit(study), []
    for line in _lines(study, curves):
        # The number of updates may be random: points that some seeds lack are not averaged.
        by_step = pd.DataFrame(
            {
                seed: pd.Series(curve.values, curve.steps, dtype=float)
                for seed, curve in line.curves.items()
            }
        ).dropna()
        rows += [
            {
                "task": line.row.task,
                "line": _named(line.row, study),
                "unit": unit,
                "at": step / line.scale(unit),
                "mean": values.mean(),
                "low": values.min(),
                "high": values.max(),
            }
            for step, values in by_step.iterrows()
        ]
    rows += [
        {
            "task": task,
            "line": f"{100 * share:g} % of {recipe}",
            "unit": unit,
            "at": np.nan,
            "mean": share * final,
            "low": np.nan,
            "high": np.nan,
        }
        for task, (recipe, final) in _finals(study, curves).items()
        for share in _spec(study).shares
    ]
    return pd.DataFrame(rows, columns=MEANS)


def first_at(curve: Curve, target: float) -> int | None:
    """The first step at which a curve is at `target` or above; None where it never is."""
    there = (at for at, value in enumerate(curve.values) if value >= target - 1e-9)
    first = next(there, None)
    return None if first is None else curve.steps[first]


class _Line(NamedTuple):
    """A published row of one task: its curves by seed, and its updates per epoch."""

    row: Published
    curves: dict[int, Curve]
    per_epoch: int

    @property
    def task(self) -> str:
        return tasks_of(self.row)[0]

    def scale(self, unit: str) -> int:
        return self.per_epoch if unit == "epochs" else 1


def _lines(study: "PlannedStudy", curves: Curves) -> Iterator[_Line]:
    """The rows that may have curves, of the tasks and recipes of this call."""
    for row, part in _rows(study):
        (task_name,) = tasks_of(row)
        tasks = trained(task_name, row.group, part)
        found = {
            seed: curve
            for (run, task, seed), curve in curves.get(part.name, {}).items()
            if run == tasks and task == task_name
        }
        n = len(study.tasks[task_name].splits["train"])
        yield _Line(row, found, updates_per_epoch(n, part.recipe))


def _spec(study: "PlannedStudy") -> Convergence:
    if study.convergence is None:
        raise ValueError(f"experiment {study.name} asks for no convergence")
    return study.convergence


def _rows(study: "PlannedStudy") -> list[tuple[Published, "Part"]]:
    parts = {part.name: part for part in study.parts}
    return [
        (row, parts[row.recipe])
        for row in study.published
        if isinstance(row.task, str)
        and not row.baseline
        and row.task in study.tasks
        and row.recipe in parts
    ]


def _unit(study: "PlannedStudy") -> str:
    return "epochs" if all(part.recipe.epochs for _, part in _rows(study)) else "updates"


def _finals(study: "PlannedStudy", curves: Curves) -> dict[str, tuple[str, float]]:
    """Task → reference recipe with single-task runs of it, and their mean final dev score."""
    found: dict[str, tuple[str, float]] = {}
    for name in dict.fromkeys(tasks_of(row)[0] for row, _ in _rows(study)):
        for recipe in _spec(study).references:
            values = [
                curve.values[-1]
                for (tasks, _, _), curve in curves.get(recipe, {}).items()
                if tasks == (name,)
            ]
            if values:
                found.setdefault(name, (recipe, float(np.mean(values))))
    return found


def _named(row: Published, study: "PlannedStudy") -> str:
    twice = sum(other.model == row.model and other.task == row.task for other, _ in _rows(study))
    extra = " ".join(filter(None, (row.recipe, row.group)))
    return f"{row.model} ({extra})" if twice > 1 else row.model
