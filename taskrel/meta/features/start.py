"""Start features: what the beginning of a joint run tells of its end.

A run's beginning does not depend on how long it will be. So the start of a pair
that was trained in full costs nothing, and that of another one a tenth of a run:
a probe, a run with ``stop_after``.

Both compare the main task's dev evaluation in the pair's run of its first seed with
the one in its single-task run of the same seed, after as many updates of its own.
Of one seed, for that is what a probe has.
"""

from collections.abc import Mapping
from math import log, nan
from typing import Any

from taskrel.study.analysis.gains import FLOOR
from taskrel.tasks.automated.names import is_automated
from taskrel.training.recipes.budget import updates_between
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Curve

#: Share of the budget that a start is: the last dev evaluation up to there, or the first.
START = 0.1
#: Where the first dev evaluation comes later, what comes before it is no cheap start.
LATEST = 0.2

#: (tasks of the run, task, seed) → curve over dev evaluations, as of `Store.dev_curves`.
DevCurves = Mapping[tuple[tuple[str, ...], str, int], Curve]


def start_evaluations(recipe: Recipe) -> int | None:
    """After how many dev evaluations of each task a start ends; None: there is no cheap one.

    Transfer has none: the auxiliary's whole budget comes before the main task's.
    """
    if recipe.evaluations * LATEST < 1 or recipe.schedule == "sequential":
        return None
    return max(1, int(recipe.evaluations * START + 1e-9))


def start_share(recipe: dict[str, Any]) -> float:
    """What a start costs, as a share of a run; `recipe` is as `Evidence.recipe` has it."""
    evaluations = recipe.get("evaluations", Recipe().evaluations)
    return (start_evaluations(Recipe(evaluations=evaluations)) or nan) / evaluations


def start_features(
    scores: DevCurves, losses: DevCurves, recipe: Recipe
) -> dict[tuple[str, str], dict[str, float]]:
    """(main, aux) → `START_FEATURES` of the pairs whose run and single-task run are there.

    start_gain
        (pair's score / score alone − 1) · 100; NaN where the score alone is below `FLOOR`.
    start_loss
        ln(loss alone / pair's loss): above 0 where the pair is ahead.

    recipe : that of the runs
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    for tasks, main, seed in sorted(scores):
        if len(tasks) != 2 or is_automated(main) or not (recipe.symmetric or main == tasks[0]):
            continue
        (aux,) = (task for task in tasks if task != main)
        if (main, aux) in found:  # from an earlier seed
            continue
        pair, alone = (tasks, main, seed), ((main,), main, seed)
        score, score_alone = (_start(scores.get(run), recipe) for run in (pair, alone))
        loss, loss_alone = (_start(losses.get(run), recipe) for run in (pair, alone))
        if None not in (score, score_alone, loss, loss_alone):
            found[main, aux] = {
                "start_gain": _gain(score, score_alone),
                "start_loss": _ahead(loss, loss_alone),
            }
    return found


def _start(curve: Curve | None, recipe: Recipe) -> float | None:
    """The value at the end of the start; None where the run has no evaluation there."""
    n = start_evaluations(recipe)
    if curve is None or n is None or len(curve.steps) < n:
        return None
    # In epochs, a budget depends on the task; then the first evaluation says what it is.
    every = curve.steps[0] if recipe.epochs else updates_between(recipe.steps, recipe)
    return curve.values[n - 1] if curve.steps[n - 1] == every * n else None


def _gain(pair: float, alone: float) -> float:
    return 100 * (pair / alone - 1) if alone >= FLOOR else nan


def _ahead(pair: float, alone: float) -> float:
    return log(alone / pair) if pair > 0 and alone > 0 else nan
