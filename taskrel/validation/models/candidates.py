"""The models that validation compares, by the key that their results carry."""

from collections.abc import Callable
from functools import partial

import numpy as np

from taskrel.meta.predictor.fitting import fit_model
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.models.baselines import baselines
from taskrel.validation.models.fold_predictions import (
    Predict,
    Predictions,
    base_rate,
    by_logistic,
    from_probability,
    from_ranking,
)
from taskrel.validation.models.names import GROUPS, NEW_PREDICTOR, PREDICTOR

#: (all pairs, train, test) → predictions of one or more models for the test pairs.
Candidate = Callable[[PairData, np.ndarray, np.ndarray], dict[str, Predictions]]


def candidates(data: PairData, simpler: PairData | None = None) -> list[Candidate]:
    """All models that apply to these pairs, except noise features; models that share a fit are one.

    simpler : the same pairs without the features that a new task lacks, if any pair has them
    """
    models: dict[str, Predict] = {
        g: partial(by_logistic, data.tables[g]) for g in GROUPS if g in data.tables
    }
    models |= baselines(data)
    new = [] if simpler is None else [partial(new_predictor, simpler)]
    return [predictor, *new, *(partial(_named, key, model) for key, model in models.items())]


def predictor(data: PairData, train: np.ndarray, test: np.ndarray) -> dict[str, Predictions]:
    """The predictor itself: columns, penalties and calibration are chosen inside `train`.

    ``full`` is its P(gain). ``ranker`` is its ranking, whose scores do not compare between main
    tasks. Training pairs of one class give the base rate and no ranking.
    """
    return dict(zip(PREDICTOR, _fitted(data, train, test), strict=True))


def new_predictor(
    simpler: PairData, data: PairData, train: np.ndarray, test: np.ndarray
) -> dict[str, Predictions]:
    """The same of the simpler pairs, which are those of `data` with fewer columns."""
    return dict(zip(NEW_PREDICTOR, _fitted(simpler, train, test), strict=True))


def _fitted(data: PairData, train: np.ndarray, test: np.ndarray) -> tuple[Predictions, Predictions]:
    y = data.positive[train]
    if y.all() or not y.any():
        return base_rate(data, train, test), from_ranking(np.zeros(test.sum()))
    model = fit_model(data, train)
    answers = model.answer(data.columns(model.columns)[test], data.headroom[data.main[test]])
    return from_probability(answers.probability), from_ranking(answers.score)


def _named(
    key: str, model: Predict, data: PairData, train: np.ndarray, test: np.ndarray
) -> dict[str, Predictions]:
    return {key: model(data, train, test)}
