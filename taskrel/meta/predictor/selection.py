"""Selection: which columns, how strong a penalty, by leave-family-out inside the training pairs.

Only pairs of `train` are used. Other pairs stay unseen, also by the choice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from taskrel.meta.predictor.classifier import logistic, probability
from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.pair_weights import pair_weights
from taskrel.meta.predictor.ranker import fit_rankers, places
from taskrel.meta.predictor.table.pair_data import PairData

#: Column groups of the classifier to choose from: of the main task alone, since the ranker compares
#: auxiliaries.
CLASSIFIER_GROUPS = ("main_features",)
#: Column groups of the ranker to choose from, the simplest first. Features of the pair count as
#: ranks among the main task's auxiliaries, because main tasks differ in their scale.
RANKER_GROUPS = (
    "transferability",
    "identity",
    "transferability_identity",
    "pair_ranks",
    "pair_ranks_identity",
)
#: Strengths to choose from, the strongest penalty first, which is the simplest choice.
PENALTIES = (0.03, 0.3, 3.0)
ALPHAS = (3.0, 0.3, 0.03)

#: Probabilities are kept this far from 0 and 1 before a logarithm is taken.
_EDGE = 1e-6


def choose_classifier(
    data: PairData, train: np.ndarray, groups: Sequence[str] = CLASSIFIER_GROUPS
) -> tuple[str, float]:
    """Group of columns and penalty C by the log-loss on mains of unseen families.

    train : bool array (n_pairs,), the pairs to use
    """
    y = data.positive
    folds = [
        (fit, test) for fit, test in family_folds(data, train) if y[fit].any() and not y[fit].all()
    ]

    def losses(group: str) -> Iterator[list[float]]:
        x = data.tables[group]
        for fit, test in folds:
            feature_range = FeatureRange.of(x[fit])
            seen, new = feature_range.unit(x[fit]), feature_range.unit(x[test])
            p = [probability(logistic(C).fit(seen, y[fit]), new) for C in PENALTIES]
            p = np.clip(p, _EDGE, 1 - _EDGE)
            loss = -np.log(np.where(y[test], p, 1 - p))  # (n_penalties, n_test)
            main = data.main[test]
            yield from (list(loss[:, main == m].mean(axis=1)) for m in np.unique(main))

    return _simplest(losses, data, groups, PENALTIES)


def choose_ranker(
    data: PairData, train: np.ndarray, groups: Sequence[str] = RANKER_GROUPS
) -> tuple[str, float]:
    """Group of columns and penalty alpha by the rank correlation within unseen mains.

    train : bool array (n_pairs,), the pairs to use
    """
    folds = [(fit, test, pair_weights(data, fit)) for fit, test in family_folds(data, train)]

    def losses(group: str) -> Iterator[list[float]]:
        x, names = data.tables[group], data.names[group]
        for fit, test, weight in folds:
            rankers = fit_rankers(names, x[fit], data.label[fit], data.main[fit], ALPHAS, weight)
            scores = [ranker.index(x) for ranker in rankers]
            for main in np.unique(data.main[test]):
                rows = test & (data.main == main)
                if rows.sum() > 1:
                    yield [-_spearman(s[rows], data.gain[rows]) for s in scores]

    return _simplest(losses, data, groups, ALPHAS)


def family_folds(data: PairData, train: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (fit, test) masks: each family in turn is that of a new main task."""
    for family in range(len(data.families)):
        fit, test = train & data.without_family(family), train & data.new_main(family)
        if fit.any() and test.any():
            yield fit, test


def _simplest(
    losses: Callable[[str], Iterable[list[float]]],
    data: PairData,
    groups: Sequence[str],
    penalties: Sequence[float],
) -> tuple[str, float]:
    """The first choice that is not clearly worse than the best, by one standard error.

    Among many choices the one of least loss is the best by chance, too. The standard error is
    that of the difference from the best, over main tasks. Where no main task can be held out, it
    is the first choice.

    losses : of a group, for each main task with each penalty

    References
    ----------
    Breiman, Friedman, Olshen and Stone, "Classification and regression trees", 1984, section
    3.4.3: the 1 SE rule.
    """
    import sklearn

    there = [group for group in groups if group in data.tables]
    choices = [(group, penalty) for group in there for penalty in penalties]
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        found = np.concatenate(
            [np.array([*losses(group)]).reshape(-1, len(penalties)) for group in there], axis=1
        )
    n = len(found)
    if n < 2:
        return choices[int(found[0].argmin()) if n else 0]
    worse = found - found[:, [found.mean(axis=0).argmin()]]  # (n_mains, n_choices)
    error = worse.std(axis=0, ddof=1) / np.sqrt(n)
    return choices[int((worse.mean(axis=0) <= error).argmax())]


def _spearman(score: np.ndarray, gain: np.ndarray) -> float:
    """Rank correlation, 0 where one side does not vary."""
    a, b = places(score) - len(score) / 2, places(gain) - len(gain) / 2
    norm = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / norm) if norm else 0.0
