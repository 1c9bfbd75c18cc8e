"""Ranks of pair features among the auxiliaries of one main task.

Main tasks differ in the scale of such a feature: a linear probe of two labels has another
log-likelihood than one of 77. Which auxiliary has the highest compares between them.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def pair_ranks(
    pairs: "pd.DataFrame", rows: "pd.MultiIndex", pool: Collection[str]
) -> "pd.DataFrame":
    """Rank of each value among those of the same main task and column, from −½ (lowest) to ½.

    It is the share of the pool's values that are lower, and half of those that are equal, minus ½.

    Parameters
    ----------
    pairs : DataFrame
        Index (main, aux), a column per feature; NaN where missing.
    rows : MultiIndex
        Pairs (main, aux) to rank, in the pool or not.
    pool : collection of str
        Auxiliaries among which they are ranked.

    Returns
    -------
    DataFrame
        Index `rows`, columns of `pairs`; NaN where the value is missing, or those of the pool.
    """
    import pandas as pd

    own = pairs.reindex(rows).to_numpy(float)
    found = np.full(own.shape, np.nan)
    in_pool = pairs[pairs.index.get_level_values("aux").isin(pool)]
    mains = rows.get_level_values("main")
    for main, known in in_pool.groupby(level="main") if own.size else ():
        of_main = mains == main
        values = own[of_main]
        found[of_main] = _ranks(values, known.to_numpy(float))
    return pd.DataFrame(found, rows, pairs.columns)


def _ranks(values: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Ranks of values (n, k) among those of the pool (m, k), column by column."""
    below = (pool < values[:, None]).sum(axis=1) + (pool == values[:, None]).sum(axis=1) / 2
    n = (~np.isnan(pool)).sum(axis=0)
    return np.where(np.isnan(values) | (n == 0), np.nan, below / np.maximum(n, 1) - 0.5)
