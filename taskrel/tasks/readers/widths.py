"""Rows of a file that have another number of columns than most: noticed, never read silently.

Such a row usually means that a separator is inside a text, that quotes are not read as quotes,
or that a field is missing, so that its label may be read from the wrong column.
"""

from collections import Counter

from taskrel.tasks.readers.source import DOUBT, Source


class Widths:
    """The numbers of columns that were seen, each with how often and where first."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.first: dict[int, int] = {}

    def add(self, width: int, line: int, n: int = 1) -> None:
        """Count `n` things of this width, the first of which starts at this line."""
        self.counts[width] += n
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
