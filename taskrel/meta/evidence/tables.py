"""CSV tables of an evidence folder, checked cell by cell as they are read."""

import math
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.errors import EvidenceError, nearest

if TYPE_CHECKING:
    import pandas as pd


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table so that `read_table` gives the same numbers, to the last bit."""
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_table(
    path: Path,
    texts: Sequence[str],
    numbers: Sequence[str],
    key: Sequence[str],
    optional: Sequence[str] = (),
) -> "pd.DataFrame":
    """Read the columns `texts` and `numbers` of a CSV table; others are ignored.

    An empty cell is an empty text, or a missing number (NaN). Of the numbers, the `optional`
    columns are missing where the table has none.

    Raises
    ------
    EvidenceError
        Where the file or a column is missing, a number is not one or not
        finite, a column of `key` is empty, or two rows agree in all of `key`.
    """
    import pandas as pd

    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise EvidenceError(f"{path}: no such file; taskrel evidence writes it") from None
    except (OSError, ValueError) as e:  # ValueError: not UTF-8, not CSV, empty
        raise EvidenceError(f"{path}: cannot be read as a CSV table ({e})") from None
    for column in (*texts, *numbers):
        if column not in raw and column in optional:
            raw[column] = ""
        if column not in raw:
            raise EvidenceError(
                f"{path}: column {column!r} is missing; {nearest(column, raw.columns)}"
            )
    read = {
        column: [_number(text, path, line, column) for line, text in enumerate(raw[column], 2)]
        for column in numbers
    }
    table = raw[list(texts)].astype(str).join(pd.DataFrame(read, dtype=float))
    for column in key:
        refuse(table, raw[column] == "", column, path, lambda _: "is empty; expected a value")
    twice = table.duplicated(list(key))
    if twice.any():
        row = int(twice.argmax())
        what = ", ".join(str(table[column].iloc[row]) for column in key)
        raise EvidenceError(f"{path}, line {row + 2}: a second row for {what}; expected one")
    return table


def refuse(
    table: "pd.DataFrame",
    wrong: "pd.Series",
    column: str,
    path: Path,
    problem: Callable[[Any], str],
) -> None:
    """Raise `EvidenceError` with line and column of the first `wrong` row, and the `problem`."""
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise EvidenceError(
            f"{path}, line {row + 2}: column {column!r}: {problem(table[column].iloc[row])}"
        )


def check_scores(table: "pd.DataFrame", columns: Sequence[str], path: Path) -> None:
    """Raise `EvidenceError` where a score is not a fraction in [0, 1]."""
    for column in columns:
        refuse(
            table,
            ~(table[column].between(0, 1) | table[column].isna()),
            column,
            path,
            lambda score: f"expected a fraction from 0 to 1, found {score:g}",
        )


def check_names(
    table: "pd.DataFrame", column: str, known: Collection[str], source: str, path: Path
) -> None:
    """Raise `EvidenceError` where a name is not among `known`, the names in file `source`."""
    refuse(
        table,
        ~table[column].isin(known),
        column,
        path,
        lambda name: f"{name!r} is not in {source}; {nearest(name, known)}",
    )


def check_pairs(table: "pd.DataFrame", tasks: Collection[str], path: Path) -> None:
    """Raise `EvidenceError` where main or auxiliary is not one of these tasks, or both are one."""
    for column in ("main", "aux"):
        check_names(table, column, tasks, "tasks.csv", path)
    refuse(
        table,
        table["main"] == table["aux"],
        "aux",
        path,
        lambda name: f"main and auxiliary task are both {name!r}; expected two tasks",
    )


def _number(text: str, path: Path, line: int, column: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise EvidenceError(
            f"{path}, line {line}: column {column!r}: expected a finite number, or "
            f"nothing where it is missing, found {text!r}"
        )
    return value
