"""Names of automated tasks, apart from the code that makes them, which waits for the readers.

An automated task is called after the task that it is made from: "topic:next_word".
"""

from taskrel.errors import UsageError, nearest

#: The keys of `automated.AUTOMATED`.
AUTOMATED_NAMES = ("next_word", "next_char", "missing_word")


def split_name(name: str) -> tuple[str, str]:
    """Base and kind of an automated task's name or card; of any other the name itself and "".

    >>> split_name("topic:next_word"), split_name("topic")
    (('topic', 'next_word'), ('topic', ''))
    """
    base, _, what = name.rpartition(":")
    return (base, what) if base and what in AUTOMATED_NAMES else (name, "")


def is_automated(name: str) -> bool:
    """Whether a task of this name is made from another one's texts."""
    return bool(split_name(name)[1])


def check_name(name: str) -> None:
    """Raise `UsageError` for a name such as "topic:next_wrod"; paths may have colons."""
    base, _, what = name.rpartition(":")
    if base and not set(what) & set("/\\.") and what not in AUTOMATED_NAMES:
        raise UsageError(
            f"task {name!r}: no automated task is called {what!r}; {nearest(what, AUTOMATED_NAMES)}"
        )


def check_main(name: str) -> None:
    """Raise `UsageError` where the main task asked about is an automated one."""
    if is_automated(name):
        raise UsageError(
            f"main task {name!r}: an automated task is an auxiliary only; did you "
            f"mean {split_name(name)[0]}?"
        )
