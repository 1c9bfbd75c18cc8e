"""From measured pairs to a fitted model: choose, fit, calibrate, all inside the training pairs.

The predictor and its validation use the same function, `fit_model(data, train)`, on different
training pairs.
"""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression

from taskrel.errors import EvidenceError
from taskrel.meta.predictor.classifier import fit_classifier
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.gain_interval import FLAT, fit_gain_interval
from taskrel.meta.predictor.linear import Linear
from taskrel.meta.predictor.model import Index, Model
from taskrel.meta.predictor.pair_weights import pair_weights
from taskrel.meta.predictor.ranker import fit_ranker
from taskrel.meta.predictor.selection import (
    CLASSIFIER_GROUPS,
    choose_classifier,
    choose_ranker,
    family_folds,
)
from taskrel.meta.predictor.table.pair_data import PairData

#: With fewer training pairs that have held-out indices, nothing is calibrated.
FEW_PAIRS = 10


def fit_model(data: PairData, train: np.ndarray) -> Model:
    """Fit classifier, ranker, calibration and interval to the pairs of the mask `train`.

    Columns and penalties are chosen by leave-family-out among those pairs. Calibration and
    interval are fitted to held-out indices: predictions for main tasks of families that the fit
    has not seen. The classifier reads the main task alone and slopes are 0 or more, so P(gain) and
    the expected gain of a main task's auxiliaries rise with the ranker's score.

    Parameters
    ----------
    data : PairData
        All measured pairs.
    train : bool array (n_pairs,)
        The pairs to learn from.

    Raises
    ------
    EvidenceError
        Where all training pairs are gains, or none is.
    """
    y = data.positive[train]
    if not len(y):
        raise EvidenceError(
            "no measured pair is left to learn from; train more pairs, of other families"
        )
    if y.all() or not y.any():
        raise EvidenceError(
            f"all {len(y)} measured pairs to learn from are "
            f"{'gains' if y.any() else 'without a gain'}, but a prediction needs both gains and "
            "losses; train more pairs"
        )
    fits = [chosen_classifier(data, train), chosen_ranker(data, train)]
    held_out, rows = _held_out(data, train, fits)
    calibration, interval = (_log_odds(y), np.eye(len(fits))[0]), None
    if len(rows) >= FEW_PAIRS:
        calibration = _calibration(held_out, data.positive[rows])
        main = data.main[rows]
        clusters = np.column_stack([data.family[main], data.family[data.aux[rows]]])
        interval = fit_gain_interval(held_out, data.gain[rows], data.headroom[main], clusters)
    n_tasks = len(np.unique([data.main[train], data.aux[train]]))
    return Model(
        tuple(fit(train) for fit in fits), calibration, interval, int(train.sum()), n_tasks
    )


def chosen_classifier(data: PairData, train: np.ndarray) -> Callable[[np.ndarray], Index]:
    """Function that fits the classifier, columns and penalty chosen in `train`, to a mask."""
    if not any(group in data.tables for group in CLASSIFIER_GROUPS):  # nothing is known of mains
        nothing = np.empty((len(data.gain), 0))
        return lambda mask: Linear((), FeatureRange.of(nothing[mask]), np.empty(0))
    group, C = choose_classifier(data, train)
    x, names = data.tables[group], data.names[group]
    return lambda mask: fit_classifier(names, x[mask], data.positive[mask], C)


def chosen_ranker(data: PairData, train: np.ndarray) -> Callable[[np.ndarray], Index]:
    """Function that fits the ranker, columns and penalty chosen in `train`, to pairs of a mask."""
    group, alpha = choose_ranker(data, train)
    x, names = data.tables[group], data.names[group]
    return lambda mask: fit_ranker(
        names, x[mask], data.label[mask], data.main[mask], alpha, pair_weights(data, mask)
    )


def _held_out(
    data: PairData, train: np.ndarray, fits: list[Callable[[np.ndarray], Index]]
) -> tuple[np.ndarray, np.ndarray]:
    """Indices (n, n_fits) of training pairs by fits without their main's family; their rows."""
    found, rows = [], []
    for fold, test in family_folds(data, train):
        if data.positive[fold].all() or not data.positive[fold].any():
            continue
        indices = [fit(fold) for fit in fits]
        found.append(np.column_stack([i.index(data.columns(i.columns)[test]) for i in indices]))
        rows.append(np.flatnonzero(test))
    if not rows:
        return np.empty((0, len(fits))), np.empty(0, int)
    return np.concatenate(found), np.concatenate(rows)


def _calibration(indices: np.ndarray, positive: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and slopes that turn held-out indices into log-odds (after Platt 1999).

    Slopes are 0 or more: a negative one would be noise. Where no index is left, the base rate is
    used.
    """
    slopes = np.zeros(indices.shape[1])
    spread = indices.std(axis=0)
    kept = list(np.flatnonzero(spread > FLAT))
    while kept and positive.any() and not positive.all():
        fitted = LogisticRegression(C=1.0).fit(indices[:, kept] / spread[kept], positive)
        coef = fitted.coef_[0]
        if (coef >= 0).all():
            slopes[kept] = coef / spread[kept]
            return float(fitted.intercept_[0]), slopes
        kept.pop(int(coef.argmin()))
    return _log_odds(positive), slopes


def _log_odds(positive: np.ndarray) -> float:
    """Log-odds of the base rate, with half a pair added to gains and to losses."""
    gains, n = positive.sum(), len(positive)
    return float(np.log((gains + 0.5) / (n - gains + 0.5)))
