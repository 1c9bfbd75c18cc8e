"""One text per line; all texts of a file have one label, which its ``[[files]]`` entry names."""

from collections.abc import Iterator

from msgspec import Struct

from taskrel.tasks.readers.source import Example, Source

KINDS = ("classification", "multilabel", "regression")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Encoding of the file."""

    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per line."""
    if source.label is None:
        raise source.error(
            None, "reader 'lines' needs one label for the whole file; set files.label in the card"
        )
    target = [source.label] if source.kind == "multilabel" else source.label
    for line in source.rows(source.options.encoding):
        yield Example(source.tokens(line), target)
