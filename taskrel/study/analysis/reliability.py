"""Seed noise: how much of what tells the auxiliaries of a main task apart is chance."""

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class SeedNoise(NamedTuple):
    """Shares in [0, 1], each the mean over main tasks; None where no main allows it.

    single : of the variance of one seed's gains among a main's auxiliaries, what is noise
    mean : the same of the mean over the seeds
    sign_agreement : of the cells, in how many two seeds agree on gain or loss
    n_mains : main tasks with two seeds and two auxiliaries or more, and gains that differ
    n_seeds : the most that a main has
    """

    single: float | None
    mean: float | None
    sign_agreement: float | None
    n_mains: int
    n_seeds: int


def seed_noise(per_seed: "pd.DataFrame") -> SeedNoise:
    """Share of seed noise in the gains of one recipe.

    Of a main task with A auxiliaries and S seeds, the two-way analysis of
    variance without replication takes from each seed its mean (a seed's
    single-task run moves all gains alike, and their order not at all) and leaves
    the residual variance v and, from the variance m of the auxiliaries' means,
    max(0, m − v / S) between auxiliaries. One seed's noise is v / (v + between),
    the mean's min(1, (v / S) / m).

    Parameters
    ----------
    per_seed : DataFrame
        As `gains_per_seed` returns it, of one recipe. Auxiliaries that lack a
        seed are left out.

    References
    ----------
    Shrout and Fleiss, "Intraclass correlations: uses in assessing rater
    reliability", Psychological Bulletin 86, 1979: 1 − single is ICC(3, 1),
    1 − mean is ICC(3, k).
    """
    single, mean, agree, seeds = [], [], [], 0
    for _, cells in per_seed.groupby("main"):
        table = cells.pivot_table(index="aux", columns="seed", values="gain").dropna().to_numpy()
        if min(table.shape) < 2 or not np.ptp(table - table.mean(axis=0)):
            continue
        n_aux, n = table.shape
        between = table.mean(axis=1).var(ddof=1)
        residual = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        v = (residual**2).sum() / ((n_aux - 1) * (n - 1))
        single.append(v / (v + max(0.0, between - v / n)))
        mean.append(min(1.0, v / n / between) if between else 1.0)
        agree.append(
            np.mean([np.mean(np.sign(a) == np.sign(b)) for a, b in combinations(table.T, 2)])
        )
        seeds = max(seeds, n)
    if not single:
        return SeedNoise(None, None, None, 0, 0)
    return SeedNoise(*(float(np.mean(x)) for x in (single, mean, agree)), len(single), seeds)
