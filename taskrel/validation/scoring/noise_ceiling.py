"""Noise ceiling: how well a perfect predictor could rank, given the seed noise of the gains."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.validation.scoring.scores import rank_correlation

if TYPE_CHECKING:
    import pandas as pd


def noise_ceiling(evidence: Evidence) -> float | None:
    """Highest within-main rank correlation that a predictor of the mean gains can expect.

    Mean over main tasks, as that correlation is, of the root of the reliability of their mean
    gains (`spearman_brown` of r and k): r is the rank correlation between the gains of two
    seeds among the auxiliaries of a main task, mean over pairs of seeds; k is the mean number
    of seeds of its gains. It is 0 for a main task whose seeds contradict each other: a main
    task whose auxiliaries do not differ has 0 to about 0.3, by chance. None where no two seeds
    share three pairs of a main task.
    """
    gains = evidence.gains
    gains = gains[gains["recipe"].isin(evidence.summary["recipe"])].dropna(subset="gain")
    found = [
        ceiling for _, cells in gains.groupby("main") if (ceiling := _of_main(cells)) is not None
    ]
    return float(np.mean(found)) if found else None


def spearman_brown(r: "float | np.ndarray", k: float) -> "float | np.ndarray":
    """Reliability of the mean of k measurements, r that of one, both at most 1.

    References
    ----------
    Spearman, "Correlation calculated from faulty data", British Journal of
    Psychology 3, 1910; Brown, "Some experimental results in the correlation of
    mental abilities", same volume.
    """
    return k * r / (1 + (k - 1) * r)


def ceiling_of_main(seeds: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The same of one main task in B resamples, (B,); NaN where it is not known.

    seeds, drawn : as for `seed_correlations`
    """
    found = seed_correlations(seeds, drawn)
    if not found:
        return np.full(len(drawn), np.nan)
    r, k = np.mean(found, axis=0), (~np.isnan(seeds)).sum(axis=1).mean()
    return np.sqrt(spearman_brown(np.maximum(r, 0), k))


def seed_correlations(seeds: np.ndarray, drawn: np.ndarray) -> list[np.ndarray]:
    """Rank correlations (B,) between the seeds of one main task, two by two; equal gains have none.

    seeds : float array (n_auxiliaries, n_seeds), gains; NaN where one is missing
    drawn : float array (B, n_auxiliaries), weights of the auxiliaries in B resamples
    """
    found = []
    for one, other in combinations(seeds.T, 2):
        both = ~np.isnan(one + other)
        if both.sum() > 2 and np.ptp(one[both]) and np.ptp(other[both]):
            found.append(rank_correlation(one[both], other[both], drawn[:, both]))
    return found


def _of_main(cells: "pd.DataFrame") -> float | None:
    seeds = cells.pivot_table(index="aux", columns="seed", values="gain").to_numpy(float)
    (found,) = ceiling_of_main(seeds, np.ones((1, len(seeds))))
    return None if np.isnan(found) else float(found)
