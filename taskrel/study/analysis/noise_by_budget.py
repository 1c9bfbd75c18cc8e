"""Seed noise by budget: whether longer training makes auxiliaries differ more clearly.

Where no rate depends on the budget, a run of any budget begins in the same way. So the dev curves
of a study give its gains, their noise and their ranking at a part of the budget, without new runs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.reliability import SeedNoise, seed_noise
from taskrel.tasks.automated.names import is_automated
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Curve

if TYPE_CHECKING:
    import pandas as pd

#: Parts of the budget.
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
COLUMNS = [
    "share",
    "single",
    "mean",
    "sign_agreement",
    "order",
    "median_size",
    "n_mains",
    "n_seeds",
]


def noise_by_budget(
    curves: Mapping[tuple, Curve], recipe: Recipe, shares: Sequence[float] = SHARES
) -> "pd.DataFrame":
    """Seed noise of the dev gains of pairs at parts of the budget.

    A task's score at a part of its budget is that of its best dev evaluation until then, or of
    the last one where ``recipe.checkpoint`` is "last". The best one is chosen on the split that
    it is scored on, so scores are a little too high, in single-task and pair runs alike.

    Parameters
    ----------
    curves : mapping
        (tasks of the run, task, seed) → dev score, as `Store.dev_curves` returns them.
    recipe : Recipe
        Recipe of the runs.
    shares : sequence of float
        Parts of the budget, fractions.

    Returns
    -------
    DataFrame
        A row per share: single, mean, sign_agreement,
        n_mains and n_seeds as in `SeedNoise`, of the runs that were evaluated by then, and

        order : rank correlation of the auxiliaries' mean gains with those at the whole budget,
            mean over main tasks; both are on dev, so the noise of dev is in both
        median_size : median size of a mean gain, in percent

        Empty where a rate depends on the budget or an auxiliary is trained first, since runs of
        another budget then begin differently, and where no main task has two seeds and two
        auxiliaries.
    """
    import pandas as pd

    if recipe.schedule in ("modulated", "sequential", "auxiliary_first"):
        return pd.DataFrame(columns=COLUMNS)
    curves = {key: curve for key, curve in curves.items() if _counts(key, recipe)}
    gains = gains_per_seed(_scores(curves, {*shares, 1.0}, recipe.checkpoint))
    means = gains.dropna(subset="gain").groupby(["recipe", "main", "aux"])["gain"].mean()
    rows = []
    for share in shares:
        noise = seed_noise(gains[gains["recipe"] == share])
        if noise.single is not None:
            rows.append(_row(share, noise, means[share], means[1.0]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _counts(key: tuple, recipe: Recipe) -> bool:
    """Whether a curve is that of a main task, in a single-task or a pair run."""
    tasks, task, _ = key
    return not is_automated(task) and (
        len(tasks) == 1 or (len(tasks) == 2 and (recipe.symmetric or task == tasks[0]))
    )


def _scores(
    curves: Mapping[tuple, Curve], shares: Iterable[float], checkpoint: str
) -> "pd.DataFrame":
    """Scores at parts of the budget, which `gains_per_seed` is to read as recipes."""
    import pandas as pd

    rows = []
    for (tasks, task, seed), curve in curves.items():
        aux = next((other for other in tasks if other != task), "")
        steps = np.asarray(curve.steps)
        for share in shares:
            values = np.asarray(curve.values)[steps <= share * steps[-1] + 1e-9]
            if len(values):
                score = values[-1] if checkpoint == "last" else values.max()
                rows.append((share, task, aux, seed, float(score)))
    return pd.DataFrame(rows, columns=["recipe", "main", "aux", "seed", "score"])


def _row(share: float, noise: SeedNoise, part: "pd.Series", whole: "pd.Series") -> dict:
    both = part.to_frame("part").join(whole.rename("whole"), how="inner")
    found = [
        cells["part"].corr(cells["whole"], method="spearman")
        for _, cells in both.groupby("main")
        if np.ptp(cells.to_numpy(), axis=0).all()
    ]
    return {
        "share": share,
        **noise._asdict(),
        "order": float(np.mean(found)) if found else np.nan,
        "median_size": float(part.abs().median()),
    }
