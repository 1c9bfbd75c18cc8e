"""Which columns of a table score best on random pairs: as in the paper, and with a nested choice.

Many small fits: columns are scaled once for each fold, and subsets are taken from the result.
"""

import numpy as np

from taskrel.meta.predictor.classifier import logistic
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.validation.folds import N_FOLDS


def best_first(
    x: np.ndarray, y: np.ndarray, order: np.ndarray, runs: int, seed: int = 0
) -> np.ndarray:
    """The first k columns of an order, k with the best accuracy; the smallest k of a tie.

    Parameters
    ----------
    x : ndarray of shape (n_pairs, n_columns)
        NaN where missing.
    y : ndarray of shape (n_pairs,)
        Whether a pair is a gain.
    order : ndarray of int
        Columns of x, the most promising first.
    runs, seed : int
        How many times the pairs are shuffled into 5 folds, and how.
    """
    subsets = [order[:k] for k in range(1, len(order) + 1)]
    accuracy = subset_figures(x, y, subsets, runs, seed)[:, :, 0].mean(axis=1)
    return subsets[int(accuracy.round(9).argmax())]


def nested_figures(x: np.ndarray, y: np.ndarray, runs: int, seed: int = 0) -> tuple[float, float]:
    """Accuracy and F1 where each fold chooses order and number in its training pairs.

    Columns are sorted by the size of their coefficients in one fit to these pairs.
    """
    found = []
    for run in range(runs):
        decided = np.zeros(len(y), bool)
        for train, test in _folds(len(y), run, seed):
            unit = FeatureRange.of(x[train]).scaled(x)
            strength = np.abs(fit(unit[train], y[train])[0])
            columns = best_first(x[train], y[train], np.argsort(-strength, kind="stable"), 1, seed)
            decided[test] = _decided(unit[:, columns], y, train, test)
        found.append(_figures(decided, y))
    accuracy, f1 = np.mean(found, axis=0)
    return float(accuracy), float(f1)


def subset_figures(
    x: np.ndarray, y: np.ndarray, subsets: list[np.ndarray], runs: int, seed: int = 0
) -> np.ndarray:
    """Accuracy and F1 of "gain" of each subset of columns in each run, (n_subsets, runs, 2).

    F1 is over the pairs of a run, not a mean over its folds. A fold whose training pairs are
    of one class predicts that class.
    """
    found = np.empty((len(subsets), runs, 2))
    for run in range(runs):
        decided = np.zeros((len(subsets), len(y)), bool)
        for train, test in _folds(len(y), run, seed):
            unit = FeatureRange.of(x[train]).scaled(x)
            for own, columns in zip(decided, subsets, strict=True):
                own[test] = _decided(unit[:, columns], y, train, test)
        found[:, run] = [_figures(own, y) for own in decided]
    return found


def fit(unit: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients (n_columns,) and intercept of the paper's classifier; 0 for one class."""
    import sklearn

    if y.all() or not y.any():
        return np.zeros(unit.shape[1]), 0.0
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        fitted = logistic().fit(unit, y)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _folds(n: int, run: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Train and test rows; for all measured pairs the same as the folds of `random_pairs`."""
    order = np.random.default_rng([seed, run]).permutation(n)
    parts = [part for part in np.array_split(order, N_FOLDS) if 0 < len(part) < n]
    return [(np.setdiff1d(order, part), part) for part in parts]


def _decided(unit: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    if y[train].all() or not y[train].any():
        return np.full(len(test), y[train].any())
    weight, intercept = fit(unit[train], y[train])
    return unit[test] @ weight + intercept > 0


def _figures(decided: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    f1 = 2 * (decided & y).sum() / max(decided.sum() + y.sum(), 1)
    return float((decided == y).mean()), float(f1)
