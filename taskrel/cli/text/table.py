"""A table as plain text, and how its numbers are written."""

import math
from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> str:
    """Plain-text table; numbers flush right, missing values as "–".

    columns : what is shown of the rows; default: all that the first row has
    """
    columns = columns or (list(rows[0]) if rows else [])
    cells = [[_cell(row.get(c)) for c in columns] for row in rows]
    widths = [
        max(len(c), *(len(row[i]) for row in cells), 0) if cells else len(c)
        for i, c in enumerate(columns)
    ]
    right = [
        bool(rows) and all(isinstance(r.get(c), int | float | None) for r in rows) for c in columns
    ]

    def line(parts: Sequence[str]) -> str:
        return "  ".join(
            p.rjust(w) if r else p.ljust(w) for p, w, r in zip(parts, widths, right, strict=True)
        ).rstrip()

    return "\n".join([line(columns), line(["─" * w for w in widths]), *map(line, cells)])


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def signed(value: float) -> str:
    """A percentage with its sign; "–" where it is missing."""
    return "–" if value != value else f"{value:+.2f}"


def interval(low: float, high: float) -> str:
    """Both ends in brackets; "–" where they are missing."""
    return "–" if low != low else f"[{low:+.2f}, {high:+.2f}]"
