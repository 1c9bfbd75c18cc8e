"""JSON: an object per line, one array of objects, or one object of columns.

Columns are lists, or objects of row numbers, as pandas writes them. Spans of characters, as
annotation tools export them, have a reader of their own.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from taskrel.tasks.readers.rows import KINDS, Row, RowOptions, examples, shown
from taskrel.tasks.readers.source import Example, Source

__all__ = ["KINDS", "Options", "read"]

#: What `parsed` raises for what is no JSON, or is nested too deeply.
INVALID = (ValueError, RecursionError, msgspec.MsgspecError)


class Options(RowOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of the fields, and the encoding."""

    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per object."""
    yield from examples(source, rows(source))


def rows(source: Source) -> Iterator[tuple[int | str, Row]]:
    """Yield line or item, and object, of any of the three forms."""
    lines = source.lines(source.options.encoding)
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    first = _object(numbered[0][1]) if numbered else {}
    if first is None:
        yield from _document(source, decoded(source, 1, "\n".join(lines)))
    elif len(numbered) == 1 and _is_columns(source, first):
        yield from _columns(source, first)
    else:
        if len(numbered) < len(lines):
            source.leave_out("blank lines", len(lines) - len(numbered))
        for number, line in numbered:
            yield number, _checked(source, number, decoded(source, number, line))


def _document(source: Source, value: Any) -> Iterator[tuple[str, Row]]:
    """Rows of a file that is one JSON value."""
    if isinstance(value, list):
        for i, row in enumerate(value, start=1):
            yield f"item {i}", _checked(source, f"item {i}", row)
    elif isinstance(value, dict) and _is_columns(source, value):
        yield from _columns(source, value)
    else:
        raise source.error(
            None,
            "expected a JSON object per line, one array of objects, or one object of columns, "
            f"found {shown(value)}",
        )


def _is_columns(source: Source, value: dict) -> bool:
    """Whether an object has the columns of many rows, and not the fields of one."""
    options: Options = source.options
    if options.text in value:
        return isinstance(value[options.text], list | dict)
    if options.tokens in value:
        tokens = value[options.tokens]
        tokens = list(tokens.values()) if isinstance(tokens, dict) else tokens
        return isinstance(tokens, list) and all(isinstance(item, list) for item in tokens)
    return bool(value) and all(isinstance(column, list) for column in value.values())


def _columns(source: Source, value: dict) -> Iterator[tuple[str, Row]]:
    columns = _by_row_number(source, value)
    sizes = {name: len(c) if isinstance(c, list) else 0 for name, c in columns.items()}
    if len(set(sizes.values())) != 1:
        raise source.error(
            None, f"expected columns of the same length, found {shown(sizes)}; write them again"
        )
    for i, row in enumerate(zip(*columns.values(), strict=True), start=1):
        yield f"item {i}", dict(zip(columns, row, strict=True))


def _by_row_number(source: Source, value: dict) -> dict:
    """The columns as lists: objects of row numbers are aligned by these, not by their order."""
    first = next((name for name, column in value.items() if isinstance(column, dict)), None)
    if first is None:
        return value
    rows = value[first]
    for name, column in value.items():
        if not isinstance(column, dict) or column.keys() != rows.keys():
            raise source.error(
                None,
                f"expected the same row numbers in every column, but those of {first!r} and "
                f"{name!r} differ; write the columns again",
            )
    return {name: [column[row] for row in rows] for name, column in value.items()}


def _checked(source: Source, place: int | str, row: Any) -> Row:
    if not isinstance(row, dict):
        raise source.error(place, f"expected a JSON object, found {shown(row)}")
    return row


def _object(line: str) -> dict | None:
    """The object that a line is; None if it is something else, or a part of an object."""
    if not line.lstrip().startswith("{"):
        return None
    try:
        return parsed(line)
    except INVALID:
        return None


def decoded(source: Source, line: int, text: str) -> Any:
    """Decode text that starts at a line; raises `DataError` where it is no JSON."""
    try:
        return parsed(text)
    except json.JSONDecodeError as e:
        raise source.error(
            line + e.lineno - 1, f"not valid JSON: {e.msg} at column {e.colno}; correct it"
        ) from None
    except RecursionError:
        raise source.error(line, "JSON is nested too deeply; flatten it") from None
    except (ValueError, msgspec.MsgspecError) as e:  # too many digits; half of a character
        why = str(e).split(";")[0]
        raise source.error(line, f"not valid JSON: {why}; correct it") from None


def parsed(text: str) -> Any:
    """Decode text; raises `INVALID`."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Python's own decoder names the line of an error, and takes NaN, which becomes null here.
        # What is no Unicode text, such as half of an emoji, cannot be encoded again.
        return msgspec.json.decode(msgspec.json.encode(json.loads(text)))
