"""Tasks from a data set of the library `datasets`, or from a dict of splits.

The codes of a ClassLabel become its names, and its official splits are kept.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from taskrel.errors import DataError, UsageError
from taskrel.tasks.frames.arguments import Arguments
from taskrel.tasks.frames.frame import values_of
from taskrel.tasks.frames.make import dict_rows, make_task
from taskrel.tasks.readers.labels import class_name
from taskrel.tasks.readers.rows import split_named
from taskrel.tasks.task import Task

#: Field of a row for the split that the data set gives.
_SPLIT = "(split of the data set)"


def task_from_dataset(data: Any, arguments: Arguments) -> Task:
    """Make a task of a data set, of a dict of splits, or of what one split is.

    A split is a `datasets.Dataset`, a DataFrame, a dict of columns or a list of dicts.
    """
    if not isinstance(data, Mapping) or not _has_splits(data, arguments):
        return make_task(_rows(data, "data", arguments), arguments)
    if arguments.split is not None:
        raise UsageError(
            f"task {arguments.name}: the data set has splits; leave out split={arguments.split!r}"
        )
    splits = {name: split_named(name) for name in data}
    unknown = [name for name, split in splits.items() if split is None]
    if unknown:
        raise UsageError(
            f"task {arguments.name}: expected the splits 'train', 'validation' (or 'dev') and "
            f"'test', found {unknown[0]!r}; give a dict without it, or rename it"
        )
    if len(set(splits.values())) < len(splits):
        raise UsageError(
            f"task {arguments.name}: expected one entry per split, found "
            f"{', '.join(map(repr, splits))}, of which two are the same split; leave one out"
        )
    rows = (
        (place, row | {_SPLIT: splits[name]})
        for name, part in data.items()
        for place, row in _rows(part, f"data[{name!r}]", arguments)
    )
    return make_task(rows, replace(arguments, split=_SPLIT))


def _has_splits(data: Mapping, arguments: Arguments) -> bool:
    """Whether a dict has splits, and not columns, of which one may be called "valid"."""
    columns = {column for _, column in arguments.columns}
    return any(map(split_named, data)) and not (columns and columns <= data.keys())


def _rows(part: Any, where: str, arguments: Arguments) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and fields of each row of one split."""
    if isinstance(part, list):
        yield from dict_rows(part, where, arguments)
        return
    columns = _columns(part, where, arguments)
    sizes = {len(column) for column in columns.values()}
    if len(sizes) != 1:
        raise DataError(f"task {arguments.name}: {where}: the columns differ in length")
    names = list(map(str, columns))
    for i, values in enumerate(zip(*columns.values(), strict=True)):
        yield f"{where}[{i}]", dict(zip(names, values, strict=True))


def _columns(part: Any, where: str, arguments: Arguments) -> dict[Hashable, list]:
    """The columns that the arguments name."""
    wanted = [column for _, column in arguments.columns]
    if isinstance(part, pd.DataFrame):
        arguments.check_columns(list(part.columns), where)
        return {column: values_of(part[column]) for column in wanted}
    if isinstance(part, Mapping):
        arguments.check_columns(list(part), where)
        return {column: list(part[column]) for column in wanted}
    if not hasattr(part, "features") or not hasattr(part, "select_columns"):
        raise UsageError(
            f"task {arguments.name}: {where}: expected a datasets.Dataset, a DataFrame, a dict of "
            f"columns or a list of dicts, found {type(part).__name__}"
        )
    if not hasattr(part, "num_rows"):
        raise UsageError(
            f"task {arguments.name}: {where} is streamed; load it without streaming=True"
        )
    arguments.check_columns(part.column_names, where)
    found = part.select_columns(wanted).with_format(None)[:]
    return {
        column: _named(found[column], part.features[column], f"{where}[{column!r}]", arguments)
        for column in wanted
    }


def _named(values: list, feature: Any, where: str, arguments: Arguments) -> list:
    """Values with the names of a ClassLabel, or of a list of them, in place of its codes."""
    if getattr(feature, "dtype", None) in ("float16", "float32"):
        return values_of(pd.Series(values, dtype=feature.dtype))
    names = getattr(getattr(feature, "feature", feature), "names", None)
    try:
        return values if names is None else class_name(values, names)
    except ValueError as e:
        raise DataError(f"task {arguments.name}: {where}: {e}") from None
