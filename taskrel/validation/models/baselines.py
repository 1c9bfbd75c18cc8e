"""Trivial baselines: what a model must beat before its features mean anything."""

from functools import partial

import numpy as np

from taskrel.meta.predictor.pair_weights import pair_weights
from taskrel.meta.predictor.ranker import fit_ranker, ranks
from taskrel.meta.predictor.table.column_groups import IDENTITY
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.meta.predictor.table.pair_table import MAIN, PAIR
from taskrel.validation.models.fold_predictions import (
    Predict,
    Predictions,
    base_rate,
    by_logistic,
    from_gain,
    from_ranking,
)

#: Baseline → the one column that its logistic regression reads; the sign is learned.
ONE_COLUMN = {
    "main_size": f"{MAIN}size",
    "size_ratio": f"{PAIR}size_ratio",
    "text_cosine": f"{PAIR}text_cosine",
    "same_kind": f"{PAIR}same_kind",
}
#: Penalty of the ranker without features; the middle one of those that the predictor may choose.
ALPHA = 0.3


def baselines(data: PairData) -> dict[str, Predict]:
    """Baselines by name, except noise features; one whose column is missing or constant is left out."""
    identity = np.eye(len(data.tasks))
    found: dict[str, Predict] = {
        "majority": majority,
        "all_positive": all_positive,
        # Which task is main, and which the auxiliary. Random folds reveal how often it gains.
        "main_identity": partial(by_logistic, identity[data.main]),
        "aux_identity": partial(by_logistic, identity[data.aux]),
        "aux_mean": aux_mean,
        "aux_rank": aux_rank,
        "no_features": no_features,
    }
    for name, column in ONE_COLUMN.items():
        x = data.column(column)
        if x is not None and np.nanmin(x) < np.nanmax(x):
            found[name] = partial(by_logistic, x)
    return found


def majority(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """The more frequent class of the training pairs for every pair, its share as probability.

    All scores are equal, although the probability differs between folds.
    """
    rate = base_rate(data, train, test)
    return rate._replace(score=np.zeros(test.sum()))


def all_positive(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """Every pair is a gain. In the paper this has an F1 of 0.615."""
    return from_gain(np.ones(test.sum()))


def aux_mean(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """Mean gain of the auxiliary over the other main tasks among the training pairs.

    For an auxiliary without training pairs, the mean over all of them.
    """
    gain = np.full(test.sum(), data.gain[train].mean())
    for row, (main, aux) in enumerate(zip(data.main[test], data.aux[test], strict=True)):
        others = train & (data.aux == aux) & (data.main != main)
        if others.any():
            gain[row] = data.gain[others].mean()
    return from_gain(gain)


def aux_rank(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """Mean rank of the auxiliary among those of the other main tasks, from −½ to ½.

    Unlike the mean gain it does not depend on the main task with the largest gains. Main tasks
    are weighted by the reliability of their gains. Without training pairs, 0.
    """
    rank, weight = np.zeros(len(data.gain)), np.zeros(len(data.gain))
    rank[train] = ranks(data.gain[train], data.main[train])
    weight[train] = pair_weights(data, train)
    score = np.zeros(test.sum())
    for row, (main, aux) in enumerate(zip(data.main[test], data.aux[test], strict=True)):
        others = train & (data.aux == aux) & (data.main != main)
        if weight[others].any():
            score[row] = np.average(rank[others], weights=weight[others])
    return from_ranking(score)


def no_features(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """The predictor's ranker on the identity of the auxiliary, overall and by label level."""
    x, names = data.tables[IDENTITY], data.names[IDENTITY]
    fitted = fit_ranker(
        names, x[train], data.gain[train], data.main[train], ALPHA, pair_weights(data, train)
    )
    return from_ranking(fitted.index(x[test]))
