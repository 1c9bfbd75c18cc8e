"""Rows of a file that have another number of columns than most: noticed, never read silently.

Such a row usually means that a separator is inside a text, that quotes are not read as quotes,
or that a field is missing, so that its label may be read from the wrong column.
"""

from collections import Counter
from collections.abc import Iterator

from taskrel.errors import DataError
from taskrel.tasks.readers.source import DOUBT, Source

Row = tuple[int, list[str]]  # line where it starts, fields


class Widths:
    """The numbers of columns that were seen, each with how often and where first."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.first: dict[int, int] = {}

    def add(self, width: int, line: int) -> None:
        """Count a row or sentence of this width, which starts at this line."""
        self.counts[width] += 1
        self.first.setdefault(width, line)

    def report(self, source: Source, things: str, remedy: str, usual: int | None = None) -> None:
        """Count, in the source's tally, the things that differ from the usual width.

        things : what was counted, "rows" or "sentences"
        usual : default: that of most
        """
        usual = most_common(self.counts) if usual is None else usual
        for width, n in sorted(self.counts.items()):
            if width != usual:
                source.leave_out(
                    f"{DOUBT}{things} of {source.path.name} with {columns(width)} where "
                    f"{usual} are usual, the first at line {self.first[width]}; {remedy}",
                    n,
                )


def most_common(counts: Counter[int], least: int = 0) -> int:
    """The most frequent width from `least` on, the smallest of several; `least` if none is."""
    enough = [width for width in counts if width >= least]
    return min(enough, key=lambda width: (-counts[width], width), default=least)


def columns(n: int) -> str:
    """Number of columns in words.

    >>> columns(1), columns(3)
    ('1 column', '3 columns')
    """
    return f"{n} column" if n == 1 else f"{n} columns"


def checked_rows(
    source: Source, rows: list[Row], wanted: int, names: list[str] | None
) -> Iterator[Row]:
    """Yield the rows of a table that are not blank; those of an unusual width are noticed.

    wanted : number of columns that a row must have
    names : the header, if the file has one

    A row is blank, and counted, where all its cells are. Raises `DataError` for a row that is
    wider than the header (without one: than most rows), and for one that lacks a wanted column.
    """
    counts = Counter(len(row) for _, row in rows if any(row))
    usual = len(names) if names is not None else most_common(counts, wanted)
    narrow = Widths()
    for line, row in rows:
        if len(row) > usual and any(cell.strip() for cell in row[usual:]):
            raise _too_wide(source, line, len(row), usual, names)
        if not any(row) or not any(map(str.strip, row)):
            source.leave_out("blank lines")
        elif len(row) < wanted:
            raise _too_few(source, line, len(row), wanted)
        else:
            if len(row) < usual:
                narrow.add(len(row), line)
            yield line, row
    narrow.report(source, "rows", "check that their labels are in the right column", usual)


def _too_wide(
    source: Source, line: int, found: int, usual: int, names: list[str] | None
) -> DataError:
    options = source.options
    whose = "most rows of this file have" if names is None else "its header has"
    remedy = (
        f"if a text has {options.separator!r} in it, put it in quotes"
        if options.quoting
        else f"if a text has {options.separator!r} in it, write the file with quotes and set "
        "options.quoting = true, or set options.pattern"
    )
    return source.error(
        line, f"expected {columns(usual)}, as {whose}, found {found}; correct the line, or {remedy}"
    )


def _too_few(source: Source, line: int, found: int, wanted: int) -> DataError:
    how = (
        "that options.pattern finds"
        if source.options.pattern
        else f"separated by {source.options.separator!r}"
    )
    return source.error(
        line,
        f"expected at least {columns(wanted)} {how}, found {found}; "
        "correct the line, or set options.separator, options.quoting, "
        "options.pattern or the columns",
    )
