"""Selection: which columns, how strong a penalty, by leave-family-out inside the training pairs.

Only pairs of `train` are used. Other pairs stay unseen, also by the choice.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from taskrel.meta.predictor.classifier import logistic, probability
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.main_weights import main_weights
from taskrel.meta.predictor.ranker import fit_rankers, places
from taskrel.meta.predictor.table.pair_data import PairData

#: Column groups of the classifier to choose from: of the main task alone, since the ranker compares
#: auxiliaries.
CLASSIFIER_GROUPS = ("main_features",)
#: Column groups of the ranker to choose from; the first wins a tie. Features of the pair count as
#: ranks among the main task's auxiliaries, because main tasks differ in their scale.
RANKER_GROUPS = (
    "transferability",
    "pair_ranks",
    "aux_and_pair_ranks_identity",
    "pair_ranks_identity",
    "transferability_identity",
)
#: Strengths to choose from, the strongest penalty first: it wins a tie.
PENALTIES = (0.03, 0.3, 3.0)
ALPHAS = (3.0, 0.3, 0.03)

#: Probabilities are kept this far from 0 and 1 before a logarithm is taken.
_EDGE = 1e-6


def choose_classifier(
    data: PairData, train: np.ndarray, groups: Sequence[str] = CLASSIFIER_GROUPS
) -> tuple[str, float]:
    """Group of columns and penalty C with the lowest log-loss on mains of unseen families.

    train : bool array (n_pairs,), the pairs to use
    """
    y = data.positive
    masks = [
        (fit, test) for fit, test in family_folds(data, train) if y[fit].any() and not y[fit].all()
    ]

    def losses(group: str) -> list[float]:
        x, found = data.tables[group], []
        for fit, test in masks:
            feature_range = FeatureRange.of(x[fit])
            seen, new = feature_range.unit(x[fit]), feature_range.unit(x[test])
            p = [probability(logistic(C).fit(seen, y[fit]), new) for C in PENALTIES]
            p = np.clip(p, _EDGE, 1 - _EDGE)
            found.append(-np.log(np.where(y[test], p, 1 - p)))  # (n_penalties, n_test)
        return list(np.concatenate(found, axis=1).mean(axis=1)) if found else [np.inf]

    return _least(losses, data, groups, PENALTIES)


def choose_ranker(
    data: PairData, train: np.ndarray, groups: Sequence[str] = RANKER_GROUPS
) -> tuple[str, float]:
    """Group of columns and penalty alpha with the best mean rank correlation within unseen mains.

    train : bool array (n_pairs,), the pairs to use
    """

    def losses(group: str) -> list[float]:
        x, found = data.tables[group], []
        for fit, test in family_folds(data, train):
            rankers = fit_rankers(
                data.names[group],
                x[fit],
                data.label[fit],
                data.main[fit],
                ALPHAS,
                main_weights(data, fit),
            )
            scores = [ranker.index(x) for ranker in rankers]
            for main in np.unique(data.main[test]):
                rows = test & (data.main == main)
                if rows.sum() > 1:
                    found.append([_spearman(s[rows], data.gain[rows]) for s in scores])
        return list(-np.mean(found, axis=0)) if found else [np.inf]

    return _least(losses, data, groups, ALPHAS)


def family_folds(data: PairData, train: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (fit, test) masks: each family in turn is that of a new main task."""
    for family in range(len(data.families)):
        fit, test = train & data.without_family(family), train & data.new_main(family)
        if fit.any() and test.any():
            yield fit, test


def _least(
    losses: Callable[[str], list[float]],
    data: PairData,
    groups: Sequence[str],
    penalties: Sequence[float],
) -> tuple[str, float]:
    """The choice of least loss; the earlier one wins a tie, and the first where none is known.

    losses : of a group, with each penalty
    """
    import sklearn

    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        found = {
            (group, penalty): loss
            for group in groups
            if group in data.tables
            for penalty, loss in zip(penalties, losses(group), strict=False)
        }
    return min(found, key=found.__getitem__)


def _spearman(score: np.ndarray, gain: np.ndarray) -> float:
    """Rank correlation, 0 where one side does not vary."""
    a, b = places(score) - len(score) / 2, places(gain) - len(gain) / 2
    norm = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / norm) if norm else 0.0
