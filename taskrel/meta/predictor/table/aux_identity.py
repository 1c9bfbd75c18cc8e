"""Identity columns: which task the auxiliary is, so that what it did for other main tasks counts.

Of each auxiliary three columns, 1 on its pairs and 0 elsewhere: one for all main
tasks, one for those with a label per token, one for those with labels of whole
texts. What ridge regression makes of them are crossed random effects: the first
holds the mean of the auxiliary's centred ranks over the training mains, the others
its mean over those of one unit, each shrunk, by about 1 / (1 + alpha) where all pairs
are measured, and fitted jointly with the features. So evidence from mains of the same
unit counts for more, and that of all mains is what a unit with few of them falls back on.

Held-out mains enter no weight, so nothing has to be encoded anew in each fold. An
auxiliary without training pairs has a 0 everywhere: its features answer alone.

References
----------
Robinson, "That BLUP is a good thing: the estimation of random effects",
Statistical Science 6(1), 1991.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from taskrel.tasks.task import PER_TOKEN

if TYPE_CHECKING:
    import pandas as pd

ANY, TOKEN, TEXT = "is_", "token_is_", "text_is_"
_WORDS = {
    ANY: "what {} did for other main tasks (aux)",
    TOKEN: "what {} did for main tasks with a label per token (aux)",
    TEXT: "what {} did for main tasks with labels of whole texts (aux)",
}


def identity_columns(kind: "pd.Series", measured: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Names of the columns for the auxiliaries of these pairs (main, aux).

    Those by unit are left out where all mains are of one unit, and so tell nothing more.

    kind : task → kind, as `Task.kind_and_unit` names it
    """
    measured = list(measured)
    auxs = sorted({aux for _, aux in measured})
    units = {_unit(kind[main]) for main, _ in measured}
    return tuple(
        unit + aux for unit in (ANY, *(u for u in (TOKEN, TEXT) if len(units) > 1)) for aux in auxs
    )


def identity_values(
    kind: "pd.Series", pairs: Sequence[tuple[str, str]], columns: Sequence[str]
) -> np.ndarray:
    """The columns of these names for pairs (main, aux), float array (n_pairs, n_columns)."""
    own = [{ANY + aux, _unit(kind[main]) + aux} for main, aux in pairs]
    return np.array([[c in names for c in columns] for names in own], float).reshape(
        len(pairs), len(columns)
    )


def is_identity(column: str) -> bool:
    """Whether a column of a fitted index is one of these."""
    return column.startswith(tuple(_WORDS))


def identity_in_words(column: str) -> str:
    """What such a column stands for.

    >>> identity_in_words("is_pos")
    'what pos did for other main tasks (aux)'
    """
    unit = next(u for u in _WORDS if column.startswith(u))
    return _WORDS[unit].format(column.removeprefix(unit))


def _unit(kind: str) -> str:
    return TOKEN if kind in PER_TOKEN else TEXT
