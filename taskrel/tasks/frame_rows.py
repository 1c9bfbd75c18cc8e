"""Rows of a DataFrame as examples: texts and their labels, lists of tokens and their tags.

Rows are named by their position, as in ``df.iloc``: the index of the frame plays no part.
"""

import math
from collections import Counter
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from taskrel.errors import DataError
from taskrel.tasks.readers.source import Example
from taskrel.tasks.text import tokenize


def read_text(text: Any, target: Any, kind: str, where: str, tally: Counter) -> Example | None:
    """Example of a text with one label, or with a list of labels (multilabel).

    where : name of the row, for errors
    tally : counts what is left out or missing

    Returns None for a blank text, and for a text whose list of labels is missing.
    """
    if not isinstance(text, str) and not is_missing(text):
        raise DataError(f"{where}: expected a text, found {_shown(text)}")
    tokens = [] if is_missing(text) else [token.text for token in tokenize(text)]
    if not tokens:
        tally["blank texts"] += 1
        return None
    if kind == "classification":
        label = _label(target, where, "; name a column of lists with labels=")
        if label is None:
            tally["texts without a label"] += 1
        return Example(tokens, label)
    if is_missing(target):
        tally["texts without a list of labels"] += 1
        return None
    labels = [_label(value, where) for value in _list(target, where, "labels")]
    if None in labels:
        tally["missing labels in lists of labels"] += labels.count(None)
    return Example(tokens, [label for label in dict.fromkeys(labels) if label is not None])


def read_tokens(tokens: Any, tags: Any, where: str, tally: Counter) -> Example | None:
    """Example of a list of tokens with a label for each; None if there are no tokens.

    where, tally : as in `read_text`
    """
    tokens = [] if is_missing(tokens) else _list(tokens, where, "tokens")
    for token in tokens:
        if not isinstance(token, str) or not token.strip():
            raise DataError(
                f"{where}: expected tokens that are strings and not blank, found {_shown(token)}"
            )
    tags = [None] * len(tokens) if is_missing(tags) else _list(tags, where, "tags")
    labels = [_label(tag, where) for tag in tags]
    if len(tokens) != len(labels):
        raise DataError(
            f"{where}: expected as many tags as tokens, found {len(labels)} tags and "
            f"{len(tokens)} tokens"
        )
    if not tokens:
        tally["texts without tokens"] += 1
        return None
    if None in labels:
        tally["tokens without a label"] += labels.count(None)
    return Example(list(map(str, tokens)), labels)


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or NA."""
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def label_name(value: Any) -> str | None:
    """Name of a label of any scalar type; None for a missing label, "" for a blank one.

    >>> [label_name(x) for x in (1, 1.0, np.int64(1), True, 0.5, " a ", None, float("nan"))]
    ['1', '1', '1', 'True', '0.5', 'a', None, None]
    """
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, Real | Decimal) and math.isfinite(value) and value == round(value):
        return str(round(value))
    return str(value).strip()


def _label(value: Any, where: str, remedy: str = "") -> str | None:
    if not pd.api.types.is_scalar(value):
        raise DataError(f"{where}: expected one label, found {_shown(value)}{remedy}")
    label = label_name(value)
    if label == "":
        raise DataError(
            f"{where}: expected a label, found a blank one; write None if it is missing"
        )
    return label


def _list(value: Any, where: str, what: str) -> list:
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value.tolist()
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, set | frozenset) and what == "labels":
        return sorted(value, key=str)
    raise DataError(f"{where}: expected a list of {what}, found {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:39] + '…'} ({type(value).__name__})"
