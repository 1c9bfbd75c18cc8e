"""Rows of an export: JSON lines, or one JSON document that is an array of rows or a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from taskrel.errors import DataError, nearest
from taskrel.tasks.readers.jsonl import INVALID, decoded, parsed
from taskrel.tasks.readers.rows import shown
from taskrel.tasks.readers.source import Source


@dataclass(frozen=True)
class Row:
    """One annotated text as the tool wrote it.

    where : its position, such as "line 3", for errors
    value : decoded JSON
    text_field : name of the field of the text; "" for the tool's own
    """

    source: Source
    where: str
    value: Any
    text_field: str = ""

    def error(self, message: str) -> DataError:
        """Return an error that names the file and the row."""
        return DataError(f"{self.source.path}, {self.where}: {message}")

    def text(self, fields: Any, *names: str) -> str:
        """The text in `fields`: of the card's field, or else of the first of `names` there is."""
        wanted = (self.text_field,) if self.text_field else names
        if not isinstance(fields, dict):
            raise self.error(f"expected an object with a text, found {shown(fields)}")
        name = next((name for name in wanted if name in fields), None)
        if name is None:
            raise self.error(
                f"field {wanted[0]!r} is missing; {nearest(wanted[0], fields)}; set options.text "
                "in the card to the field that has the text"
            )
        if not isinstance(fields[name], str):
            raise self.error(f"field {name!r}: expected a text, found {shown(fields[name])}")
        return fields[name]


def decode(source: Source, text: str, text_field: str = "") -> Iterator[Row]:
    """Yield the rows of a file's text; blank lines are counted.

    Raises `DataError` where it is not JSON.
    """
    text = text.removeprefix("\ufeff")
    try:
        document = parsed(text)
    except INVALID:
        yield from _lines(source, text, text_field)
        return
    several = isinstance(document, list) and not (document and isinstance(document[0], str))
    for i, value in enumerate(document if several else [document], start=1):
        yield Row(source, f"item {i}", value, text_field)


def _lines(source: Source, text: str, text_field: str) -> Iterator[Row]:
    """Rows of JSON lines."""
    first = True
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        if not line.strip():
            source.leave_out("blank lines")
            continue
        try:
            value = parsed(line)
        except INVALID:  # if it is the first line, of one document that is over several
            value = decoded(source, 1, text) if first else decoded(source, number, line)
        first = False
        yield Row(source, f"line {number}", value, text_field)
