"""By size: how the ranking for a new main task improves with the number of tasks in the evidence.

The slopes of the two curves show whether features would add more to the identity of the
auxiliary if the evidence had more tasks.
"""

from typing import Any

import numpy as np

from taskrel.meta.predictor.fitting import chosen_ranker
from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.validation.folds import folds
from taskrel.validation.models.baselines import no_features
from taskrel.validation.models.fold_predictions import Predict, Predictions, from_ranking
from taskrel.validation.scoring.family_bootstrap import once
from taskrel.validation.scoring.scores import SCORES, Asked
from taskrel.validation.verdict import PROTOCOL

#: Sizes of the parts, as shares of the evidence's tasks.
SHARES = (0.35, 0.5, 0.65, 0.8, 1.0)
#: Draws of parts of each size; all tasks are one part.
DRAWS = 10
#: With fewer tasks a ranking has too few auxiliaries to differ from chance.
FEWEST = 6


def by_size(
    data: PairData, *, draws: int = DRAWS, jobs: int | None = None, seed: int = 0
) -> list[dict[str, Any]]:
    """Leave-family-out Spearman of the ranker, with and without features, in parts of the evidence.

    A part is some families drawn at random. It is validated as if nothing else had been
    measured. Parts overlap, large ones most: the range of the draws is no confidence interval.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    draws : int
        Parts of each size.
    jobs : int or None
        Processes; None is one per core. They change no figure.
    seed : int
        Of the draws.

    Returns
    -------
    list of dict, one for each size
        n_tasks : mean over the draws
        n_draws : number of draws in which the figures are defined
        ranker, no_features, difference : {"value", "low", "high"}, mean and range of the
            draws; difference is ranker minus no_features
    """
    from joblib import Parallel, delayed

    n_tasks = len(np.unique([data.main, data.aux]))
    parts = [
        (share, part)
        for share in SHARES
        if round(share * n_tasks) >= FEWEST
        for part in _parts(data, share * n_tasks, draws if share < 1 else 1, seed)
    ]
    found = Parallel(n_jobs=jobs or -1)(delayed(part_figures)(data, part) for _, part in parts)
    rows = []
    for share in dict.fromkeys(share for share, _ in parts):
        figures = [
            (part.sum(), *f)
            for (s, part), f in zip(parts, found, strict=True)
            if s == share and not np.isnan(f).any()
        ]
        if figures:
            sizes, ranker, without = np.transpose(figures)
            rows.append(
                {"n_tasks": float(sizes.mean()), "n_draws": len(figures)}
                | {
                    name: {"value": float(v.mean()), "low": float(v.min()), "high": float(v.max())}
                    for name, v in (
                        ("ranker", ranker),
                        ("no_features", without),
                        ("difference", ranker - without),
                    )
                }
            )
    return rows


def part_figures(data: PairData, part: np.ndarray) -> tuple[float, ...]:
    """Spearman of ranker and no_features among the tasks of `part`, bool (n_tasks,)."""
    inside = part[data.main] & part[data.aux]
    models: dict[str, Predict] = {"ranker": _ranker, "no_features": no_features}
    predicted = {name: Predictions.none(len(inside)) for name in models}
    for train, test in folds(PROTOCOL, data):
        train, test = train & inside, test & inside
        if train.any() and test.any():
            for name, model in models.items():
                predicted[name].put(test, model(data, train, test))
    return tuple(_spearman(data, predictions) for predictions in predicted.values())


def _ranker(data: PairData, train: np.ndarray, test: np.ndarray) -> Predictions:
    """The predictor's ranker, its columns and penalty chosen inside the training pairs."""
    fitted = chosen_ranker(data, train)(train)
    return from_ranking(fitted.index(data.columns(fitted.columns)[test]))


def _spearman(data: PairData, predicted: Predictions) -> float:
    pairs = ~np.isnan(predicted.score)
    if not pairs.any():
        return np.nan
    asked = Asked(data.main[pairs], data.gain[pairs], predicted.of(pairs))
    return float(SCORES["spearman"](asked, once(int(pairs.sum())))[0])


def _parts(data: PairData, size: float, draws: int, seed: int) -> list[np.ndarray]:
    """Masks of tasks, bool (n_tasks,): whole families in random order until `size` is reached."""
    tasks = np.unique([data.main, data.aux])
    found = []
    for draw in range(draws):
        part = np.zeros(len(data.tasks), bool)
        for family in np.random.default_rng([seed, draw]).permutation(len(data.families)):
            if part.sum() >= round(size):
                break
            part[tasks[data.family[tasks] == family]] = True
        found.append(part)
    return found
