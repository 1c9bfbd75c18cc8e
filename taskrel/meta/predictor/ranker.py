"""The ranker: which auxiliaries are the best for one main task.

Main tasks differ in their mean gain over all auxiliaries; the ranker does not use that. It learns
from gains ranked within each main task, and from the features of auxiliary and pair relative to
the other auxiliaries of the main task.
"""

from collections.abc import Sequence

import numpy as np

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.linear import Linear


def fit_ranker(
    columns: tuple[str, ...],
    x: np.ndarray,
    gain: np.ndarray,
    main: np.ndarray,
    alpha: float,
    weight: np.ndarray | None = None,
) -> Linear:
    """Fit one of `fit_rankers`."""
    return fit_rankers(columns, x, gain, main, (alpha,), weight)[0]


def fit_rankers(
    columns: tuple[str, ...],
    x: np.ndarray,
    gain: np.ndarray,
    main: np.ndarray,
    alphas: Sequence[float],
    weight: np.ndarray | None = None,
) -> list[Linear]:
    """Ridge regression of within-main ranks on within-main deviations of the columns.

    Parameters
    ----------
    columns : tuple of str
        Names of the k columns.
    x : float array (n_pairs, k)
        NaN where missing.
    gain : float array (n_pairs,)
        In percent; only its ranks count.
    main : int array (n_pairs,)
        Codes of the main tasks.
    alphas : floats
        Strengths of the L2 penalty per training pair, columns at unit variance.
    weight : float array (n_pairs,) or None
        Of each pair's squared error, mean 1; None: 1.

    Returns
    -------
    list of Linear, one for each of `alphas`
        Its index is the expected rank within a main task, from −½ (worst) to ½,
        up to a constant that all auxiliaries of the main share.
    """
    feature_range = FeatureRange.of(x)
    taken = feature_range.clipped(x)
    deviation = taken.std(axis=0)
    scale = np.where(deviation > 1e-9 * np.abs(taken).max(axis=0), deviation, 1.0)
    weight = np.ones(len(x)) if weight is None else weight
    z = within(taken / scale, main, weight)
    weighted = z * weight[:, None]
    gram, target = weighted.T @ z, weighted.T @ ranks(gain, main)
    penalty = len(z) * np.eye(z.shape[1])
    return [
        Linear(columns, feature_range, np.linalg.solve(gram + alpha * penalty, target) / scale)
        for alpha in alphas
    ]


def within(x: np.ndarray, main: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Deviations of the rows of x from the weighted mean row of their main task."""
    code = np.unique(main, return_inverse=True)[1]
    total = np.zeros((code.max() + 1, x.shape[1]))
    np.add.at(total, code, x * weight[:, None])
    return x - (total / np.maximum(np.bincount(code, weight), 1e-300)[:, None])[code]


def ranks(gain: np.ndarray, main: np.ndarray) -> np.ndarray:
    """Rank of each gain within its main task, in (−½, ½); ties share their mean rank.

    The worst of n is (½ / n) − ½, the best ½ − (½ / n).
    """
    result = np.empty(len(gain))
    for m in np.unique(main):
        rows = main == m
        result[rows] = places(gain[rows]) / rows.sum() - 0.5
    return result


def places(values: np.ndarray) -> np.ndarray:
    """Mean rank of each value minus ½: the number of lower values, and half of the ties."""
    one, other = values[:, None], values
    return (one > other).sum(axis=1) + (one == other).sum(axis=1) / 2
