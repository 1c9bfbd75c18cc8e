"""Our scores beside those in print: the rows that an experiment lists as ``published``.

``comparison(study, scores)`` is the table that run_pairs prints, writes and draws.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.experiment import Published, tasks_of
from taskrel.tasks.task import ABSENT, Task
from taskrel.training.metrics import score

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.study import Part, Study

#: What one row of the table is about.
ROW = ["model", "recipe", "task", "group"]
COLUMNS = [*ROW, "metric", "published", "mean", "low", "high", "n_seeds", "difference"]
#: The one metric that is taken over the labels of several tasks together.
POOLED = "accuracy"
#: Scores that are no further apart than this differ by rounding only.
EQUAL = 1e-9


def comparison(study: "Study", scores: "pd.DataFrame") -> "pd.DataFrame":
    """Set the test scores of record beside the published ones.

    Parameters
    ----------
    study : Study
        Its ``published`` rows say what stands beside what.
    scores : DataFrame
        A row per score: recipe, task (the one scored), tasks (tuple, those trained
        together), seed, split, metric, value (a fraction); of one checkpoint. A
        single-task run that two recipes share has its rows under both.

    Returns
    -------
    DataFrame
        A row per published row and metric, in the order of the experiment; the
        metrics are all that any published row gives.

        model, recipe, group : as in the published row
        task : its task; several are joined, "food + price"
        metric : of several tasks accuracy alone, over all their test labels: seed by
            seed Σ n_t · accuracy_t / Σ n_t, n_t the labels of task t that are present
        published : as printed, a fraction; NaN where it is not in print
        mean, low, high : fractions, mean over the seeds and its 95 % t-interval; low
            and high are NaN below two seeds and where all seeds agree, and all three
            where no run is at hand
        n_seeds : number of seeds whose runs are all there; 0 for a baseline
        difference : mean − published

        A group's score is from the run of all its tasks, where the recipe tells
        main from auxiliary tasks in the order in which the group names them. The
        majority baseline has no run, so no interval: see `majority`.
    """
    import pandas as pd

    parts = {part.name: part for part in study.parts}
    scores = scores[scores["split"] == "test"]
    metrics = dict.fromkeys(metric for row in study.published for metric in row.scores)
    rows = []
    for row in study.published:
        names = tasks_of(row)
        for metric in [m for m in metrics if len(names) == 1 or m == POOLED]:
            values = (_ruled(row, metric, study) if row.baseline else
                      _measured(row, metric, scores, parts.get(row.recipe), study.tasks))
            n_seeds = 0 if row.baseline else len(values)
            mean = float(np.mean(values)) if len(values) else np.nan
            half = half_width(values)
            printed = row.scores.get(metric, np.nan)
            rows.append({"model": row.model, "recipe": row.recipe, "task": " + ".join(names),
                         "group": row.group, "metric": metric, "published": printed, "mean": mean,
                         "low": mean - half, "high": mean + half, "n_seeds": n_seeds,
                         "difference": mean - printed})
    return pd.DataFrame(rows, columns=COLUMNS)


def majority(task: Task) -> np.ndarray:
    """Test predictions that say of everything what the training part says most often.

    Its most frequent label, for multilabel its most frequent set of labels; of
    equally frequent ones the first in label order (of sets, that with the earlier
    label). Returns codes in the shape that `score` takes.
    """
    train, test = task.splits["train"].targets, task.splits["test"].targets
    if task.kind == "multilabel":
        sets, counts = np.unique(train[:, :task.n_labels], axis=0, return_counts=True)
        # np.unique sorts ascending: the later of two sets is the one with the earlier label.
        return np.tile(sets[::-1][counts[::-1].argmax()], (len(test), 1))
    counts = np.bincount(train[train != ABSENT], minlength=task.n_labels)
    return np.full(test.shape, counts.argmax(), test.dtype)


def _ruled(row: Published, metric: str, study: "Study") -> list[float]:
    """The baseline's score, if the study has the row's tasks."""
    if not study.tasks.keys() >= set(tasks_of(row)):
        return []
    tasks = [study.tasks[name] for name in tasks_of(row)]
    values = [score(task, "test", majority(task)).get(metric, np.nan) for task in tasks]
    return [_pooled(np.array(values), tasks)]


def _measured(row: Published, metric: str, scores: "pd.DataFrame", part: "Part | None",
              tasks: dict[str, Task]) -> list[float]:
    """The row's scores, seed by seed, of the seeds that have all its tasks."""
    names = list(tasks_of(row))
    if part is None or not tasks.keys() >= set(names):
        return []
    runs = {name: _trained(row, name, part) for name in names}
    found = scores[(scores["recipe"] == row.recipe) & (scores["metric"] == metric)
                   & (scores["tasks"] == scores["task"].map(runs))]
    by_seed = found.pivot_table(index="seed", columns="task", values="value")
    complete = by_seed.reindex(columns=names).dropna()
    return [_pooled(values, [tasks[name] for name in names]) for values in complete.to_numpy()]


def _trained(row: Published, name: str, part: "Part") -> tuple[str, ...]:
    """Tasks of the run that a row's task is scored in, as `plan` orders them."""
    if not row.group:
        return (name,)
    group = part.scope.groups[row.group]
    return tuple(sorted(group)) if part.recipe.symmetric else group


def _pooled(values: np.ndarray, tasks: list[Task]) -> float:
    n = np.array([_n_present(task) for task in tasks])
    return float(values @ (n / n.sum()))


def _n_present(task: Task) -> int:
    """Number of test labels that carry a score; for multilabel, of texts."""
    gold = task.splits["test"].targets
    return len(gold) if task.kind == "multilabel" else int((gold != ABSENT).sum())


def half_width(values: list[float]) -> float:
    """Half of the 95 % t-interval of the mean; NaN where the seeds tell nothing of it."""
    from scipy import stats

    n = len(values)
    if n < 2 or np.ptp(values) < EQUAL:
        return np.nan
    return float(stats.t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
