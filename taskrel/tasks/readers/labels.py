"""A cell of a file, or a value of a column, as a label: the same rules in every reader."""

import ast
import math
import re
import warnings
from decimal import Decimal
from numbers import Real
from typing import Any

_WHOLE = re.compile(r"([-+]?\d+)\.0+")
#: An item of a printed list: in quotes, as Python writes it, or without, up to the next comma.
_ITEM = re.compile(
    r"""\s* (?: (?P<quoted> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
             | (?P<bare> [^\s,'"\[\](){}] [^,\[\](){}]*+ ) ) \s* (?:,|(?=['"])|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_BRACKETS = {"[": "]", "(": ")", "{": "}"}


def label_of(value: Any) -> str | None:
    """Name of a label of any scalar type; None for a missing one.

    Blanks around it are dropped, and whole numbers have one form.

    >>> [label_of(v) for v in (" pos ", 1, 1.0, "1.0", 0.5, True, float("nan"), "NaN", "", None)]
    ['pos', '1', '1', '1', '0.5', 'True', None, None, None, None]
    """
    if is_missing(value):
        return None
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, Real | Decimal) and not isinstance(value, bool):
        is_whole = math.isfinite(value) and value == math.floor(value)
        return str(math.floor(value)) if is_whole else str(value)
    text = str(value).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def is_missing(value: Any) -> bool:
    """Whether a scalar is none: None, NaN, NaT, NA, a blank string, or "nan" as pandas prints it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return not value.strip() or value.strip() in ("nan", "NaN")
    return isinstance(value, Real | Decimal) and math.isnan(value)


def printed_list(text: str) -> list[str | None] | None:
    """Items of a list, tuple or set that was written as Python, NumPy or JSON prints it.

    Returns None for a text that is no such list. An item that is None, null or nan is None.

    >>> printed_list("['pos', 'loud']"), printed_list("[]"), printed_list('["a, b"]')
    (['pos', 'loud'], [], ['a, b'])
    >>> printed_list("['a' 'b']"), printed_list("[1, 2]"), printed_list("{'a'}")
    (['a', 'b'], ['1', '2'], ['a'])
    >>> printed_list("pos, loud"), printed_list("(pos)")
    (None, None)
    """
    text = text.strip()
    if text == "set()":
        return []
    if len(text) < 2 or _BRACKETS.get(text[0]) != text[-1]:
        return None
    inner, items, at = text[1:-1].strip(), [], 0
    while at < len(inner):
        match = _ITEM.match(inner, at)
        if match is None or (match["bare"] and text[0] != "["):
            return None  # "(pos)" and "{pos}" are words in brackets
        at = match.end()
        if match["quoted"]:
            items.append(label_of(_unquoted(match["quoted"])))
        elif re.fullmatch(r"[-+.\d\s]+", match["bare"]):  # NumPy: "[1 2]"
            items += map(label_of, match["bare"].split())
        else:
            word = match["bare"].strip()
            items.append(None if word in ("None", "null") else label_of(word))
    return items


def _unquoted(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an escape that Python does not know stays as it is
        try:
            return ast.literal_eval(literal)
        except (SyntaxError, ValueError):
            return literal[1:-1]
