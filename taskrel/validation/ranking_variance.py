"""Variance of a main task's ranking of auxiliaries: shared with similar mains, its own, or noise.

A model that knows the auxiliary's identity can predict the shared part. Features of the pair
are needed for the main task's own part. Nothing predicts noise.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.validation.scoring.family_bootstrap import (
    Figure,
    Weights,
    figure,
    once,
    weighted_mean,
)
from taskrel.validation.scoring.noise_ceiling import seed_correlations, spearman_brown
from taskrel.validation.scoring.scores import rank_correlation


class _Ranking(NamedTuple):
    """One main task: its auxiliaries' codes (k,), mean gains (k,), gains by seed (k, S),
    weights of the auxiliaries (B, k) and of the task (B,).
    """

    family: int
    aux: np.ndarray
    gain: np.ndarray
    seeds: np.ndarray
    drawn: np.ndarray
    weight: np.ndarray


def ranking_parts(data: PairData, weights: Weights) -> dict[str, dict[str, int | Figure]]:
    """Shares of the variance of the rankings of auxiliaries, by level of the main task's labels.

    The auxiliaries of a main task are ranked by their mean gain over k seeds. The variance of
    these ranks has three parts:

    shared : what two main tasks of the level have in common: the mean rank correlation of
        their mean gains, over pairs of different families and the auxiliaries of both
    noise : what other seeds would not reproduce: 1 − `spearman_brown` of k and r, the mean rank
        correlation between the gains of two seeds, over main tasks and pairs of seeds
    own : the rest, particular to the main task, or to it and an auxiliary

    These are differences of estimates, so a small part may be below 0 by chance.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    weights : Weights
        Resamples of the families, see `family_weights`.

    Returns
    -------
    dict
        level of `LEVEL_NAMES` → n_mains, and a figure for each part, whose value is None where
        no two main tasks, or no two seeds, share three pairs. Levels without a main task are
        left out.
    """
    found = {}
    for level in LEVEL_NAMES:
        value, resampled = (_rankings(data, w, level) for w in (once(len(data.gain)), weights))
        if value:
            parts, drawn = _parts(value), _parts(resampled)
            found[level] = {"n_mains": len(value)} | {
                part: figure(parts[part], drawn[part]) for part in parts
            }
    return found


def _rankings(data: PairData, weights: Weights, level: str) -> list[_Ranking]:
    found = []
    for main in np.unique(data.main):
        if label_level(data.kind[main]) == level:
            rows = data.main == main
            found.append(
                _Ranking(
                    data.family[main],
                    data.aux[rows],
                    data.gain[rows],
                    data.seeds[rows],
                    weights.aux[:, rows],
                    weights.main[:, rows.argmax()],
                )
            )
    return found


def _parts(rankings: list[_Ranking]) -> dict[str, np.ndarray]:
    """The parts in each resample, (B,)."""
    n_seeds = np.concatenate([(~np.isnan(r.seeds)).sum(axis=1) for r in rankings]).mean()
    resamples = len(rankings[0].weight)
    shared = weighted_mean(
        [
            (_correlation(*_common(a, b)), a.weight * b.weight)
            for a, b in combinations(rankings, 2)
            if a.family != b.family
        ],
        resamples,
    )
    by_main = [seed_correlations(r.seeds, r.drawn) for r in rankings]
    between_seeds = weighted_mean(
        [
            (weighted_mean([(value, 1.0) for value in found], resamples), r.weight)
            for found, r in zip(by_main, rankings, strict=True)
        ],
        resamples,
    )
    reliable = np.asarray(spearman_brown(between_seeds, n_seeds))
    return {"shared": shared, "own": reliable - shared, "noise": 1 - reliable}


def _common(a: _Ranking, b: _Ranking) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gains of two main tasks with the auxiliaries of both, and the weights of these."""
    _, one, other = np.intersect1d(a.aux, b.aux, return_indices=True)
    return a.gain[one], b.gain[other], a.drawn[:, one]


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Rank correlation in each resample (B,); NaN with fewer than three rows or equal gains."""
    if len(a) < 3 or not np.ptp(a):
        return np.full(len(weight), np.nan)
    return rank_correlation(a, b, weight)
