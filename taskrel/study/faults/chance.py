"""Chance: what misaligned answers score on average, from counts of labels alone, exactly."""

from collections.abc import Sequence

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.tasks.task import ABSENT


def chance(
    gold: np.ndarray, predicted: np.ndarray, batches: Sequence[np.ndarray] | None = None
) -> dict[str, float]:
    """Expected scores of answers that are shuffled among the texts of each batch.

    Shuffling leaves alone how often each label is gold (g) and predicted (p); only the
    true positives change, and in a batch b of n_b texts Σ_b g_b · p_b / n_b of them are
    expected. Precision, recall and F1 = 2 TP / (g + p) of a label are linear in them, so
    their expectations are exact. Over all texts at once the weighted precision is then
    Σ g² / (n · Σ g) whatever is predicted, where all labels are predicted at all: a
    signature by which misalignment is known.

    Parameters
    ----------
    gold, predicted : int array
        Label codes (n,), or 0/1 of shape (n, L), alike.
    batches : sequence of int arrays, optional
        Indices of the texts of each batch, which together are all texts once;
        None: one batch of all texts.

    Returns
    -------
    dict of str to float
        accuracy (whole label sets), weighted_f1, weighted_precision, weighted_recall,
        as `training.metrics.score` defines them

    Raises
    ------
    TaskrelError
        Where a gold label is absent: answers to such a text could land on others.
    """
    if gold.ndim == 1 and (gold == ABSENT).any():
        raise TaskrelError("chance: a gold label is absent; expected one on every text")
    batches = [np.arange(len(gold))] if batches is None else batches
    if gold.ndim == 1:
        n_labels = max(gold.max(), predicted.max()) + 1
        sets, labels = (gold, predicted), [np.eye(n_labels)[codes] for codes in (gold, predicted)]
    else:
        labels = gold.astype(float), predicted.astype(float)
        _, which = np.unique(np.concatenate([gold, predicted]), axis=0, return_inverse=True)
        sets = np.split(which.ravel(), 2)
    right = sum(_in_common(sets[0][b], sets[1][b]) / len(b) for b in batches)
    hits = sum(labels[0][b].sum(0) * labels[1][b].sum(0) / len(b) for b in batches)
    n_gold, n_predicted = labels[0].sum(0), labels[1].sum(0)
    weights = n_gold / n_gold.sum()
    return {
        "accuracy": float(right / len(gold)),
        "weighted_f1": float(weights @ _ratio(2 * hits, n_gold + n_predicted)),
        "weighted_precision": float(weights @ _ratio(hits, n_predicted)),
        "weighted_recall": float(weights @ _ratio(hits, n_gold)),
    }


def _in_common(gold: np.ndarray, predicted: np.ndarray) -> int:
    """Number of pairs of a gold and a predicted code that agree."""
    n = max(gold.max(), predicted.max()) + 1
    return int(np.bincount(gold, minlength=n) @ np.bincount(predicted, minlength=n))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
