"""Entities of CoNLL-U: the outermost spans of the ``Entity`` marks in column 10 (misc).

The mark ``(5-person-new`` opens an entity of type "person" at its word, ``5)`` closes
the entity that was opened last with this number, and ``(6-place-new)`` does both. A word
may have several marks, and entities may be nested. Of entities that overlap, the one that
opens first is labelled, and of those that open at the same word the longest.

Source: https://wiki.gucorpling.org/gum/conllu
"""

import re
from typing import NamedTuple

_MARK = re.compile(
    r"\((?P<opened>[^()-]+)-(?P<type>[^()-]+)[^()]*(?P<at_once>\))?"
    r"|(?P<closed>[^()-]+)\)"
)


class Entity(NamedTuple):
    """A typed span of words, both ends inclusive."""

    start: int
    end: int
    type: str


def read_entities(misc: list[str]) -> list[Entity]:
    """Entities of a sentence, from column 10 of each word, in the order of their opening.

    Raises `ValueError` for malformed marks, for a mark that closes an entity that is not
    open, and for an entity that is not closed. Words are counted from 1.
    """
    found: list[Entity] = []
    still: dict[str, list[int]] = {}  # number of an open entity → positions in `found`
    for i, cell in enumerate(misc):
        marks = _value(cell)
        at = 0
        for mark in _MARK.finditer(marks):
            if mark.start() != at:
                break
            at = mark.end()
            if mark["closed"] is None:
                if mark["at_once"] is None:
                    still.setdefault(mark["opened"], []).append(len(found))
                found.append(Entity(i, i, mark["type"]))
            elif still.get(mark["closed"]):
                k = still[mark["closed"]].pop()
                found[k] = found[k]._replace(end=i)
            else:
                raise ValueError(
                    f"word {i + 1} closes an entity that is not open, {mark['closed']!r}"
                )
        if at != len(marks):
            raise ValueError(
                f"expected marks such as (5-person-new or 5) at word {i + 1}, found {marks!r}"
            )
    unclosed = [number for number, opened in still.items() if opened]
    if unclosed:
        raise ValueError(f"entity {unclosed[0]!r} is opened but not closed")
    return found


def outermost(entities: list[Entity]) -> list[Entity]:
    """Entities without those that overlap an earlier one, or a longer one at the same word."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        if not kept or entity.start > kept[-1].end:
            kept.append(entity)
    return kept


def _value(cell: str) -> str:
    return next(
        (part.removeprefix("Entity=") for part in cell.split("|") if part.startswith("Entity=")), ""
    )
