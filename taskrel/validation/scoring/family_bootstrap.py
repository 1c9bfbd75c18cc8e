"""Family bootstrap: how far a figure would change with other tasks.

The sample size is the number of task families, not of pairs, because the pairs of one task
are not independent. Families are drawn with replacement and predictions held fixed: the
interval is about the predicted tasks, not about fitting again.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData

#: "value", "low" and "high", for JSON; None where not defined.
Figure = dict[str, float | None]

#: Percentiles of a 95 % interval.
PERCENTILES = (2.5, 97.5)


class Weights(NamedTuple):
    """How often each of n pairs counts in each of B resamples.

    main, aux : float arrays (B, n), how often the family of the pair's main task,
        and of its auxiliary, was drawn
    """

    main: np.ndarray
    aux: np.ndarray

    @property
    def pair(self) -> np.ndarray:
        """Weights of the pairs, (B, n): the product of the two."""
        return self.main * self.aux

    def of(self, pairs: np.ndarray) -> "Weights":
        """Weights of the pairs of a mask."""
        return Weights(self.main[:, pairs], self.aux[:, pairs])

    def resamples(self, which: np.ndarray | slice) -> "Weights":
        """Weights in some of the resamples."""
        return Weights(self.main[which], self.aux[which])


def once(n: int) -> Weights:
    """One resample that counts each of n pairs once, (1, n)."""
    return Weights(np.ones((1, n)), np.ones((1, n)))


def family_weights(data: PairData, resamples: int, seed: int) -> Weights:
    """Weights (resamples, n_pairs) of the pigeonhole bootstrap over families.

    Families of measured pairs are drawn with replacement, as many as there are. The weight of
    a pair is how often the family of its main task was drawn, times how often that of its
    auxiliary was: rows and columns of the matrix of gains are resampled together.

    References
    ----------
    Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1(2), 2007.
    """
    main, aux = data.family[data.main], data.family[data.aux]
    families = np.unique([main, aux])
    n = len(families)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), resamples).astype(float)
    return Weights(
        drawn[:, np.searchsorted(families, main)], drawn[:, np.searchsorted(families, aux)]
    )


def resampled_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean of values (n,) under each resample, weights (B, n) → (B,); NaN where none was drawn."""
    total = weights.sum(axis=1)
    return np.divide(weights @ values, total, out=np.full(len(total), np.nan), where=total > 0)


def weighted_mean(
    values: Iterable[tuple[np.ndarray, np.ndarray | float]], resamples: int
) -> np.ndarray:
    """Weighted mean of the defined ones of pairs (value, weight), each (B,); NaN where none is."""
    total = count = np.zeros(resamples)
    for value, weight in values:
        weight = weight * ~np.isnan(value)
        total, count = total + weight * np.nan_to_num(value), count + weight
    return np.divide(total, count, out=np.full(resamples, np.nan), where=count > 0)


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % percentile interval over the resamples where a figure is defined; else NaN."""
    defined = values[np.isfinite(values)]
    if not len(defined):
        return np.nan, np.nan
    low, high = np.percentile(defined, PERCENTILES)
    return float(low), float(high)


def figure(value: np.ndarray, resampled: np.ndarray) -> Figure:
    """A figure (1,) with the 95 % interval of its resamples (B,)."""
    low, high = interval(resampled)
    return {"value": rounded(value[0]), "low": rounded(low), "high": rounded(high)}


def rounded(value: float) -> float | None:
    """Six decimals; None for NaN."""
    return None if np.isnan(value) else round(float(value), 6)
