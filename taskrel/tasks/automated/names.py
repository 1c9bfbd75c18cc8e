"""Names of automated tasks: "topic:next_word" is made from "topic".

They are apart from the code that makes the tasks, which imports the readers.
"""

from taskrel.errors import UsageError, nearest

#: The keys of `automated.AUTOMATED`.
AUTOMATED_NAMES = ("next_word", "next_char", "missing_word")


def split_name(name: str) -> tuple[str, str]:
    """Base and kind of the name or card of an automated task; any other name and "".

    >>> split_name("topic:next_word"), split_name("topic")
    (('topic', 'next_word'), ('topic', ''))
    """
    base, _, what = name.rpartition(":")
    return (base, what) if base and what in AUTOMATED_NAMES else (name, "")


def is_automated(name: str) -> bool:
    """Whether a task of this name is made from the texts of another task."""
    return bool(split_name(name)[1])


def check_name(name: str) -> None:
    """Raise `UsageError` for a name such as "topic:next_wrod"; colons in paths are allowed."""
    base, _, what = name.rpartition(":")
    if base and not set(what) & set("/\\.") and what not in AUTOMATED_NAMES:
        raise UsageError(
            f"task {name!r}: no automated task is called {what!r}; {nearest(what, AUTOMATED_NAMES)}"
        )


def check_main(name: str) -> None:
    """Raise `UsageError` if the main task is an automated one."""
    if is_automated(name):
        raise UsageError(
            f"main task {name!r}: an automated task is an auxiliary only; did you "
            f"mean {split_name(name)[0]}?"
        )
