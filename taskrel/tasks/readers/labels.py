"""A cell of a file, or a value of a column, as a label: the same rules in every reader."""

import math
import re
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

_WHOLE = re.compile(r"([-+]?\d+)\.0+")


def label_of(value: Any) -> str | None:
    """Name of a label of any scalar type; None for a missing one.

    Blanks around it are dropped, and whole numbers have one form.

    >>> [label_of(v) for v in (" pos ", 1, 1.0, "1.0", 0.5, True, float("nan"), "NaN", "", None)]
    ['pos', '1', '1', '1', '0.5', 'True', None, None, None, None]

    Raises `ValueError` for a whole number of more than 4,300 digits, which Python does not print.
    """
    if is_missing(value):
        return None
    if isinstance(value, Integral) and not isinstance(value, bool):  # of any size
        return str(int(value))
    if isinstance(value, Real | Decimal) and not isinstance(value, bool):
        whole = math.isfinite(value) and value == round(value)
        return str(round(value)) if whole else str(value)
    text = str(value).strip()
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def is_missing(value: Any) -> bool:
    """Whether a scalar is none: None, NaN, NaT, NA, a blank string, or "nan" as pandas prints it."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return not value.strip() or value.strip() in ("nan", "NaN")
    if isinstance(value, Integral):  # may be too large for a float
        return False
    return isinstance(value, Real | Decimal) and math.isnan(value)
