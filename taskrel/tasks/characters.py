"""Texts as characters: each character that is kept is a token."""

import re
from functools import lru_cache


def spell(text: str, keep: str, lower: bool = False) -> tuple[list[str], int]:
    """Return the characters of `text` that are in `keep`, and the number of the others.

    Any white space counts as one blank, which is kept if it is in `keep`.

    >>> spell("Oh  ❤ no!", "hno !", lower=True)
    (['h', ' ', 'n', 'o', '!'], 1)
    """
    text = text.lower() if lower else text
    kept = _others(keep).sub("", text)
    return list((" " if " " in keep else "").join(kept.split())), len(text) - len(kept)


@lru_cache
def _others(keep: str) -> re.Pattern:
    """Pattern of characters that are neither kept nor white space."""
    return re.compile(rf"[^{re.escape(keep)}\s]+")
