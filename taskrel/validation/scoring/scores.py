"""Scores of predictions, in all resamples of a bootstrap at once.

Each score takes the predicted pairs and the weights of B resamples and returns B figures, NaN
where a resample does not define it. With `once` it is the ordinary figure. A weight is how
often a pair counts; ties are split evenly.

==================  ==========================================================================
accuracy, f1        of the decision; F1 of the class "gain"
brier, log_loss     of the probability; lower is better
auc                 over all pairs: P(a gain is scored above a pair without)
within_main_auc     the same among the auxiliaries of one main task, mean over main tasks
spearman            rank correlation of score and gain within a main task, mean over mains
ndcg                of the whole ranking within a main task, mean over mains
regret_1, _3, _5    gain lost, in percent of the main task's score, if only the 1, 3 or 5
                    best-ranked auxiliaries are tried; mean over mains; lower is better
==================  ==========================================================================

Scores within a main task are about what a user asks. They do not need predictions that compare
between main tasks.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import comb

from taskrel.validation.models.fold_predictions import Predictions
from taskrel.validation.scoring.family_bootstrap import Weights

#: Probabilities are kept this far from 0 and 1 before the logarithm.
EDGE = 1e-6


class Asked(NamedTuple):
    """Predicted pairs: main (n,), gain (n,) in percent, and the predictions for them."""

    main: np.ndarray
    gain: np.ndarray
    predicted: Predictions

    @property
    def positive(self) -> np.ndarray:
        """1 where the gain is above 0, else 0; float array (n,)."""
        return (self.gain > 0).astype(float)


#: (predicted pairs, weights of B resamples) → B figures.
Score = Callable[[Asked, Weights], np.ndarray]


def scores(asked: Asked, weights: Weights) -> np.ndarray:
    """All `SCORES` in each resample, float array (B, n_scores)."""
    if not len(asked.main):
        return np.full((len(weights.main), len(SCORES)), np.nan)
    return np.column_stack([score(asked, weights) for score in SCORES.values()])


def accuracy(asked: Asked, weights: Weights) -> np.ndarray:
    """Share of the pairs whose decision is right."""
    right = np.where(
        np.isnan(asked.predicted.decision), np.nan, asked.predicted.decision == asked.positive
    )
    return _share(weights.pair @ right, weights.pair.sum(axis=1))


def f1(asked: Asked, weights: Weights) -> np.ndarray:
    """F1 of "gain": 2 · true positives / (decided gains + true gains).

    Counted over all folds together: the mean of the F1 of single folds depends on how few
    gains a fold has (in the paper's protocol it is about 0.01 lower).

    References
    ----------
    Forman and Scholz, "Apples-to-apples in cross-validation studies", SIGKDD
    Explorations 12(1), 2010.
    """
    decision, positive = asked.predicted.decision, asked.positive
    return _share(2 * weights.pair @ (decision * positive), weights.pair @ (decision + positive))


def brier(asked: Asked, weights: Weights) -> np.ndarray:
    """Mean squared error of the probability, in [0, 1]."""
    error = (asked.predicted.probability - asked.positive) ** 2
    return _share(weights.pair @ error, weights.pair.sum(axis=1))


def log_loss(asked: Asked, weights: Weights) -> np.ndarray:
    """Mean negative log-likelihood in nats, probabilities `EDGE` or more away from 0 and 1."""
    p = np.clip(asked.predicted.probability, EDGE, 1 - EDGE)
    loss = -np.log(np.where(asked.positive == 1, p, 1 - p))
    return _share(weights.pair @ loss, weights.pair.sum(axis=1))


def auc(asked: Asked, weights: Weights) -> np.ndarray:
    """Area under the ROC curve over all pairs; NaN for scores that compare within a main only."""
    if np.isnan(asked.predicted.decision).any():
        return np.full(len(weights.main), np.nan)
    return _auc(asked.predicted.score, asked.gain, weights.pair)


def within_main(
    of_main: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    asked: Asked,
    weights: Weights,
) -> np.ndarray:
    """Mean over main tasks of a figure for each.

    of_main : of score (k,), gain (k,) and weights (B, k) of one main's auxiliaries →
        B figures; main tasks where it is NaN do not count
    """
    total, count = np.zeros(len(weights.main)), np.zeros(len(weights.main))
    for main in np.unique(asked.main):
        rows = asked.main == main
        value = of_main(asked.predicted.score[rows], asked.gain[rows], weights.aux[:, rows])
        defined = ~np.isnan(value)
        weight = weights.main[:, rows.argmax()] * defined
        total += weight * np.where(defined, value, 0)
        count += weight
    return _share(total, count)


def _auc(score: np.ndarray, gain: np.ndarray, weight: np.ndarray) -> np.ndarray:
    positive = gain > 0
    up, down = weight[:, positive], weight[:, ~positive]
    won = _above(score[positive], score[~positive])
    return _share(((up @ won) * down).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))


def rank_correlation(score: np.ndarray, gain: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Rank correlation of two columns (k,) in B resamples of their rows, weights (B, k) → (B,).

    0 for equal scores, NaN for equal gains.
    """
    n = np.maximum(weight.sum(axis=1, keepdims=True), 1)
    # Mean rank of a row's copies minus ½: the rows below it, and half of those that it ties with.
    a, b = (weight @ _above(values, values).T for values in (score, gain))
    a, b = (ranks - (weight * ranks).sum(axis=1, keepdims=True) / n for ranks in (a, b))
    aa, bb, ab = ((weight * product).sum(axis=1) for product in (a * a, b * b, a * b))
    varies = aa > 1e-6  # ranks are multiples of ½: anything less is rounding
    result = np.where(varies, ab / np.sqrt(np.where(varies, aa * np.maximum(bb, 1e-6), 1)), 0.0)
    return np.where(bb > 1e-6, result, np.nan)


def _ndcg(score: np.ndarray, gain: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Normalised discounted cumulative gain of the whole ranking, discount 1 / log₂(1 + rank).

    A loss counts as 0, as the single-task run does. NaN where no pair gains.

    References
    ----------
    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques",
    ACM Transactions on Information Systems 20(4), 2002.
    """
    value = np.maximum(gain, 0)
    dcg, ideal = (_discounts(by, weight) @ value for by in (score, value))
    return _share(dcg, ideal)


def _discounts(score: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sum of the discounts of each row's copies, (B, k); a tie shares the discounts evenly."""
    ranks = np.arange(1, int(weight.sum(axis=1).max(initial=0)) + 1)
    up_to = np.concatenate([[0.0], np.cumsum(1 / np.log2(1 + ranks))])
    before = (weight @ (score[:, None] > score)).astype(int)  # (B, k)
    tied = (weight @ (score[:, None] == score)).astype(int)
    shared = up_to[before + tied] - up_to[before]
    return shared * weight / np.maximum(tied, 1)


def _regret(k: int, score: np.ndarray, gain: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Best gain of all auxiliaries minus the best of the k with the highest scores.

    After k tries the single-task model is still there, so a loss counts as 0 in both. NaN where
    there are k auxiliaries or fewer, so that k is no choice. A resample draws main tasks only:
    the auxiliaries stay the same, since trying a copy of one would be in vain.
    """
    if len(score) <= k:
        return np.full(len(weight), np.nan)
    return np.full(len(weight), max(gain.max(), 0.0) - best_of(k, score, gain))


def best_of(k: int, score: np.ndarray, gain: np.ndarray) -> float:
    """Expected best of 0 and the gains of the k highest scores, ties in random order."""
    cut = np.sort(score)[-k]
    sure = np.append(gain[score > cut], 0.0)
    tied = np.sort(np.maximum(gain[score == cut], sure.max()))[::-1]
    drawn = k - (len(sure) - 1)
    # The i-th best of the tied is the best of those drawn if the others are worse ones.
    chance = comb(len(tied) - 1 - np.arange(len(tied)), drawn - 1) / comb(len(tied), drawn)
    return float(chance @ tied)


def _above(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 where a (rows) is above b (columns), ½ where they tie."""
    return (a[:, None] > b) + 0.5 * (a[:, None] == b)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


#: Name → function, in the order of the results.
SCORES: dict[str, Score] = {
    "accuracy": accuracy,
    "f1": f1,
    "auc": auc,
    "within_main_auc": partial(within_main, _auc),
    "brier": brier,
    "log_loss": log_loss,
    "spearman": partial(within_main, rank_correlation),
    "ndcg": partial(within_main, _ndcg),
    **{f"regret_{k}": partial(within_main, partial(_regret, k)) for k in (1, 3, 5)},
}


def calibration_bins(
    probability: np.ndarray, positive: np.ndarray, bins: int = 10
) -> list[dict[str, float]]:
    """Calibration by bins of equal width over [0, 1]; empty ones are left out.

    Returns
    -------
    list of dict
        probability : mean of the bin's pairs
        gains : share of gains among them
        n : number of pairs
    """
    which = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "probability": float(probability[which == b].mean()),
            "gains": float(positive[which == b].mean()),
            "n": int((which == b).sum()),
        }
        for b in np.unique(which)
    ]
