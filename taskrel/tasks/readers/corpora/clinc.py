"""CLINC150: one JSON object whose lists, such as "val" and "oos_val", hold [text, intent] pairs."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from taskrel.errors import nearest
from taskrel.tasks.card import SplitName
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source

KINDS = ("classification",)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Lists that are not named are left out and counted."""

    lists: dict[str, SplitName]  # name of a list → split of its texts


def read(source: Source) -> Iterator[Example]:
    """Yield one example per pair, list by list as the options name them."""
    try:
        text = source.text().removeprefix("\ufeff")
        lists = msgspec.json.decode(text, type=dict[str, list[tuple[str, str]]])
    except msgspec.DecodeError as e:
        raise source.error(
            None, f"expected an object of lists of [text, intent] pairs in JSON: {e}"
        ) from None
    wanted: dict[str, SplitName] = source.options.lists
    for name in wanted:
        if name not in lists:
            raise source.error(
                None, f"options.lists: no list is called {name!r}; {nearest(name, lists)}"
            )
    for name, pairs in lists.items():
        if name not in wanted:
            what = f"texts of the list {name!r}, which options.lists does not name"
            source.leave_out(what, len(pairs))
    for name, split in wanted.items():
        for text, intent in lists[name]:
            yield Example(source.tokens(text), label_of(intent), split=split)
