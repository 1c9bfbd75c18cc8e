"""TSV, CSV and similar files: one text per row, with its label or labels in other columns.

A row is a line, or with ``quoting = true`` a CSV record, whose quoted fields may contain
separators, doubled quotes and line breaks. Where no separator divides the columns, as in
``4 a fine film``, ``pattern`` does. Texts are tokenised by `tasks.text`.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from taskrel.errors import DataError, nearest
from taskrel.io.paths import check_inside
from taskrel.tasks.readers.source import Example, Source

KINDS = ("classification", "multilabel", "regression")

Column = Annotated[int, Meta(ge=1)] | str
Row = tuple[int, list[str]]  # line where it starts, fields


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """A column is a number from 1 or, in a file with a header, a name."""

    text: Column | tuple[Column, ...] = 1  # several columns are joined by a blank
    text_pair: Column | None = None  # second text of a pair
    label: Column = 2
    key: Column | None = None  # rows with the same key stay together in a cut
    separator: Annotated[str, Meta(min_length=1)] = "\t"
    # instead of a separator: a regular expression of a whole line; its groups are the columns
    pattern: str = ""
    quoting: bool = False
    header: bool | tuple[str, ...] = False  # or the names of the files that have one
    label_separator: str = ","  # between the labels of a multilabel text
    labels_file: str = ""  # a file in the data folder; labels are numbers of its lines
    first_label: int = 0  # the number of its first line
    # multilabel: column → label; each column says whether the text has this label
    flags: dict[str, str] = {}
    yes: str = "y"  # in such a column
    no: str = "n"
    replace: dict[str, str] = {}  # literal pieces of text → what replaces them, in this order
    leave_out: str = ""  # a regular expression; texts that it matches as a whole are left out
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.labels_file:
            check_inside("labels_file", self.labels_file)


def read(source: Source) -> Iterator[Example]:
    """Yield one example per row."""
    options: Options = source.options
    rows = _rows(source)
    has_header = options.header is True or (
        options.header is not False and source.path.name in options.header
    )
    names = next(rows, (1, []))[1] if has_header else None
    texts = options.text if isinstance(options.text, tuple) else (options.text,)
    text_at = [_index(source, "text", column, names) for column in texts]
    pair_at = (
        None if options.text_pair is None else _index(source, "text_pair", options.text_pair, names)
    )
    key_at = None if options.key is None else _index(source, "key", options.key, names)
    flags = {
        _index(source, "flags", column, names): label for column, label in options.flags.items()
    }
    label_at = (
        None if source.label is not None or flags else _index(source, "label", options.label, names)
    )
    label_names = (
        source.lines(path=source.folder / options.labels_file) if options.labels_file else None
    )
    wanted = 1 + max(i for i in (*text_at, *flags, pair_at, key_at, label_at) if i is not None)
    unwanted = _compiled(source, "leave_out")
    for line, row in rows:
        if row in ([], [""]):
            source.leave_out("blank lines")
            continue
        if len(row) < wanted:
            how = (
                "that options.pattern finds"
                if options.pattern
                else f"separated by {options.separator!r}"
            )
            raise source.error(
                line,
                f"expected at least {wanted} columns {how}, found {len(row)}; "
                "correct the line, or set options.separator, options.quoting, "
                "options.pattern or the columns",
            )
        text = _mended(" ".join(row[i] for i in text_at), options.replace)
        if unwanted is not None and unwanted.fullmatch(text.strip()):
            source.leave_out("texts that options.leave_out matches")
            continue
        if flags:
            target: str | list[str] = _flagged(source, line, row, flags)
        else:
            cell = (source.label or "") if label_at is None else row[label_at]
            target = _target(source, line, cell, label_names)
        tokens = (
            source.tokens(text)
            if pair_at is None
            else source.pair(text, _mended(row[pair_at], options.replace))
        )
        yield Example(tokens, target, key="" if key_at is None else row[key_at])


def _mended(text: str, replace: dict[str, str]) -> str:
    for old, new in replace.items():
        text = text.replace(old, new)
    return text


def _rows(source: Source) -> Iterator[Row]:
    options: Options = source.options
    if options.pattern:
        return _matched_rows(source)
    if not options.quoting:
        return (
            (line, text.split(options.separator))
            for line, text in enumerate(source.lines(options.encoding), start=1)
        )
    if len(options.separator) != 1:
        raise source.error(
            None,
            "with options.quoting, options.separator must be one character, "
            f"found {options.separator!r}",
        )
    return quoted_rows(source, options.separator, options.encoding)


def _matched_rows(source: Source) -> Iterator[Row]:
    if source.options.quoting:
        raise source.error(
            None, "options.pattern and options.quoting cannot both be set; remove one of them"
        )
    pattern = _compiled(source, "pattern")
    if pattern is None:
        return
    for line, text in enumerate(source.lines(source.options.encoding), start=1):
        match = pattern.fullmatch(text)
        if match is None and text.strip():
            raise source.error(
                line,
                "expected a line that options.pattern matches as a whole, "
                f"found {text[:40]!r}; correct the line or the pattern",
            )
        yield line, list(match.groups("")) if match else []


def quoted_rows(source: Source, separator: str = ",", encoding: str = "utf-8") -> Iterator[Row]:
    """Yield line and fields of each CSV record; raises `DataError` for malformed quoting."""
    text = source.text(encoding).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    # The default, 131,072 characters per field, is a setting of the whole process.
    limit = csv.field_size_limit(max(len(text), 1))
    rows, line = [], 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as e:
        raise source.error(
            line,
            f"the quoted row that starts here is malformed ({e}); correct it, or set "
            "options.quoting = false if quotes are ordinary characters",
        ) from None
    finally:
        csv.field_size_limit(limit)
    yield from rows


def _index(source: Source, field: str, column: Column, names: list[str] | None) -> int:
    if isinstance(column, int):
        return column - 1
    if names is None:
        raise source.error(
            None,
            f"options.{field} is the name of a column, {column!r}, but the file has no "
            "header; give the column's number, or set options.header",
        )
    if column not in names:
        raise source.error(
            1, f"options.{field}: no column is called {column!r}; {nearest(column, names)}"
        )
    return names.index(column)


def _compiled(source: Source, field: str) -> re.Pattern | None:
    expression = getattr(source.options, field)
    try:
        return re.compile(expression) if expression else None
    except re.error as e:
        raise source.error(None, f"options.{field} is not a regular expression: {e}") from None


def _flagged(source: Source, line: int, row: list[str], flags: dict[int, str]) -> list[str]:
    """Labels whose columns say yes."""
    options: Options = source.options
    for i, label in flags.items():
        if row[i].strip() not in (options.yes, options.no):
            raise source.error(
                line,
                f"column {i + 1}, of label {label!r}: expected {options.yes!r} or "
                f"{options.no!r}, found {row[i]!r}; set options.yes and options.no",
            )
    return [label for i, label in flags.items() if row[i].strip() == options.yes]


def _target(source: Source, line: int, cell: str, names: list[str] | None) -> str | list[str]:
    options: Options = source.options
    if source.kind != "multilabel":
        return _label(source, line, cell, names)
    parts = cell.split(options.label_separator) if options.label_separator else [cell]
    return [_label(source, line, p, names) for p in parts] if cell.strip() else []


def _label(source: Source, line: int, cell: str, names: list[str] | None) -> str:
    label = cell.strip()
    if not label:
        raise source.error(
            line,
            f"the label (options.label = {source.options.label!r}) is blank; "
            "add a label, or remove the line",
        )
    if names is None:
        return label
    first = source.options.first_label
    if label.isdecimal() and first <= int(label) < first + len(names):
        return names[int(label) - first]
    raise _no_such_label(source, line, label, len(names))


def _no_such_label(source: Source, line: int, label: str, n: int) -> DataError:
    first = source.options.first_label
    return source.error(
        line,
        f"expected a label from {first} to {first + n - 1}, the number of a line of "
        f"{source.options.labels_file}, found {label!r}; set "
        "options.first_label if the first line has another number",
    )
