"""Tasks from a pandas DataFrame, see `Task.from_frame`.

Rows are named by their position, as in ``df.iloc``: the index of the frame plays no part.
"""

import pandas as pd

from taskrel.errors import DataError, UsageError
from taskrel.tasks.frames.arguments import Arguments
from taskrel.tasks.frames.make import make_task
from taskrel.tasks.task import Task


def task_from_frame(df: pd.DataFrame, arguments: Arguments) -> Task:
    """Make a task of the rows of a frame; errors are those of `make_task`."""
    if not isinstance(df, pd.DataFrame):
        raise UsageError(f"expected a pandas DataFrame, found {type(df).__name__}")
    arguments.check_columns(list(df.columns), "the frame")
    if not len(df):
        raise DataError(f"task {arguments.name}: the data frame has no rows")
    names = [str(column) for _, column in arguments.columns]
    values = zip(*(values_of(df[column]) for _, column in arguments.columns), strict=True)
    rows = (
        (f"row df.iloc[{i}]", dict(zip(names, row, strict=True))) for i, row in enumerate(values)
    )
    return make_task(rows, arguments)


def values_of(column: pd.Series) -> list:
    """Values of a column; a short float stays short, because 0.1 would become another number."""
    short = column.dtype in ("float16", "float32")
    return list(column.to_numpy()) if short else column.tolist()
