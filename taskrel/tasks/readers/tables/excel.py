"""Excel: a sheet whose first row names the columns. pandas and openpyxl read it."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from taskrel.errors import TaskrelError, UsageError
from taskrel.tasks.readers.delimited import header_names
from taskrel.tasks.readers.rows import KINDS, RowOptions, examples, shown
from taskrel.tasks.readers.source import NOTE, Example, Source
from taskrel.tasks.readers.tables.csv import with_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "Options", "read"]


class Options(RowOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of the columns, and the sheet."""

    sheet: str = ""  # "": the first; the others are named in a note


def read(source: Source) -> Iterator[Example]:
    """Yield an example per row; a number in a text is a text, too."""
    yield from examples(source, with_text(source, rows(source)))


def rows(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the cells of each row under the header."""
    header: list[str] | None = None
    found = 0
    for i, row in enumerate(_sheet(source).itertuples(index=False, name=None), start=1):
        cells = [cell if isinstance(cell, str) else "" for cell in row]
        if not any(cells):
            source.leave_out("blank rows")
        elif header is None:
            header = header_names(source, cells, f"row {i}")
        else:
            found += 1
            yield f"row {i}", dict(zip(header, cells, strict=True))
    if header and not found:
        raise source.error(
            None,
            f"expected rows under the header ({shown(header)}), found none; options.sheet names "
            "another sheet",
        )
    if header is None:
        raise source.error(None, "expected a row with the columns' names, found an empty sheet")


def _sheet(source: Source) -> "pd.DataFrame":
    """All cells as strings, the empty ones as NaN."""
    import pandas as pd

    raw = io.BytesIO(source.raw(unpack=False))
    try:
        with pd.ExcelFile(raw, engine="openpyxl") as book:
            sheet = source.options.sheet or book.sheet_names[0]
            if sheet not in book.sheet_names:
                known = ", ".join(map(repr, book.sheet_names))
                raise source.error(None, f"options.sheet: no sheet {sheet!r}; known: {known}")
            others = [name for name in book.sheet_names if name != sheet]
            if others and not source.options.sheet:
                source.leave_out(
                    f"{NOTE}sheets that are not read ({', '.join(map(repr, others))}): without a "
                    f"name the first sheet is read; for another set sheet = {others[0]!r} in [options]",
                    len(others),
                )
            return pd.read_excel(
                book,
                sheet_name=sheet,
                header=None,
                dtype=str,
                na_values=[""],
                keep_default_na=False,
            )
    except ImportError:
        raise UsageError(
            f'{source.path}: to read Excel files, install openpyxl: pip install "taskrel[data]"'
        ) from None
    except TaskrelError:
        raise
    except Exception as e:  # whatever openpyxl meets in a damaged file
        raise source.error(
            None, f"not an Excel file that openpyxl reads ({e}); save it as .xlsx, or as CSV"
        ) from None
