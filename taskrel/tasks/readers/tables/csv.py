"""CSV with a header, as pandas and spreadsheets write it: fields may be in quotes.

Separator and encoding are detected, unless options name them; the tally says what was detected. A
first line ``sep=;`` and a byte order mark are known. A row with more or fewer fields than the
header is an error, because then a separator in a text has shifted the columns.
"""

import csv
from collections.abc import Iterable, Iterator

from taskrel.tasks.readers.delimited import header_names, named_separator, quoted_rows
from taskrel.tasks.readers.packed import encoding_of
from taskrel.tasks.readers.rows import KINDS, Row, RowOptions, examples, shown
from taskrel.tasks.readers.source import NOTE, Example, Source

__all__ = ["KINDS", "Options", "read"]

SEPARATORS = ",;\t|"

Rows = Iterator[tuple[int, list[str]]]  # line where a row starts, its fields


class Options(RowOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of the columns, and how the file is written."""

    separator: str = ""  # "": detected, one of `SEPARATORS`
    encoding: str = ""  # "": detected: a byte order mark, UTF-8, UTF-16, else Windows-1252
    quoting: bool = True  # false: quotes are ordinary characters


def read(source: Source) -> Iterator[Example]:
    """Yield an example per row."""
    yield from examples(source, with_text(source, rows(source)))


def rows(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line and the fields of each row."""
    options: Options = source.options
    encoding = options.encoding or encoding_of(source.raw())
    first = next((line for line in source.lines(encoding) if line.strip()), "")
    separator = options.separator or _separator(options, first)
    if not options.encoding and encoding != "utf-8":
        source.leave_out(f"{NOTE}files read as {encoding} (detected)")
    if not options.separator and separator != ",":
        source.leave_out(f"{NOTE}files read with separator {separator!r} (detected)")
    if len(separator) != 1:
        raise source.error(None, f"options.separator: expected one character, found {separator!r}")
    if options.quoting:
        found: Rows = quoted_rows(source, separator, encoding)
    else:
        lines = enumerate(source.lines(encoding), start=1)
        found = ((number, line.split(separator)) for number, line in lines)
    yield from _named(source, found, separator)


def _named(source: Source, rows: Rows, separator: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and fields by name of each row; blank lines are counted."""
    header: list[str] | None = None
    found = 0
    for line, row in rows:
        if row in ([], [""]):
            source.leave_out("blank lines")
        elif header is None:
            if not named_separator(separator.join(row)):
                header = header_names(source, row, line)
        elif len(row) != len(header):
            quotes = "in quotes" if source.options.quoting else "in quotes and set quoting = true"
            raise source.error(
                line,
                f"expected {len(header)} fields as in the header, found {len(row)}; put fields "
                f"that contain {separator!r} {quotes}, or set options.separator",
            )
        else:
            found += 1
            yield line, dict(zip(header, row, strict=True))
    if header and not found:
        raise source.error(None, f"expected rows under the header ({shown(header)}), found none")
    if header is None:
        raise source.error(None, "expected a header with the columns' names, found no line")


def with_text(
    source: Source, rows: Iterable[tuple[int | str, Row]]
) -> Iterator[tuple[int | str, Row]]:
    """The same rows; raise `DataError` if no column has the name of the text or of the tokens."""
    options: RowOptions = source.options
    wanted = "tokens" if source.kind == "tagging" else "text"
    for i, (place, row) in enumerate(rows):
        if i == 0 and not {getattr(options, wanted), options.tokens} & row.keys():
            other = (
                'if each line has one token, use reader = "columns"'
                if source.kind == "tagging"
                else 'if the file has no header, use reader = "delimited"'
            )
            raise source.error(
                None,
                f"expected a header with a column {getattr(options, wanted)!r}, found "
                f"{', '.join(map(repr, [*row][:6]))}; set options.{wanted} to the name of the "
                f"column, or, {other}",
            )
        yield place, row


def _separator(options: Options, line: str) -> str:
    """The separator that a line ``sep=;`` names, or else the one that a header has.

    That is the one which yields the column of the text, or else the most columns.
    """
    if named := named_separator(line):
        return named

    def fitness(separator: str) -> tuple[bool, int]:
        try:
            fields = next(csv.reader([line], delimiter=separator))
        except csv.Error:  # a field of more than 131,072 characters
            return False, 0
        return options.text in fields or options.tokens in fields, len(fields)

    return max(SEPARATORS, key=fitness)
