"""Parquet, and Arrow's own files: those of Feather, and the stream files that `datasets` saves."""

import json
from collections.abc import Iterator
from typing import Any

from taskrel.errors import UsageError
from taskrel.tasks.readers.labels import class_name
from taskrel.tasks.readers.rows import KINDS, RowOptions, examples
from taskrel.tasks.readers.source import Example, Source

__all__ = ["KINDS", "Options", "read"]

#: Rows that are Python objects at a time.
ROWS = 1000


class Options(RowOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Names of the columns."""


def read(source: Source) -> Iterator[Example]:
    """Yield an example per row."""
    yield from examples(source, rows(source))


def rows(source: Source) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the columns of each row."""
    raw = source.raw(unpack=False)
    number = 0
    for batch in _batches(source, raw):
        for row in batch:
            number += 1
            yield f"row {number}", row


def _batches(source: Source, raw: bytes) -> Iterator[list[dict[str, Any]]]:
    try:
        import pyarrow as pa
        from pyarrow import feather, parquet
    except ImportError:
        raise UsageError(
            f"{source.path}: to read parquet and Arrow files, install pyarrow: "
            'pip install "taskrel[data]"'
        ) from None
    data = pa.BufferReader(raw)
    try:
        if raw.startswith(b"PAR1"):
            table = parquet.read_table(data)
        elif raw.startswith((b"ARROW1", b"FEA1")):
            table = feather.read_table(data)
        else:
            table = pa.ipc.open_stream(data).read_all()
        table.validate(full=True)  # Arrow does not look at the bytes of its own files otherwise
        short = [f.name for f in table.schema if pa.types.is_float32(f.type)]
        names = _names(table.schema.metadata or {})
        for batch in table.to_batches(max_chunksize=ROWS):
            # As a float of Python's own, 0.1 would become another number, and another label.
            floats = {name: batch[name].to_numpy(zero_copy_only=False) for name in short}
            rows = batch.to_pylist()
            for i, row in enumerate(rows):
                row.update((name, floats[name][i]) for name in short)
                for column in names.keys() & row.keys():
                    row[column] = class_name(row[column], names[column])
            yield rows
    except Exception as e:  # whatever pyarrow meets in a damaged file
        raise source.error(
            None, f"not a parquet or Arrow file that pyarrow reads ({e}); write it again"
        ) from None


def _names(metadata: dict[bytes, bytes]) -> dict[str, list[str]]:
    """Column → names of its labels, which `datasets` keeps in a file next to their numbers."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        inner = {column: f.get("feature") or f for column, f in features.items()}
        return {c: f["names"] for c, f in inner.items() if f.get("_type") == "ClassLabel"}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
