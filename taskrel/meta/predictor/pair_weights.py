"""Weights of pairs to learn from: those whose gains other seeds would reproduce count more.

A main task near its ceiling may gain the same 0.2 % from every auxiliary. Its ranking of
auxiliaries is chance, and ranks alone do not show that. So is the rank of a pair of two seeds
among pairs of eight.
"""

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.study.analysis.reliability import reliability


def pair_weights(data: PairData, train: np.ndarray) -> np.ndarray:
    """Weight of each pair of the mask `train`: reliability of its label, mean 1.

    With `reliability` R of a main task's labels, of k seeds each, that of a label of n seeds is
    n / (n + k (1 − R) / R), by Spearman and Brown's formula. A main task of unknown reliability has
    the mean of the others; where none is above 0, all weights are the same.
    """
    mains, code = np.unique(data.main[train], return_inverse=True)
    seeds = data.label_seeds[train]
    found = np.array([reliability(seeds[code == i]) for i in range(len(mains))])
    known = ~np.isnan(found)
    if not (found[known] > 0).any():
        return np.ones(len(code))
    of_main = np.where(known, found, found[known].mean())[code]
    n = (~np.isnan(seeds)).sum(axis=1)
    most = np.array([n[code == i].max() for i in range(len(mains))])[code]
    share = n / most  # of the seeds that `reliability` is about
    weight = share * of_main / (1 - (1 - share) * of_main)
    return weight / weight.mean()
