"""Paragraphs and numbers as the text of a validation shows them."""

import textwrap
from typing import Any

#: Columns of the terminal.
WIDTH = 120


def wrapped(paragraph: str) -> str:
    """The paragraph in lines of at most `WIDTH` characters."""
    return textwrap.fill(paragraph, WIDTH, break_on_hyphens=False)


def with_interval(figure: dict[str, Any] | None, form: str = ".2f") -> str:
    """Value and interval; without the zeros before the points, so that ten columns fit.

    >>> with_interval({"value": 0.476, "low": -0.108, "high": 1.0})
    '0.48 [-.11, 1.00]'
    >>> with_interval(None)
    '–'
    """
    if figure is None:
        return "–"
    value = f"{figure['value']:{form}}"
    if figure["low"] is None:
        return value
    low, high = (f"{round(figure[end], 2) + 0.0:.2f}" for end in ("low", "high"))  # no "-0.00"
    return f"{value} [{_short(low)}, {_short(high)}]"


def _short(number: str) -> str:
    return number.replace("0.", ".", 1) if number.lstrip("-").startswith("0.") else number
