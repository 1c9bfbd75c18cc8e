"""The best run of each main task of a study, by its score on dev."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.part import Part
from taskrel.study.runs.plan import Run, mains_of
from taskrel.study.store.store import Store


class Best(NamedTuple):
    """The best run of a main task."""

    main: str
    part: Part
    run: Run


def best_runs(study: PlannedStudy, store: Path) -> list[Best]:
    """For each main task, of the tasks and recipe with the highest mean score on dev the best run.

    Scores are those of the main metric, with the recipe's checkpoint, of the planned runs that are
    finished.
    """
    rows = []
    with Store.read(store) as opened:
        for number, part in enumerate(study.parts):
            planned = {run.identity: run for run in part.runs}
            scores = opened.scores(part.digest)
            scores = scores[
                (scores["split"] == "dev")
                & (scores["checkpoint"] == part.recipe.checkpoint)
                & scores["run"].isin(planned)
            ]
            for identity, task, metric, value in zip(
                scores["run"], scores["task"], scores["metric"], scores["value"], strict=True
            ):
                run = planned[identity]
                own = study.tasks.get(task)
                if own and own.metric == metric and task in mains_of(run.tasks, part.recipe):
                    rows.append((task, number, run.tasks, identity, value))
    table = pd.DataFrame(rows, columns=["main", "part", "tasks", "run", "score"])
    found = []
    for main, own in table.groupby("main", sort=True):
        mean = own.groupby(["part", "tasks"])["score"].transform("mean")
        best = own[mean == mean.max()].sort_values("score", kind="stable").iloc[-1]
        part = study.parts[best["part"]]
        run = next(run for run in part.runs if run.identity == best["run"])
        found.append(Best(str(main), part, run))
    return found
