"""Weights of main tasks: those whose gains other seeds would reproduce count more.

A main task near its ceiling may gain the same 0.2 % from every auxiliary. Its ranking of
auxiliaries is chance, and ranks alone do not show that.
"""

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.study.analysis.reliability import reliability


def main_weights(data: PairData, train: np.ndarray) -> np.ndarray:
    """Weight of each pair of the mask `train`: `reliability` of its main's labels there, mean 1.

    A main task of unknown reliability has the mean of the others; where none is above 0, all
    weights are the same.
    """
    mains, code = np.unique(data.main[train], return_inverse=True)
    seeds = data.label_seeds[train]
    found = np.array([reliability(seeds[code == i]) for i in range(len(mains))])
    known = ~np.isnan(found)
    if not (found[known] > 0).any():
        return np.ones(len(code))
    weight = np.where(known, found, found[known].mean())[code]
    return weight / weight.mean()
