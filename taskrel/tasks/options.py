"""A card's reader and the reader's options, checked before any file is read."""

from types import ModuleType
from typing import Any

from taskrel.errors import CardError, nearest
from taskrel.io.toml import convert
from taskrel.tasks.card import Card
from taskrel.tasks.readers import READERS


def reader_of(card: Card) -> tuple[ModuleType, Any]:
    """Return the reader that a card names, and its options, decoded from the card's.

    Raises `CardError` for an unknown reader, a kind that the reader does not read, a card
    without files, an unknown option, and an option that names a file outside the data folder.
    """
    if card.reader not in READERS:
        raise CardError(
            f"card {card.name}: field 'reader': unknown reader {card.reader!r}; "
            f"{nearest(card.reader, READERS)}"
        )
    reader = READERS[card.reader]
    kinds = getattr(reader, "KINDS", ("tagging",))
    if card.kind not in kinds:
        raise CardError(
            f"card {card.name}: field 'kind': reader {card.reader!r} reads "
            f"{' and '.join(kinds)}, not {card.kind}; change kind or reader"
        )
    if not card.files and not getattr(reader, "GENERATES", False):
        raise CardError(
            f"card {card.name}: field 'files' is missing: reader {card.reader!r} "
            "needs at least one file"
        )
    return reader, convert(card.options, reader.Options, f"card {card.name}, [options]", CardError)
