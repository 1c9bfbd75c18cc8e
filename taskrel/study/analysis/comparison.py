"""Our scores next to published ones: the rows that an experiment lists as ``published``.

``comparison(study, scores)`` is the table that ``taskrel run`` prints, writes and draws.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.analysis.baselines import baseline_scores
from taskrel.study.experiment.published import Published, tasks_of
from taskrel.study.runs.plan import in_order
from taskrel.tasks.card import METRICS
from taskrel.tasks.task import ABSENT, Task

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy
    from taskrel.study.runs.part import Part

#: Columns that identify a published row.
ROW = ["model", "recipe", "task", "group"]
COLUMNS = [
    *ROW,
    "metric",
    "published",
    "mean",
    "low",
    "high",
    "n_seeds",
    "difference",
    "steps_per_second",
]
#: The only metric that is defined over the labels of several tasks.
POOLED = "accuracy"
#: Name of several tasks in short tables.
OVERALL = "overall"
#: Scores that are no further apart than this differ by rounding only.
EQUAL = 1e-9


def comparison(study: "PlannedStudy", scores: "pd.DataFrame") -> "pd.DataFrame":
    """Compare our test scores with the published ones.

    Parameters
    ----------
    study : PlannedStudy
        Its ``published`` rows say which scores are compared.
    scores : DataFrame
        A row per score: recipe, task (the one scored), tasks (tuple, the tasks of the run),
        seed, split, metric, value (a fraction), steps_per_second; of one checkpoint. A
        single-task run that two recipes share has its rows under both.

    Returns
    -------
    DataFrame
        A row per published row and metric, in the order of the experiment; the
        metrics are the study's own, then all that any published row gives, as far as
        the kind of the task has them.

        model, recipe, group : as in the published row
        task : its task; several are joined, "food + price"
        metric : of several tasks accuracy alone, over all their test labels: seed by
            seed Σ n_t · accuracy_t / Σ n_t, n_t the labels of task t that are present
        published : as published, a fraction; NaN where it was not published
        mean, low, high : mean over the seeds and its 95 % t-interval, fractions but for
            similarities, in [−1, 1]; low and high are NaN below two seeds and where all
            seeds agree, and all three where there is no run
        n_seeds : number of seeds whose runs are complete; 0 for a baseline
        difference : mean − published
        steps_per_second : optimisation steps, median over the runs, on the machine that
            trained them, under its load at that time; NaN for a baseline

        A group's score is from the run of all its tasks. Where the recipe distinguishes main
        and auxiliary tasks, they are in the order in which the group names them. A baseline has
        no run (see `baselines`): the majority has no interval; low and high of the random
        baseline contain 95 % of its draws.
    """
    import pandas as pd

    parts = {part.name: part for part in study.parts}
    scores = scores[scores["split"] == "test"]
    given = [metric for row in study.published for metric in row.scores]
    rows = []
    for row in study.published:
        names = tasks_of(row)
        runs = None if row.baseline else runs_of(row, scores, parts.get(row.recipe), study.tasks)
        for metric in dict.fromkeys([*study.metrics, *given]):
            if metric not in row.scores and not _applies(metric, names, study.tasks):
                continue
            ours = (
                _ruled(row, metric, study)
                if runs is None
                else _measured(runs, metric, [study.tasks.get(name) for name in names])
            )
            published = row.scores.get(metric, np.nan)
            rows.append(
                {
                    "model": row.model,
                    "recipe": row.recipe,
                    "task": " + ".join(names),
                    "group": row.group,
                    "metric": metric,
                    "published": published,
                    **ours,
                    "difference": ours["mean"] - published,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _applies(metric: str, names: tuple[str, ...], tasks: dict[str, Task]) -> bool:
    """Whether the tasks can have a metric: several only `POOLED`, one task those of its kind."""
    if len(names) > 1:
        return metric == POOLED
    kinds = [kind for kind, metrics in METRICS.items() if metric in metrics]
    return not kinds or names[0] not in tasks or tasks[names[0]].kind in kinds


def _ruled(row: Published, metric: str, study: "PlannedStudy") -> dict[str, float]:
    """The baseline's score, if the study has the row's tasks."""
    tasks = [study.tasks[name] for name in tasks_of(row) if name in study.tasks]
    found = [
        scores[metric]
        for task in tasks
        if metric in (scores := baseline_scores(task, row.baseline))
    ]
    if len(found) < len(tasks_of(row)):
        return {"mean": np.nan, "low": np.nan, "high": np.nan, "n_seeds": 0}
    values = np.array([_pooled(np.array(draw), tasks) for draw in zip(*found, strict=True)])
    low, high = np.quantile(values, [0.025, 0.975]) if len(values) > 1 else (np.nan, np.nan)
    return {"mean": float(values.mean()), "low": float(low), "high": float(high), "n_seeds": 0}


def _measured(runs: "pd.DataFrame", metric: str, tasks: list[Task | None]) -> dict[str, float]:
    """Score of a row over the seeds that have all its tasks."""
    values = [*by_seed(runs, metric, tasks).values()]
    found = runs[runs["metric"] == metric]
    mean, half = float(np.mean(values)) if values else np.nan, half_width(values)
    speed = found["steps_per_second"].median() if "steps_per_second" in found else np.nan
    return {
        "mean": mean,
        "low": mean - half,
        "high": mean + half,
        "n_seeds": len(values),
        "steps_per_second": speed,
    }


def by_seed(runs: "pd.DataFrame", metric: str, tasks: list[Task | None]) -> dict[int, float]:
    """Seed → score over all tasks, of the seeds that have all of them; a task None is unknown."""
    known = [task for task in tasks if task is not None]
    if len(known) < len(tasks):
        return {}
    found = runs[runs["metric"] == metric].pivot_table(index="seed", columns="task", values="value")
    complete = found.reindex(columns=[task.name for task in known]).dropna()
    return {
        int(seed): _pooled(row, known)
        for seed, row in zip(complete.index, complete.to_numpy(), strict=True)
    }


def runs_of(
    row: Published, scores: "pd.DataFrame", part: "Part | None", tasks: dict[str, Task]
) -> "pd.DataFrame":
    """Scores of the runs that a row is about: each of its tasks, single-task or in its group."""
    names = list(tasks_of(row))
    if part is None or not tasks.keys() >= set(names):
        return scores[:0]
    runs = {name: trained(name, row.group, part) for name in names}
    return scores[(scores["recipe"] == row.recipe) & (scores["tasks"] == scores["task"].map(runs))]


def trained(task: str, group: str, part: "Part") -> tuple[str, ...]:
    """Tasks of the run that a task is scored in, as `plan` orders them; group "": single-task."""
    return in_order(part.scope.groups[group], part.recipe) if group else (task,)


def _pooled(values: np.ndarray, tasks: list[Task]) -> float:
    n = np.array([_n_present(task) for task in tasks])
    return float(values @ (n / n.sum()))


def _n_present(task: Task) -> int:
    """Number of test labels that carry a score; for multilabel, of texts."""
    gold = task.splits["test"].targets
    return len(gold) if task.kind == "multilabel" else int((gold != ABSENT).sum())


def half_width(values: list[float]) -> float:
    """Half of the 95 % t-interval of the mean; NaN for fewer than two seeds or equal values."""
    from scipy import stats

    n = len(values)
    if n < 2 or np.ptp(values) < EQUAL:
        return np.nan
    return float(stats.t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))


def with_short_tasks(compared: "pd.DataFrame") -> "pd.DataFrame":
    """The same table with "overall" in place of several tasks, where there is one such set only."""
    several = [name for name in dict.fromkeys(compared["task"]) if " + " in name]
    return compared.replace({"task": {several[0]: OVERALL}}) if len(several) == 1 else compared
