"""Noise ceiling: how well a perfect predictor could rank, given how noisy the gains are."""

from itertools import combinations
from math import sqrt

import numpy as np

from taskrel.meta.evidence.evidence import Evidence


def noise_ceiling(evidence: Evidence) -> float | None:
    """Highest within-main rank correlation that a predictor of the mean gains can expect.

    √(k · r / (1 + (k − 1) · r)): r is the rank correlation of one seed's gains
    with another's among the auxiliaries of a main task, mean over main tasks and
    pairs of seeds; k is the mean number of seeds of a gain; below the root stands
    the reliability of the mean of k seeds. It is 0 where seeds contradict each
    other, None where no two seeds share three pairs of a main task.

    References
    ----------
    Spearman, "Correlation calculated from faulty data", British Journal of
    Psychology 3, 1910; Brown, "Some experimental results in the correlation of
    mental abilities", same volume.
    """
    gains = evidence.gains
    gains = gains[gains["recipe"].isin(evidence.summary["recipe"])].dropna(subset="gain")
    found = [r for _, cells in gains.groupby("main") for r in _seed_correlations(cells)]
    if not found:
        return None
    r, k = float(np.mean(found)), gains.groupby(["main", "aux"]).size().mean()
    return sqrt(k * r / (1 + (k - 1) * r)) if r > 0 else 0.0


def _seed_correlations(cells) -> list[float]:
    """Rank correlation of each two seeds of one main task; equal gains have none."""
    by_seed = cells.pivot_table(index="aux", columns="seed", values="gain")
    found = []
    for one, other in combinations(by_seed.columns, 2):
        both = by_seed[[one, other]].dropna().rank()
        if len(both) > 2 and (both.nunique() > 1).all():
            found.append(float(both[one].corr(both[other])))
    return found
