"""Noise ceiling: how well a perfect predictor could rank, given the seed noise of the gains."""

from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from taskrel.meta.evidence.evidence import Evidence

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


def _of_main(cells: "pd.DataFrame") -> float | None:
    found = _seed_correlations(cells)
    if not found:
        return None
    r, k = float(np.mean(found)), cells.groupby("aux").size().mean()
    return sqrt(spearman_brown(r, k)) if r > 0 else 0.0


def _seed_correlations(cells: "pd.DataFrame") -> list[float]:
    """Rank correlations between the seeds of one main task, two by two; equal gains have none."""
    by_seed = cells.pivot_table(index="aux", columns="seed", values="gain")
    found = []
    for one, other in combinations(by_seed.columns, 2):
        both = by_seed[[one, other]].dropna().rank()
        if len(both) > 2 and (both.max() > both.min()).all():
            found.append(float(both[one].corr(both[other])))
    return found
