"""Reasons of an answer: the columns of the pair table that change its log-odds most."""

from collections.abc import Sequence

import numpy as np

from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.prediction import Reason
from taskrel.meta.predictor.table.aux_identity import ANY, is_identity

N_REASONS = 5


def reasons(model: Model, x: np.ndarray, auxs: Sequence[str]) -> list[tuple[Reason, ...]]:
    """The strongest contributions to the log-odds of a gain, for each row of x, strongest first.

    Several columns say which task the auxiliary is; together they are one reason.

    x : float array (n_pairs, n_columns), in the order of `Model.columns`
    auxs : auxiliary task of each row
    """
    contributions, out = model.contributions(x), model.out_of_range(x)
    mean = model.mean
    return [
        _of_row(model.columns, x[i], contributions[i], mean, out[i], aux)
        for i, aux in enumerate(auxs)
    ]


def _of_row(
    columns: tuple[str, ...],
    x: np.ndarray,
    contributions: np.ndarray,
    mean: np.ndarray,
    out: np.ndarray,
    aux: str,
) -> tuple[Reason, ...]:
    found, identity, known = [], 0.0, False
    for column, value, part, level, beyond in zip(
        columns, x, contributions, mean, out, strict=True
    ):
        if is_identity(column):
            identity += part
            known |= column == ANY + aux and not beyond
        else:
            found.append(Reason(column, float(value), float(part), bool(value > level)))
    if identity:
        value = 1.0 if known else np.nan
        found.append(Reason(ANY + aux, value, float(identity), bool(known)))
    found.sort(key=lambda r: -abs(r.contribution))
    return tuple(r for r in found[:N_REASONS] if r.contribution)
