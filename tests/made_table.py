"""Measured pairs as arrays, from one made-up table of features."""

from itertools import permutations

import numpy as np
from made_pairs import made_pairs

from taskrel.meta.predictor.table.pair_data import PairData


def made_table(
    x: np.ndarray, gain: np.ndarray, names: tuple[str, ...] = (), group: str = "all_features"
) -> PairData:
    """The first n directed pairs of as few tasks as it takes, with features x (n, k).

    names : of the columns; default c0, c1, …
    """
    n, k = x.shape
    n_tasks = next(t for t in range(2, n + 2) if t * (t - 1) >= n)
    names = names or tuple(f"c{i}" for i in range(k))
    return made_pairs(
        list(permutations(range(n_tasks), 2))[:n],
        gain,
        tables={group: dict(zip(names, x.T, strict=True))},
    )
