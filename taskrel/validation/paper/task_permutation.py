"""How often chance does as well: tests whose unit is the task, since pairs share tasks."""

from collections.abc import Callable
from itertools import combinations

import numpy as np

DRAWS = 2000


def shuffled_tasks(
    values: np.ndarray, statistic: Callable[[np.ndarray], float], seed: int = 0
) -> tuple[float, float]:
    """How often a statistic is as high, and as low, as it is when a feature is shuffled over tasks.

    Parameters
    ----------
    values : ndarray of shape (n_tasks,)
        One number per task.
    statistic : function
        Of such an array, a number.
    seed : int
        Of the `DRAWS` shuffles.

    Returns
    -------
    float, float
        One-sided p values, upward and downward; the observed order counts as a draw.
    """
    rng = np.random.default_rng(seed)
    observed = statistic(values)
    drawn = np.array([statistic(rng.permutation(values)) for _ in range(DRAWS)])
    tie = 1e-9 * max(1.0, abs(observed))
    return (
        float((1 + (drawn >= observed - tie).sum()) / (1 + DRAWS)),
        float((1 + (drawn <= observed + tie).sum()) / (1 + DRAWS)),
    )


def set_p(values: np.ndarray, chosen: np.ndarray) -> float:
    """Share of all sets of that many tasks whose sum is as high as that of the chosen ones.

    Exact, and so for the one or two tasks that a finding is about.

    Parameters
    ----------
    values : ndarray of shape (n_tasks,)
        One number per task.
    chosen : ndarray of int
        Which tasks.
    """
    sets = np.array(list(combinations(range(len(values)), len(chosen))))
    sums = values[sets].sum(axis=1)
    return float((sums >= values[chosen].sum() - 1e-9).mean())
