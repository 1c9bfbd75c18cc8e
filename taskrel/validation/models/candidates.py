"""The models that validation compares, by the key that its results carry."""

from collections.abc import Callable
from functools import partial

import numpy as np

from taskrel.meta.predictor.fitting import fit_model
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.models.baselines import baselines
from taskrel.validation.models.fold_predictions import (
    Predictions,
    base_rate,
    by_logistic,
    from_order,
    from_probability,
)

#: What `predict` answers with: its probability, and its order of the auxiliaries.
PREDICTOR = ("full", "ranker")
#: The same without what needs an encoder: what answers about a task that is new.
NEW_PREDICTOR = ("new_full", "new_ranker")
#: Groups of columns, each with the paper's classifier at a fixed penalty.
GROUPS = ("all_features", "data_features", "curve_features", "pair_features", "aux_and_pair")
NOISE = "noise"
BASELINES = (
    "majority",
    "all_positive",
    "main_identity",
    "aux_identity",
    NOISE,
    "aux_mean",
    "aux_rank",
    "no_features",
    "main_size",
    "size_ratio",
    "text_cosine",
    "same_kind",
)
#: All keys, in the order of the results.
KEYS = (*GROUPS, *PREDICTOR, *NEW_PREDICTOR, *BASELINES)

#: (all pairs, train, test) → predictions of one or more models for the test pairs.
Candidate = Callable[[PairData, np.ndarray, np.ndarray], dict[str, Predictions]]


def candidates(data: PairData, simpler: PairData | None = None) -> list[Candidate]:
    """All models that apply to these pairs, but for noise; those that share a fit are one.

    simpler : the same pairs without the features that a new task lacks, if any has them
    """
    models = {g: partial(by_logistic, data.tables[g]) for g in GROUPS if g in data.tables}
    models |= baselines(data)
    new = [] if simpler is None else [partial(new_predictor, simpler)]
    alone = [partial(_alone, key, model) for key, model in models.items()]
    return [predictor, *new, *alone]


def predictor(data: PairData, train: np.ndarray, test: np.ndarray) -> dict[str, Predictions]:
    """The predictor itself: columns, penalties and calibration are chosen inside `train`.

    ``full`` is its probability of a gain; ``ranker`` is its order, which says
    nothing across main tasks. Training pairs of one class give the base rate and
    no order.
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
        found = base_rate(data, train, test)
        score = np.zeros(test.sum())
    else:
        model = fit_model(data, train)
        answers = model.answer(data.columns(model.columns)[test], data.headroom[data.main[test]])
        found, score = from_probability(answers.probability), answers.score
    return found, from_order(score)


def _alone(
    key: str, model: Callable, data: PairData, train: np.ndarray, test: np.ndarray
) -> dict[str, Predictions]:
    return {key: model(data, train, test)}
