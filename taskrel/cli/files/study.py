"""A study's results as files: CSV tables in its folder, and pictures."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from taskrel.io.paths import atomic
from taskrel.plots.comparison import comparison_data, plot_comparison
from taskrel.plots.convergence import convergence_data, plot_convergence
from taskrel.plots.curves import plot_curves
from taskrel.plots.heatmap import heatmap_data, plot_heatmap
from taskrel.plots.save import save_figure
from taskrel.study.analysis.baselines import at_chance
from taskrel.study.analysis.comparison import with_short_tasks
from taskrel.study.analysis.contrasts import left_out
from taskrel.study.analysis.results import SCORES, Results
from taskrel.study.analysis.score_tables import ScoreTables
from taskrel.study.experiment.published import tasks_of
from taskrel.study.planned import PlannedStudy
from taskrel.tasks.task import label_level


def write(results: Results, features: pd.DataFrame, out: Path, figures: Path) -> list[str]:
    """Write what is known as CSV files into `out`, and pictures.

    features : recipe, task and the features of each task

    Returns the names of the files in `out`. A table without rows is not written.
    """
    budgets = [frame.assign(recipe=name) for name, frame in results.stored_budgets.items()]
    frames = {
        "scores": results.stored_scores[[*SCORES]].assign(
            tasks=results.stored_scores.tasks.map(" + ".join)
        ),
        "gains": results.per_seed,
        "summary": results.summary,
        "features": features,
        "budgets": pd.concat(budgets),
    }
    written = []
    for name, frame in (*frames.items(), *_score_tables(results.stored_tables, results.study)):
        if len(frame):
            with atomic(out / f"{name}.csv") as path:
                frame.to_csv(path, index=False)
            written.append(f"{name}.csv")
    _draw(results, figures)
    return written


def _draw(results: Results, figures: Path) -> None:
    study, title = results.study.name, results.study.title or None
    for name, frame in _score_tables(results.stored_tables, results.study):
        if name == "comparison":
            data = comparison_data(with_short_tasks(frame))
            save_figure(plot_comparison(data, title=title), data, figures, f"{study}-comparison")
        dev = results.stored_tables.dev
        if name == "convergence" and dev is not None and dev["at"].notna().any():
            data = convergence_data(dev)
            save_figure(plot_convergence(data, title=title), data, figures, f"{study}-convergence")
    for recipe, curves in results.curves.items():
        cells = results.summary[results.summary.recipe == recipe]
        stem = study if recipe == study else f"{study}-{recipe}"
        if len(cells):
            data = heatmap_data(
                cells,
                order=[*results.study.tasks],
                levels={task: label_level(kind) for task, kind in results.kinds.items()},
                chance=at_chance(cells.groupby("main").stl.mean(), results.study.tasks),
            )
            ax = plot_heatmap(data, title=_with_seeds(title, cells))
            save_figure(ax, data, figures, f"{stem}-gains")
        if len(curves):
            save_figure(plot_curves(curves), curves, figures, f"{stem}-curves")


def _with_seeds(title: str | None, cells: pd.DataFrame) -> str | None:
    """The title, and over how many seeds the gains of these cells are means."""
    n = cells.n_seeds.max()
    return title and f"{title}, {'one seed' if n == 1 else f'{n} seeds'}"


def _score_tables(tables: ScoreTables, study: PlannedStudy) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables by name, those that are whole.

    A call that leaves out some tasks or recipes of the experiment does not replace the table
    of a call that has them all.
    """
    recipes = {part.name for part in study.parts}
    if study.tasks.keys() >= {task for row in study.published for task in tasks_of(row)}:
        if len(tables.comparison):
            yield "comparison", tables.comparison
        if study.convergence and recipes >= {
            *study.convergence.references,
            *(row.recipe for row in study.published),
        }:
            yield "convergence", tables.convergence
    if len(tables.contrasts) and not left_out(tables.contrasts, study):
        yield "contrasts", tables.contrasts
