"""Which mechanism comes near the published scores: tables of what each pair of faults gives."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.analysis.comparison import half_width
from taskrel.study.experiment.published import Published
from taskrel.study.faults.chance import chance
from taskrel.study.faults.mistakes import batches_by_length
from taskrel.study.faults.runs import Scored
from taskrel.study.faults.scores import METRICS
from taskrel.tasks.task import Task

if TYPE_CHECKING:
    import pandas as pd

MECHANISM = ["training", "scoring"]
#: Which published model a score stands beside.
MODEL = ["recipe", "group", "task"]
COLUMNS = [
    *MECHANISM,
    *MODEL,
    "metric",
    "mean",
    "low",
    "high",
    "n_seeds",
    "published",
    "published_alone",
]
#: In place of a training: every answer is right, so that the fault of scoring is seen alone.
PERFECT = "perfect"


def fault_table(
    scored: Iterable[Scored], published: Sequence[Published], tasks: dict[str, Task]
) -> "pd.DataFrame":
    """Scores of every mechanism, mean over seeds, beside the published ones.

    Parameters
    ----------
    scored : iterable of Scored
        The trainings' scores.
    published : sequence of Published
        Rows of the experiment; those with a group are what the mechanisms are to
        explain, those without are the same tasks alone.
    tasks : dict
        Tasks by name; of them come the rows of training "perfect", which need none:
        exact expectations (see `chance`) where every answer is right but misaligned.

    Returns
    -------
    DataFrame
        A row per training, scoring, recipe, group, task and metric:

        mean, low, high : fractions, mean over the seeds and its 95 % t-interval; low and
            high are NaN below two seeds, where all seeds agree and for "perfect"
        n_seeds : 0 for "perfect"
        published, published_alone : in print, of the two tasks together and of the task
            alone; NaN where there is none
    """
    import pandas as pd

    values: dict[tuple, list[float]] = {}
    for one in scored:
        for s in one.scores:
            key = (one.training, s.scoring, one.recipe, one.group, s.task, s.metric)
            values.setdefault(key, []).append(s.value)
    together = {(row.recipe, row.group, row.task): row.scores for row in published if row.group}
    alone = {row.task: row.scores for row in published if not row.group and row.scores}
    rows = []
    for key, seeds in values.items():
        half = half_width(seeds)
        rows.append(
            [*key, np.mean(seeds), np.mean(seeds) - half, np.mean(seeds) + half, len(seeds)]
        )
    for model in dict.fromkeys(key[2:5] for key in values):
        for scoring, scores in _perfect(tasks[model[-1]]).items():
            rows += [
                [PERFECT, scoring, *model, metric, scores[metric], np.nan, np.nan, 0]
                for metric in METRICS
            ]
    table = pd.DataFrame(rows, columns=COLUMNS[:-2])
    return table.assign(
        published=[
            together.get((r.recipe, r.group, r.task), {}).get(r.metric, np.nan)
            for r in table.itertuples()
        ],
        published_alone=[alone.get(r.task, {}).get(r.metric, np.nan) for r in table.itertuples()],
    )


def summarised(table: "pd.DataFrame") -> "pd.DataFrame":
    """How far each mechanism is from all published scores of tasks together, nearest first.

    table : as `fault_table` returns it

    Returns
    -------
    DataFrame
        A row per training and scoring:

        distance : root of the mean squared difference of mean and published score
        ratio_distance : the same of the ratios mean / our score without any fault and
            published score / published score alone: what is left of a score, whatever
            the model; for "perfect" the score without fault is 1, and where it is 0
            there is no ratio
        n_figures : published scores at hand
    """
    import pandas as pd

    key = [*MODEL, "metric"]
    right = table[(table["training"] == "none") & (table["scoring"] == "none")]
    table = table.merge(right[[*key, "mean"]].rename(columns={"mean": "right"}), "left", on=key)
    right = table["right"].where(table["right"] > 0).where(table["training"] != PERFECT, 1.0)
    table = table.assign(
        apart=(table["mean"] - table["published"]) ** 2,
        ratio=(table["mean"] / right - table["published"] / table["published_alone"]) ** 2,
    )
    rows = [
        [
            *mechanism,
            np.sqrt(rows["apart"].mean()),
            np.sqrt(rows["ratio"].mean()),
            int(rows["published"].count()),
        ]
        for mechanism, rows in table.groupby(MECHANISM, sort=False)
    ]
    return pd.DataFrame(
        rows, columns=[*MECHANISM, "distance", "ratio_distance", "n_figures"]
    ).sort_values("distance", kind="stable", ignore_index=True)


def signature(table: "pd.DataFrame") -> "pd.DataFrame":
    """Where each published score lies between misaligned answers and the task alone.

    table : as `fault_table` returns it

    Returns
    -------
    DataFrame
        A row per recipe, group, task and metric: published, published_alone, chance
        (misaligned answers in the right proportions) and
        share = (published − chance) / (published_alone − chance): were that share of the
        answers scored against their own labels and the rest against others', this
        score would come out.
    """
    rows = table[
        (table["training"] == PERFECT)
        & (table["scoring"] == "misaligned")
        & table["published"].notna()
    ]
    rows = rows.rename(columns={"mean": "chance"})
    share = (rows["published"] - rows["chance"]) / (rows["published_alone"] - rows["chance"])
    return (
        rows[[*MODEL, "metric", "published", "published_alone", "chance"]]
        .assign(share=share)
        .reset_index(drop=True)
    )


def _perfect(task: Task) -> dict[str, dict[str, float]]:
    """Expected scores of right answers out of order, by fault of scoring."""
    test = task.splits["test"]
    return {
        "misaligned": chance(test.targets, test.targets),
        "misaligned_in_batches": chance(
            test.targets, test.targets, batches_by_length(test.lengths)
        ),
    }
