"""What an experiment wants said of its scores: beside print, how fast, which differences."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from taskrel.cli.text.comparison import with_short_tasks
from taskrel.cli.text.contrasts import left_out
from taskrel.io.paths import atomic
from taskrel.plots.comparison import comparison_data, save_comparison
from taskrel.plots.convergence import convergence_data, save_convergence
from taskrel.study.analysis.comparison import comparison
from taskrel.study.analysis.contrasts import contrasts
from taskrel.study.analysis.convergence import Curves, convergence, dev_means
from taskrel.study.experiment.published import tasks_of
from taskrel.study.study import Study


@dataclass
class ScoreTables:
    """The tables that an experiment asks for; None, or without rows, where it does not.

    comparison, contrasts, convergence : as the functions of these names return them
    dev : as `dev_means` returns it
    """

    comparison: pd.DataFrame
    contrasts: pd.DataFrame
    convergence: pd.DataFrame | None = None
    dev: pd.DataFrame | None = None

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        """The tables as JSON has them."""
        fast = [] if self.convergence is None else self.convergence.to_dict("records")
        return {
            "comparison": self.comparison.to_dict("records"),
            "convergence": fast,
            "contrasts": self.contrasts.to_dict("records"),
        }


def score_tables(study: Study, scores: pd.DataFrame, curves: Curves) -> ScoreTables:
    """Make the tables of these scores, as `comparison` takes them, and these dev curves."""
    fast = (convergence(study, curves), dev_means(study, curves)) if study.convergence else ()
    return ScoreTables(comparison(study, scores), contrasts(study, scores), *fast)


def save_tables(tables: ScoreTables, study: Study, out: Path, figures: Path) -> None:
    """Write comparison.csv, convergence.csv and contrasts.csv into `out`, and their pictures.

    A table of a call that leaves out some of its tasks is not written: it would take
    the place of a whole one. Nor is one of convergence or contrasts that lacks recipes.
    """
    title = study.title or None
    for name, frame in _whole(tables, study):
        with atomic(out / f"{name}.csv") as path:
            frame.to_csv(path, index=False)
        if name == "comparison":
            save_comparison(
                comparison_data(with_short_tasks(frame)),
                figures,
                f"{study.name}-comparison",
                title=title,
            )
        if name == "convergence" and tables.dev["at"].notna().any():
            save_convergence(
                convergence_data(tables.dev), figures, f"{study.name}-convergence", title=title
            )


def _whole(tables: ScoreTables, study: Study) -> Iterator[tuple[str, pd.DataFrame]]:
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
