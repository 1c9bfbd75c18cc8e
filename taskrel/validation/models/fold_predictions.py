"""Predictions for the test pairs of a fold, and the paper's classifier on any columns."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from taskrel.meta.predictor.classifier import logistic
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.table.pair_data import PairData

#: Equal rows must tie, but sums of the same numbers may differ in the last bits.
DIGITS = 9


class Predictions(NamedTuple):
    """Predictions for n pairs; NaN where a model has none.

    score : the higher, the better the auxiliary
    probability : of a gain
    decision : 1 for a gain, 0 for none; NaN for a model that only ranks the
        auxiliaries of one main task, whose scores compare within a main only
    """

    score: np.ndarray
    probability: np.ndarray
    decision: np.ndarray

    @classmethod
    def none(cls, n: int) -> "Predictions":
        """No predictions yet, for n pairs."""
        return cls(*(np.full(n, np.nan) for _ in cls._fields))

    def put(self, pairs: np.ndarray, predicted: "Predictions") -> None:
        """Fill in the predictions for the pairs of a mask."""
        for own, new in zip(self, predicted, strict=True):
            own[pairs] = new

    def of(self, pairs: np.ndarray) -> "Predictions":
        """Predictions for the pairs of a mask."""
        return Predictions(*(values[pairs] for values in self))


#: (all pairs, train, test) → predictions for the test pairs, from the training pairs alone.
Predict = Callable[[PairData, np.ndarray, np.ndarray], Predictions]


def from_probability(probability: np.ndarray) -> Predictions:
    """A probability is the score, too; it decides for a gain above ½."""
    probability = np.round(probability, DIGITS)
    return Predictions(probability, probability, (probability > 0.5).astype(float))


def from_gain(gain: np.ndarray) -> Predictions:
    """An expected gain (percent) ranks, and its sign decides; it has no probability."""
    gain = np.round(gain, DIGITS)
    return Predictions(gain, np.full(len(gain), np.nan), (gain > 0).astype(float))


def from_ranking(score: np.ndarray) -> Predictions:
    """Scores that compare within a main task only, without a probability or a decision."""
    none = np.full(len(score), np.nan)
    return Predictions(np.round(score, DIGITS), none, none)


def base_rate(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """The share of gains among the training pairs, for every test pair."""
    return from_probability(np.full(test.sum(), data.positive[train].mean()))


def by_logistic(x: np.ndarray, data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """The paper's classifier on columns x (n_pairs, n_columns), its penalty fixed at C = 1.

    Scaled to [0, 1] by the training pairs. As in the paper, values of the test pairs that are
    out of that range are not clipped. Training pairs of one class give the base rate.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4.
    """
    y = data.positive[train]
    if y.all() or not y.any():
        return base_rate(data, train, test)
    unit = FeatureRange.of(x[train]).scaled(x)
    fitted = logistic().fit(unit[train], y)
    # What predict_proba does, whose checks take as long as the fit.
    return from_probability(expit(unit[test] @ fitted.coef_[0] + fitted.intercept_[0]))
