"""Reliability of gains: how far other seeds would rank a main task's auxiliaries alike."""

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from taskrel.study.analysis.gains import tables_by_seed

if TYPE_CHECKING:
    import pandas as pd


class SeedNoise(NamedTuple):
    """Shares in [0, 1], each the mean over main tasks; None where no main allows it.

    single : of the variance of one seed's gains among a main's auxiliaries, the share of noise
    mean : the same of the mean over the seeds, which is 1 − `reliability`
    sign_agreement : share of the pairs in which two seeds agree on gain or loss
    n_mains : main tasks with two seeds and two auxiliaries or more, and gains that differ
    n_seeds : the most that a main has
    """

    single: float | None
    mean: float | None
    sign_agreement: float | None
    n_mains: int
    n_seeds: int


def reliability(gains: np.ndarray) -> float:
    """Share of the variance of a main's mean gains that other seeds would reproduce, 0 to 1.

    1 − MS(residual) / MS(auxiliaries) of the two-way layout auxiliaries × seeds. What a seed
    adds to all gains of the main task, through its single-task run, is not counted as noise.

    Parameters
    ----------
    gains : float array (n_auxiliaries, n_seeds)
        Seeds that no auxiliary has are left out, then rows with a NaN.

    Returns
    -------
    float
        NaN with fewer than two seeds or auxiliaries, 0 for equal gains.

    References
    ----------
    Hoyt, "Test reliability estimated by analysis of variance", Psychometrika 6, 1941; the same
    as ICC(3, k) of Shrout and Fleiss, "Intraclass correlations: uses in assessing rater
    reliability", Psychological Bulletin 86, 1979.
    """
    gains = gains[:, ~np.isnan(gains).all(axis=0)]
    gains = gains[~np.isnan(gains).any(axis=1)]
    if min(gains.shape) < 2:
        return np.nan
    noise, of_means = _mean_squares(gains)
    return max(1 - noise / of_means, 0.0) if of_means > 0 else 0.0


def seed_noise(per_seed: "pd.DataFrame") -> SeedNoise:
    """Share of seed noise in the gains of one recipe.

    With MS(residual) = v and MS(auxiliaries) = m of a main task's auxiliaries × S seeds, one
    seed's share of noise is v / (v + max(0, (m − v) / S)): 1 − ICC(3, 1).

    Parameters
    ----------
    per_seed : DataFrame
        As `gains_per_seed` returns it, of one recipe. Auxiliaries that lack a seed are left out.

    References
    ----------
    Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability",
    Psychological Bulletin 86, 1979.
    """
    single, mean, agree, seeds = [], [], [], 0
    for _, cells in per_seed.groupby("main"):
        _, (table,) = tables_by_seed(cells, ["gain"])
        table = table[:, ~np.isnan(table).all(axis=0)]
        table = table[~np.isnan(table).any(axis=1)]
        if min(table.shape) < 2 or not np.ptp(table - table.mean(axis=0)):
            continue
        n = table.shape[1]
        noise, of_means = _mean_squares(table)
        single.append(noise / (noise + max(0.0, (of_means - noise) / n)))
        mean.append(1 - reliability(table))
        agree.append(
            np.mean([np.mean(np.sign(a) == np.sign(b)) for a, b in combinations(table.T, 2)])
        )
        seeds = max(seeds, n)
    if not single:
        return SeedNoise(None, None, None, 0, 0)
    return SeedNoise(
        float(np.mean(single)), float(np.mean(mean)), float(np.mean(agree)), len(single), seeds
    )


def _mean_squares(table: np.ndarray) -> tuple[float, float]:
    """Mean squares of the residual and of the auxiliaries, of a table auxiliaries × seeds."""
    n_aux, n = table.shape
    mean = table.mean(axis=1, keepdims=True)
    residual = table - mean - table.mean(axis=0) + table.mean()
    return (
        float((residual**2).sum() / ((n_aux - 1) * (n - 1))),
        float(n * ((mean - mean.mean()) ** 2).sum() / (n_aux - 1)),
    )
