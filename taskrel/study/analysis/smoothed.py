"""Smoothed scores: scores that other seeds reproduce better than the test score alone.

A run's score is the mean of its last evaluations on dev and of its test score. On dev the
checkpoint is chosen, so the level is a little too high; what is compared are runs of one main
task, in which that is alike. It is a label to learn from. Answers are judged by the test score.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.reliability import seed_noise
from taskrel.tasks.task import label_level
from taskrel.training.result import Curve

if TYPE_CHECKING:
    import pandas as pd

#: Column of the gains of smoothed scores, next to those of test scores.
SMOOTHED = "smoothed"
#: Columns of the scores on dev, single-task and multi-task, that a search compares.
DEV = ("dev_stl", "dev_mtl")
#: Evaluations on dev that a smoothed score has.
LAST = 5
#: Reliability for which the number of seeds is estimated.
WANTED = 0.8
COLUMNS = ["level", "score", "pairs", "one_seed", "all_seeds", "n_seeds", "seeds_needed", "n_mains"]


def dev_scores(records: "pd.DataFrame", curves: Mapping[tuple, Curve]) -> "pd.DataFrame":
    """The same records with the mean score of the last evaluations on dev; NaN without a curve.

    records : as `record_scores` returns them, of single-task and pair runs
    curves : (tasks of the run, task, seed) → dev score, as `Store.dev_curves` returns them
    """
    return _scored(records, curves, lambda last, _: float(np.mean(last)))


def smoothed(records: "pd.DataFrame", curves: Mapping[tuple, Curve]) -> "pd.DataFrame":
    """The same records with smoothed scores; those of runs without a dev curve are NaN.

    The arguments are those of `dev_scores`.
    """
    return _scored(records, curves, lambda last, test: float(np.mean([*last, test])))


def _scored(
    records: "pd.DataFrame",
    curves: Mapping[tuple, Curve],
    score: Callable[[Sequence[float], float], float],
) -> "pd.DataFrame":
    """The records with a score of the last dev evaluations and the test score of each run."""
    last = {
        (task, frozenset(tasks) - {task}, seed): curve.values[-LAST:]
        for (tasks, task, seed), curve in curves.items()
    }
    scores = [
        score(found, test) if (found := last.get((main, _others(aux), seed))) else np.nan
        for main, aux, seed, test in zip(
            records["main"], records["aux"], records["seed"], records["score"], strict=True
        )
    ]
    return records.assign(score=scores)


def with_smoothed(
    per_seed: "pd.DataFrame", records: "pd.DataFrame", curves: Mapping[tuple, Curve]
) -> "pd.DataFrame":
    """Gains per seed with the columns `DEV`, scores on dev as fractions, and `SMOOTHED`.

    `SMOOTHED` is the gain of the smoothed score, in percent.

    per_seed : `gains_per_seed` of these records; the others as for `smoothed`
    """
    own = ["recipe", "main", "aux", "seed"]
    found = per_seed
    for scores, columns in (
        (dev_scores(records, curves), dict(zip(("stl", "mtl"), DEV, strict=True))),
        (smoothed(records, curves), {"gain": SMOOTHED}),
    ):
        other = gains_per_seed(scores.dropna(subset="score"))
        found = found.merge(
            other[[*own, *columns]].rename(columns=columns), "left", on=own, validate="1:1"
        )
    return found


def _others(aux: str) -> frozenset[str]:
    return frozenset([aux] if aux else [])


def noise_by_score(
    records: "pd.DataFrame", curves: Mapping[tuple, Curve], kinds: Mapping[str, str]
) -> "pd.DataFrame":
    """Reliability of the ranking of auxiliaries by test score and by smoothed score.

    Among all auxiliaries, and among those with labels of the main task's level.

    Parameters
    ----------
    records, curves
        As for `smoothed`, of one recipe.
    kinds : mapping
        Task → its kind.

    Returns
    -------
    DataFrame
        level : "token" or "text", of the main task's labels
        score : "test" or "smoothed"
        pairs : "all", or "within" the level
        one_seed, all_seeds : reliability of one seed's ranking and of that of the mean
        seeds_needed : seeds for a reliability of 0.8, by Spearman and Brown's formula; inf where
            one seed's reliability is 0
        n_seeds, n_mains : as in `SeedNoise`
    """
    import pandas as pd

    rows = []
    for name, scores in (("test", records), ("smoothed", smoothed(records, curves))):
        per_seed = gains_per_seed(scores.dropna(subset="score"))
        level = per_seed["main"].map(lambda task: label_level(kinds.get(task, "")))
        same = level == per_seed["aux"].map(lambda task: label_level(kinds.get(task, "")))
        for own in ("token", "text"):
            for pairs, rows_of in (("all", level == own), ("within", (level == own) & same)):
                noise = seed_noise(per_seed[rows_of])
                if noise.single is not None and noise.mean is not None:
                    one, every = 1 - noise.single, 1 - noise.mean
                    needed = seeds_needed(one)
                    rows.append(
                        (own, name, pairs, one, every, noise.n_seeds, needed, noise.n_mains)
                    )
    return pd.DataFrame(rows, columns=COLUMNS)


def seeds_needed(one_seed: float, wanted: float = WANTED) -> float:
    """Seeds whose mean has the reliability `wanted`, from that of one seed; inf for 0.

    Spearman and Brown's formula solved for the number of seeds: k = w (1 − r) / (r (1 − w)).

    >>> seeds_needed(0.5), seeds_needed(0.25)
    (4.0, 12.0)
    """
    return round(wanted * (1 - one_seed) / (one_seed * (1 - wanted)), 9) if one_seed else np.inf
