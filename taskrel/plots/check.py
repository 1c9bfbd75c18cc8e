"""What every table that is drawn must have: its columns, and a row."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taskrel.errors import TaskrelError

if TYPE_CHECKING:
    import pandas as pd


def check_table(picture: str, df: "pd.DataFrame", columns: Sequence[str], row: str) -> None:
    """Raise `TaskrelError` where a table lacks a column or has no row.

    picture, row : what is drawn, and what a row of it is, in words
    """
    missing = [c for c in columns if c not in df]
    if missing:
        raise TaskrelError(
            f"{picture}: column {missing[0]!r} is missing; expected {', '.join(columns)}"
        )
    if df.empty:
        raise TaskrelError(f"{picture}: there is no {row}")
