"""Contrasts: whether one recipe or group is better than another, seed by seed.

``contrasts(study, scores)`` is the table that ``taskrel run`` prints and writes.
"""

from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.analysis.comparison import POOLED, by_seed, half_width, runs_of
from taskrel.study.analysis.gains import MIN_SEEDS, corrected, verdicts
from taskrel.study.experiment.published import Contrast, Published, Side, tasks_of

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.study.planned import PlannedStudy

#: Where a − b is clearly above 0, where it is not clear, where it is clearly below 0.
VERDICTS = "a is higher", "no clear difference", "b is higher"
COLUMNS = [
    "contrast",
    "task",
    "metric",
    "recipe_a",
    "group_a",
    "recipe_b",
    "group_b",
    "a",
    "b",
    "difference",
    "low",
    "high",
    "n_seeds",
    "p",
    "q",
    "verdict",
]


def contrasts(study: "PlannedStudy", scores: "pd.DataFrame") -> "pd.DataFrame":
    """Mean difference a − b over the seeds that both sides have, paired by seed.

    Parameters
    ----------
    study : PlannedStudy
        Its ``contrasts`` say what is compared.
    scores : DataFrame
        As `comparison` takes them.

    Returns
    -------
    DataFrame
        A row per contrast, in the order of the experiment:

        contrast, task, metric : its name, and what is scored on test; of several tasks,
            "food + price", as in `comparison`
        recipe_a, group_a, recipe_b, group_b : the two sides; group "" is a single-task run
        a, b : mean scores over the common seeds
        difference, low, high : mean of a − b, and its 95 % t-interval with n − 1
            degrees of freedom; NaN as in `half_width`
        n_seeds : number of common seeds
        p, q : two-sided paired t-test, and the same corrected over all contrasts of
            the table (Benjamini–Hochberg); NaN below three seeds or without an interval
        verdict : "a is higher" or "b is higher" where q < 0.05, else "no clear
            difference"; None where q is NaN
    """
    import pandas as pd

    scores = scores[scores["split"] == "test"]
    rows = [_row(contrast, study, scores) for contrast in study.contrasts]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["q"] = corrected(table["p"].astype(float))
    table["verdict"] = verdicts(table["difference"], table["q"], VERDICTS)
    return table


def _row(contrast: Contrast, study: "PlannedStudy", scores: "pd.DataFrame") -> dict:
    names = tasks_of(contrast)
    tasks = [study.tasks.get(name) for name in names]
    own = tasks[0].metric if len(tasks) == 1 and tasks[0] else POOLED
    metric = contrast.metric or (own if None not in tasks else "")
    sides = [_values(side, contrast, metric, study, scores) for side in (contrast.a, contrast.b)]
    common = sorted(sides[0].keys() & sides[1].keys())
    a, b = (np.array([side[seed] for seed in common]) for side in sides)
    differences = (a - b).tolist()
    half, n = half_width(differences), len(common)
    means = [float(np.mean(values)) if n else np.nan for values in (a, b, differences)]
    return {
        "contrast": contrast.name,
        "task": " + ".join(names),
        "metric": metric,
        "recipe_a": contrast.a.recipe,
        "group_a": contrast.a.group,
        "recipe_b": contrast.b.recipe,
        "group_b": contrast.b.group,
        "a": means[0],
        "b": means[1],
        "difference": means[2],
        "low": means[2] - half,
        "high": means[2] + half,
        "n_seeds": n,
        "p": _p(differences, half),
    }


def _values(
    side: Side, contrast: Contrast, metric: str, study: "PlannedStudy", scores: "pd.DataFrame"
) -> dict[int, float]:
    """Seed → score of the runs of one side."""
    row = Published("", contrast.task, recipe=side.recipe, group=side.group)
    part = next((part for part in study.parts if part.name == side.recipe), None)
    runs = runs_of(row, scores, part, study.tasks)
    return by_seed(runs, metric, [study.tasks.get(name) for name in tasks_of(contrast)])


def _p(differences: list[float], half: float) -> float:
    from scipy import stats

    if len(differences) < MIN_SEEDS or np.isnan(half):
        return np.nan
    return float(stats.ttest_1samp(differences, 0).pvalue)


def left_out(contrasts: "pd.DataFrame", study: "PlannedStudy") -> list[str]:
    """Recipes and tasks that contrasts are about and that a call leaves out."""
    parts = [part.name for part in study.parts]
    recipes = [name for column in ("recipe_a", "recipe_b") for name in contrasts[column]]
    tasks = [name for names in contrasts["task"] for name in names.split(" + ")]
    return list(
        dict.fromkeys(
            [f"recipe {name}" for name in recipes if name not in parts]
            + [f"task {name}" for name in tasks if name not in study.tasks]
        )
    )
