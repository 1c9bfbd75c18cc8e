"""What was recognised of a file: the form of its rows, and the first of them as columns."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Rows of a table, or lines of a file, that are looked at.
ROWS = 100_000
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


@dataclass
class Sample:
    """A file as it was recognised.

    reader : name of the reader
    options : options of the reader about the format, such as the separator and the encoding
    kind : of the task, where the file itself tells
    columns : else, name → values of the first rows; a number names a column without a header
    said : what was recognised, a sentence each
    """

    reader: str
    options: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    columns: dict[str, list] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def usual_width(rows: list[list[str]]) -> tuple[int, float]:
    """The usual number of fields, and the share of the rows that have it."""
    if not rows:
        return 1, 0.0
    width, n = Counter(map(len, rows)).most_common(1)[0]
    return width, n / len(rows)


def all_numbers(values: Iterable[str]) -> bool:
    """Whether all values are numbers, with a decimal point or comma."""
    return all(map(NUMBER.fullmatch, values))
