"""How far the gains of a main task tell its auxiliaries apart, and how far they are seed noise.

A main task near its ceiling may gain the same 0.2 % from anything: its order of
auxiliaries is luck, and what learns from ranks takes it for as good as any other. So
the ranker weights each main by the reliability of its gains.
"""

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData


def main_weights(data: PairData, train: np.ndarray) -> np.ndarray:
    """Weight of each pair of the mask `train`: `reliability` of its main's gains there, mean 1.

    A main whose reliability is not known has the mean of the others; where none is
    above 0, all weigh the same.
    """
    mains, code = np.unique(data.main[train], return_inverse=True)
    seeds = data.seeds[train]
    found = np.array([reliability(seeds[code == i]) for i in range(len(mains))])
    known = ~np.isnan(found)
    if not (found[known] > 0).any():
        return np.ones(len(code))
    weight = np.where(known, found, found[known].mean())[code]
    return weight / weight.mean()


def reliability(gains: np.ndarray) -> float:
    """Share of the variance of a main's mean gains that other seeds would reproduce, 0 to 1.

    1 − MS(residual) / MS(auxiliaries) of the two-way layout auxiliaries × seeds. What a seed
    adds to all gains of the main, such as the luck of its single-task run, is no noise.

    gains : float array (n_auxiliaries, n_seeds); rows with a NaN do not count

    Returns NaN with fewer than two seeds or auxiliaries, and 0 for equal gains.

    References
    ----------
    Hoyt, "Test reliability estimated by analysis of variance", Psychometrika 6, 1941.
    """
    gains = gains[~np.isnan(gains).any(axis=1)]
    n, n_seeds = gains.shape
    if min(n, n_seeds) < 2:
        return np.nan
    mean = gains.mean(axis=1, keepdims=True)
    residual = gains - mean - gains.mean(axis=0) + gains.mean()
    between = n_seeds * ((mean - mean.mean()) ** 2).sum() / (n - 1)
    noise = (residual**2).sum() / ((n - 1) * (n_seeds - 1))
    return max(1 - noise / between, 0.0) if between > 0 else 0.0
