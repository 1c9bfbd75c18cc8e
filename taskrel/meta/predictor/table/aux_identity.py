"""Identity columns: which task the auxiliary is, so that its effect on other main tasks counts.

Each auxiliary has three columns, 1 on its pairs and 0 elsewhere: one for all main tasks, one for
token-level and one for text-level main tasks. In ridge regression these are crossed random
effects: the weight of the first is the mean of the auxiliary's centred ranks over the training
main tasks, that of the others the mean over main tasks of one level. All are shrunk, by about
1 / (1 + alpha) where all pairs are measured, and fitted jointly with the features. So main tasks
of the same level count more, and a level with few main tasks relies on all of them.

Held-out main tasks enter no weight, so the columns are the same in every fold. An auxiliary
without training pairs has 0 everywhere: only its features count.

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
    ANY: "effect of {} on other main tasks (aux)",
    TOKEN: "effect of {} on token-level main tasks (aux)",
    TEXT: "effect of {} on text-level main tasks (aux)",
}


def identity_columns(kind: "pd.Series", measured: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Names of the columns for the auxiliaries of these pairs (main, aux).

    Those by level are left out where all main tasks are of one level.

    kind : task → kind, as `Task.kind_and_unit` names it
    """
    measured = list(measured)
    auxs = sorted({aux for _, aux in measured})
    levels = {_level(kind[main]) for main, _ in measured}
    return tuple(
        level + aux
        for level in (ANY, *(p for p in (TOKEN, TEXT) if len(levels) > 1))
        for aux in auxs
    )


def identity_values(
    kind: "pd.Series", pairs: Sequence[tuple[str, str]], columns: Sequence[str]
) -> np.ndarray:
    """The columns of these names for pairs (main, aux), float array (n_pairs, n_columns)."""
    own = [{ANY + aux, _level(kind[main]) + aux} for main, aux in pairs]
    return np.array([[c in names for c in columns] for names in own], float).reshape(
        len(pairs), len(columns)
    )


def is_identity(column: str) -> bool:
    """Whether a column of a fitted index is one of these."""
    return column.startswith(tuple(_WORDS))


def identity_in_words(column: str) -> str:
    """What such a column stands for.

    >>> identity_in_words("is_pos")
    'effect of pos on other main tasks (aux)'
    """
    prefix = next(p for p in _WORDS if column.startswith(p))
    return _WORDS[prefix].format(column.removeprefix(prefix))


def _level(kind: str) -> str:
    return TOKEN if kind in PER_TOKEN else TEXT
