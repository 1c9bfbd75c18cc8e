"""Permutation tests over tasks, not pairs, since pairs share tasks."""

from collections.abc import Callable
from itertools import combinations

import numpy as np

DRAWS = 2000


def shuffled_tasks(
    values: np.ndarray, statistic: Callable[[np.ndarray], float], seed: int = 0
) -> tuple[float, float]:
    """P values of a statistic whose null distribution comes from shuffling a feature over tasks.

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
        One-sided p values, upward and downward; the observed values count as a draw.
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
    """P value of a set of tasks: share of all sets of that size with a sum as high.

    Exact, since a finding is about one or two tasks.

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
