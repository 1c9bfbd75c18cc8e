"""The errors that taskrel raises; each message says what, where, expected, found, what to do.

Library code raises; only a command's ``main()`` turns a `TaskrelError` into one
sentence on stderr and exit code 2.
"""

import difflib
from collections.abc import Iterable


class TaskrelError(Exception):
    """Anything the user can mend: a card, a file, an option, a store."""


class UsageError(TaskrelError):
    """A command line or experiment asks for something that does not exist."""


class CardError(TaskrelError):
    """A task card is malformed or contradicts itself."""


class DataError(TaskrelError):
    """A data file is missing, damaged or does not fit its card."""


class VectorsError(TaskrelError):
    """A word-vector file is missing or malformed."""


class RecipeError(TaskrelError):
    """A recipe or experiment file is malformed or contradicts itself."""


class StoreError(TaskrelError):
    """A store is corrupt, locked, newer than this code or not writable."""


class EvidenceError(TaskrelError):
    """The evidence at hand cannot answer the question."""


def nearest(name: str, known: Iterable[str], n: int = 3) -> str:
    """Return a clause that names what exists: the closest names, or all of a short list.

    >>> nearest("chnk", ["chunk", "pos", "ner", "mwe", "ccg", "topic", "frames"])
    'did you mean chunk?'
    """
    known = sorted(known)
    small = {k.casefold(): k for k in known}
    close = [small[k] for k in difflib.get_close_matches(name.casefold(), small, n=n)]
    if close:
        return f"did you mean {' or '.join(close)}?"
    if not known:
        return "there are none"
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    return f"known: {', '.join(known[:12])}{more}"
