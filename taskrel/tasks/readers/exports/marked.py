"""What every tool's export comes down to: a text with marked spans, or with labels of its own."""

from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from taskrel.tasks.readers.exports.rows import Row
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.rows import shown


class Marked(NamedTuple):
    """A span as the tool wrote it: offsets with exclusive end, and its text if that is given."""

    start: int
    end: int
    label: str
    surface: str | None = None


class Annotated(NamedTuple):
    """An annotated text: its spans, and the labels of the whole text."""

    row: Row
    text: str
    spans: list[Marked]
    labels: list[str]


class _Span(Struct):
    start: int
    end: int
    label: str | int
    text: str | None = None


def marked(row: Row, value: Any) -> Marked:
    """Decode one span: ``[0, 5, "PER"]``, or an object with start, end and label.

    An object may have start_offset and end_offset instead. Raises `DataError` for any other
    value, and for a label that is blank.
    """
    fields = value
    if isinstance(value, list):
        fields = dict(zip(("start", "end", "label"), value, strict=False))
    elif isinstance(value, dict) and "start_offset" in value:
        fields = value | {"start": value["start_offset"], "end": value.get("end_offset")}
    try:
        span = msgspec.convert(fields, _Span)
    except (msgspec.ValidationError, RecursionError):
        raise row.error(
            'expected a span such as [0, 5, "PER"], with whole numbers for its start and end, '
            f"found {shown(value)}"
        ) from None
    return Marked(span.start, span.end, label(row, span.label), span.text)


def label(row: Row, value: Any) -> str:
    """Name of a label; raises `DataError` if it is missing, or no scalar."""
    name = None if isinstance(value, (list, dict)) else label_of(value)
    if name is None:
        raise row.error(f"expected a label, found {shown(value)}")
    return name


def listed(row: Row, name: str, value: Any) -> list:
    """Return the items of a field; none for null. Raises `DataError` where it is no list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise row.error(f"field {name!r}: expected a list, found {shown(value)}")
    return value
