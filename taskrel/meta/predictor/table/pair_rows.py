"""Rows of the pair table for any pairs, measured or not: features and identities."""

from collections.abc import Sequence

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.table.aux_identity import identity_values, is_identity
from taskrel.meta.predictor.table.pair_table import Columns, pair_table


def pair_rows(
    evidence: Evidence, pairs: Sequence[tuple[str, str]], columns: Sequence[str]
) -> np.ndarray:
    """Values of these columns for pairs (main, aux), float array (n_pairs, n_columns).

    NaN where a feature is missing. For measured pairs the same numbers as `PairData.columns`.
    """
    features = [c for c in columns if not is_identity(c)]
    identity = [c for c in columns if is_identity(c)]
    table = pair_table(
        evidence.tasks, evidence.pairs, pairs, Columns.named(features), evidence.measured_auxs
    )
    found = np.empty((len(pairs), len(columns)))
    found[:, [not is_identity(c) for c in columns]] = table[features].to_numpy()
    found[:, [is_identity(c) for c in columns]] = identity_values(
        evidence.about["kind"], pairs, identity
    )
    return found
