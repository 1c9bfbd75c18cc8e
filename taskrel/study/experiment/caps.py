"""Caps of the command line: ``--limit shop=500`` is the entry {card = "shop", limit = 500}."""

from collections.abc import Mapping, Sequence

import msgspec

from taskrel.errors import UsageError, nearest
from taskrel.study.experiment.experiment import Entry
from taskrel.tasks.automated.names import split_name

#: Field of an entry → task → largest number of examples.
Caps = Mapping[str, Mapping[str, int]]


def capped(found: Sequence[Entry], caps: Caps) -> tuple[Entry, ...]:
    """The same entries with these caps; automated tasks of a capped task are capped alike.

    Two that the cap makes the same are one.

    Raises `UsageError` for a cap of a task that is not among them.
    """
    cards = {entry.base.card_name for entry in found}
    for field, own in caps.items():
        for name in own:
            if name not in cards:
                raise UsageError(
                    f"--{field} {name}={own[name]}: no task {name!r} in --tasks; "
                    f"{nearest(name, cards)}"
                )
    result = []
    for entry in found:
        own = {field: n for field, of in caps.items() if (n := of.get(entry.base.card_name))}
        new = msgspec.structs.replace(entry, **own)
        if not own or new not in result:
            result.append(new)
    return tuple(result)


def renamed(name: str, found: Sequence[Entry]) -> str:
    """The name that a task has among capped entries: "shop" may be called "shop_500"."""
    base, what = split_name(name)
    for entry in found:
        if entry.card_name == base:
            return entry.automated(what).name if what else entry.name
    return name
