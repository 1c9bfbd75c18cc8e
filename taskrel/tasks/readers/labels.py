"""A cell of a file, or a value of a column, as a label: the same rules in every reader."""

import ast
import math
import re
import warnings
from collections.abc import Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

#: A number without an exponent; not "007" or "1.10.2", which are names.
_NUMBER = re.compile(r"(?=[-+]?\.?[0-9])([-+]?)(0|[1-9][0-9]*)?(?:\.([0-9]*))?")
#: An item of a printed list: in quotes, as Python writes it, or without, up to the next comma.
_ITEM = re.compile(
    r"""\s* (?: (?P<quoted> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
             | (?P<bare> [^\s,'"\[\](){}] [^,\[\](){}]*+ ) ) \s* (?:,|(?=['"])|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBERS = re.compile(r"[-+.\d\s]+")
_BRACKETS = {"[": "]", "(": ")", "{": "}"}


def label_of(value: Any) -> str | None:
    """Name of a label of any scalar type; None for a missing one.

    Blanks around it are dropped, and equal numbers have one form.

    >>> [label_of(v) for v in (" pos ", 1, 1.0, "1.0", "0.50", True, float("nan"), "NaN", "", None)]
    ['pos', '1', '1', '1', '0.5', 'True', None, None, None, None]
    >>> [label_of(v) for v in ("+1", "-0.0", "2.", "007", "1.10.2", "0,5", "1e3")]
    ['1', '0', '2', '007', '1.10.2', '0,5', '1e3']

    Raises `ValueError` for a whole number of more than 4,300 digits, which Python does not print.
    """
    if is_missing(value):
        return None
    if isinstance(value, Integral) and not isinstance(value, bool):  # of any size
        return str(int(value))
    if isinstance(value, Real | Decimal) and not isinstance(value, bool):
        whole = math.isfinite(value) and value == round(value)
        return str(round(value)) if whole else _number(str(value))
    return _number(str(value).strip())


def _number(text: str) -> str:
    """Write a number in its shortest form, so that 1.50 is 1.5; other text is unchanged."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    sign, whole, fraction = match.groups("")
    fraction = fraction.rstrip("0")
    number = f"{whole or '0'}.{fraction}" if fraction else whole or "0"
    return f"-{number}" if sign == "-" and number != "0" else number


def is_missing(value: Any) -> bool:
    """Whether a scalar is none: None, NaN, NaT, NA, a blank string, or "nan" as pandas prints it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return not value.strip() or value.strip() in ("nan", "NaN")
    if isinstance(value, Integral):  # may be too large for a float
        return False
    return isinstance(value, Real | Decimal) and math.isnan(value)


def class_name(value: Any, names: Sequence[str]) -> Any:
    """Name of the code of a ClassLabel of `datasets`, or names of a list of codes.

    None stays None, and so becomes -1, a label that is not public. What is no code is unchanged.

    >>> class_name([0, 1, -1, None], ["down", "up"])
    ['down', 'up', None, None]

    Raises `ValueError` for a code without a name.
    """
    if isinstance(value, list):
        return [class_name(item, names) for item in value]
    if not isinstance(value, int):
        return value
    if not -1 <= value < len(names):
        raise ValueError(
            f"expected a code below {len(names)}, the number of its names, found {value}"
        )
    return None if value < 0 else names[value]


def printed_list(text: str) -> list[str | None] | None:
    """Items of a list, tuple or set that was written as Python, NumPy or JSON prints it.

    Returns None for a text that is no such list. Items are as they stand there, because they may
    be tokens; an item None or null without quotes is None.

    >>> printed_list("['pos', 'loud']"), printed_list("[]"), printed_list('["a, b"]')
    (['pos', 'loud'], [], ['a, b'])
    >>> printed_list("['a' 'b']"), printed_list("[1, 2]"), printed_list("{'a'}")
    (['a', 'b'], ['1', '2'], ['a'])
    >>> printed_list("['1.0', 'nan']")
    ['1.0', 'nan']
    >>> printed_list("pos, loud"), printed_list("(pos)")
    (None, None)
    """
    text = text.strip()
    if text == "set()":
        return []
    if len(text) < 2 or _BRACKETS.get(text[0]) != text[-1]:
        return None
    items: list[str | None] = []
    inner, at = text[1:-1].strip(), 0
    while at < len(inner):
        match = _ITEM.match(inner, at)
        if match is None or (
            match["bare"] and text[0] != "[" and not _NUMBERS.fullmatch(match["bare"])
        ):
            return None  # "(pos)" and "{pos}" are words in brackets
        at = match.end()
        if match["quoted"]:
            items.append(_unquoted(match["quoted"]))
        elif _NUMBERS.fullmatch(match["bare"]):  # NumPy: "[1 2]"
            items += match["bare"].split()
        else:
            word = match["bare"].strip()
            items.append(None if word in ("None", "null") else word)
    return sorted(items, key=str) if text[0] == "{" else items


def _unquoted(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of an unknown escape, and keeps it
        try:
            return ast.literal_eval(literal)
        except (SyntaxError, ValueError):
            return literal[1:-1]
