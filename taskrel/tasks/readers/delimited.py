"""TSV, CSV and similar files: one text per row, with its label or labels in other columns.

A row is a line, or with ``quoting = true`` a CSV record, whose quoted fields may contain
separators, doubled quotes and line breaks. Where no separator divides the columns, as in
``4 a fine film``, ``pattern`` does. Texts are tokenised by `tasks.text`.

All rows should have as many columns as the header, or as most rows. A row with more is an
error, because a separator inside a text shifts its label. Rows with fewer are counted. A line
``sep=;``, which Excel reads and writes, is skipped.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Annotated, Any

from msgspec import Meta, Struct

from taskrel.errors import DataError, nearest
from taskrel.io.paths import check_inside
from taskrel.tasks.readers.labels import label_of, printed_list
from taskrel.tasks.readers.source import DOUBT, Example, Source
from taskrel.tasks.readers.widths import Row, checked_rows

KINDS = ("classification", "multilabel", "regression")

Column = Annotated[int, Meta(ge=1)] | str
#: Target of a multilabel text whose cell of labels says that they are missing.
MISSING_LIST = object()
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """A column is a number from 1 or, in a file with a header, a name."""

    text: Column | tuple[Column, ...] = 1  # several columns are joined by a blank
    text_pair: Column | None = None  # the second text of a pair of texts
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
    rows = list(_without_sep_line(source, _rows(source)))
    if not rows:
        return
    has_header = options.header is True or (
        options.header is not False and source.path.name in options.header
    )
    names = None
    if has_header:
        line, header = rows.pop(0)
        names = header_names(source, header, line)
    texts = options.text if isinstance(options.text, tuple) else (options.text,)
    text_at = [_index(source, "text", column, names) for column in texts]
    pair_at = _index_or_none(source, "text_pair", options.text_pair, names)
    key_at = _index_or_none(source, "key", options.key, names)
    flags = {
        _index(source, "flags", column, names): label for column, label in options.flags.items()
    }
    label_at = (
        None if source.label is not None or flags else _index(source, "label", options.label, names)
    )
    wanted = 1 + max(i for i in (*text_at, *flags, pair_at, key_at, label_at) if i is not None)
    if names is not None and label_at is not None:
        _doubt_header(source, names, label_at, rows)
    unwanted = _compiled(source, "leave_out")
    target = _targets(source, flags, label_at)
    for line, row in checked_rows(source, rows, wanted, names):
        text = _mended(source, " ".join(row[i] for i in text_at))
        if unwanted is not None and unwanted.fullmatch(text.strip()):
            source.leave_out("texts that options.leave_out matches")
            continue
        labels = target(line, row)
        if labels is MISSING_LIST:
            source.leave_out("texts without a list of labels")
            continue
        tokens = (
            source.tokens(text)
            if pair_at is None
            else source.pair(text, _mended(source, row[pair_at]))
        )
        yield Example(tokens, labels, key="" if key_at is None else row[key_at])


def _doubt_header(source: Source, names: list[str], label_at: int, rows: list[Row]) -> None:
    """Warn where the header is probably a row: its label is that of other rows."""
    own = names[label_at] if label_at < len(names) else None
    if any(row[label_at].strip() == own for _, row in rows if len(row) > label_at):
        source.leave_out(
            f"{DOUBT}header of {source.path.name} looks like data, because its label {own!r} is "
            "that of other rows, too; set options.header = false"
        )


def _mended(source: Source, text: str) -> str:
    for old, new in source.options.replace.items():
        text = text.replace(old, new)
    return text


def named_separator(line: str) -> str:
    """The separator that a line such as ``sep=;`` names; "" for any other line.

    >>> named_separator("sep=;"), named_separator("a;b")
    (';', '')
    """
    match = _SEP_LINE.fullmatch(line)
    return match[1] if match else ""


def _without_sep_line(source: Source, rows: Iterator[Row]) -> Iterator[Row]:
    separator = source.options.separator
    for line, row in rows:
        named = named_separator(separator.join(row)) if line == 1 else ""
        if not named:
            yield line, row
        elif named != separator:
            raise source.error(
                1,
                f"this line says that the separator is {named!r}, and the card {separator!r}; set "
                f"options.separator = {named!r}",
            )


def _rows(source: Source) -> Iterator[Row]:
    options: Options = source.options
    if options.pattern:
        return _matched_rows(source)
    if not options.quoting:
        return (
            (line, text.split(options.separator))
            for line, text in enumerate(source.rows(options.encoding), start=1)
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
    for line, text in enumerate(source.rows(source.options.encoding), start=1):
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
    if text.lstrip().startswith(("[", "{", "<", "#")):
        source.refuse_other_format(text.split("\n"))
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    # The default, 131,072 characters per field, is a setting of the whole process.
    limit = csv.field_size_limit(max(len(text), 1))
    rows, line, joined = [], 1, []
    between = re.compile(re.escape(separator) + "(?! )")  # a comma before a blank is of a text
    try:
        for row in reader:
            rows.append((line, row))
            spanned = lines[line - 1 : reader.line_num]
            if (
                len(spanned) > 1
                and len(row) > 1
                and all(len(between.split(one)) == len(row) for one in spanned)
            ):
                joined.append(line)
            line = reader.line_num + 1
    except csv.Error as e:
        raise source.error(
            line,
            f"the quoted row that starts here is malformed ({e}); correct it, or set "
            "options.quoting = false if quotes are ordinary characters",
        ) from None
    finally:
        csv.field_size_limit(limit)
    if joined:
        source.leave_out(
            f"{DOUBT}quoted record at line {joined[0]} of {source.path.name} spans lines that look "
            "like rows; check its quotes",
            len(joined),
        )
    yield from rows


def header_names(source: Source, header: Sequence[str], line: int | str = 1) -> list[str]:
    """Names of the columns, without blanks around them; `DataError` where two are the same."""
    found = [name.strip() for name in header]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        raise source.error(line, f"two columns are called {twice[0]!r}; rename one of them")
    return found


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


def _index_or_none(
    source: Source, field: str, column: Column | None, names: list[str] | None
) -> int | None:
    return None if column is None else _index(source, field, column, names)


def _compiled(source: Source, field: str) -> re.Pattern | None:
    expression = getattr(source.options, field)
    try:
        return re.compile(expression) if expression else None
    except (re.error, OverflowError, RecursionError) as e:
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


def _targets(
    source: Source, flags: dict[int, str], label_at: int | None
) -> Callable[[int, list[str]], Any]:
    """Function that gives the target of a row; each different cell is looked at once."""
    options: Options = source.options
    file = source.folder / options.labels_file
    names = source.lines(path=file) if options.labels_file else None
    labels = cache(label_of)

    def label(line: int, cell: str) -> str | None:
        name = labels(cell)
        return name if names is None or name is None else _numbered(source, line, name, names)

    def target(line: int, row: list[str]) -> Any:
        if flags:
            return _flagged(source, line, row, flags)
        cell = (source.label or "") if label_at is None else row[label_at]
        if source.kind != "multilabel":
            name = label(line, cell)
            if name is None:
                source.leave_out("texts without a label")
            return name
        if not cell.strip():
            return []
        if labels(cell) is None:
            return MISSING_LIST
        parts: Sequence[str | None] | None = printed_list(cell)
        if parts is None:
            parts = cell.split(options.label_separator) if options.label_separator else [cell]
        return [name for p in parts if p is not None and (name := label(line, p)) is not None]

    return target


def _numbered(source: Source, line: int, label: str, names: list[str]) -> str:
    """The label on a line of the file of labels."""
    first = source.options.first_label
    if label.isdecimal() and len(label) < 10 and first <= int(label) < first + len(names):
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
