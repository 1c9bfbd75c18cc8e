"""Lists printed into one string, as pandas writes a column of lists to CSV."""

import ast
import re
import warnings

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


def printed_list(text: str) -> list | None:
    """Items of a list, tuple or set of strings and numbers that was printed; None for other text.

    NumPy prints its arrays without commas.

    >>> printed_list("['pos', 'loud']"), printed_list("['pos' 'loud']"), printed_list("[]")
    (['pos', 'loud'], ['pos', 'loud'], [])
    >>> printed_list("pos, loud"), printed_list("[sic]")
    (None, None)
    """
    text = text.strip()
    if text[:1] + text[-1:] not in ("[]", "()", "{}"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\d"
            items = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(items, set):
        items = sorted(items, key=str)
    if not isinstance(items, list | tuple) or not all(map(_is_scalar, items)):
        return None
    quoted = _QUOTED.findall(text)
    if len(quoted) > sum(isinstance(item, str) for item in items):
        # Python joins strings that no comma divides.
        return [ast.literal_eval(item) for item in quoted]
    return list(items)


def _is_scalar(item: object) -> bool:
    return item is None or isinstance(item, str | int | float)
