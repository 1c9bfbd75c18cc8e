"""Exports: the finished runs of a store as one text file, to continue on another machine.

A gzip file of JSON lines. The first is a header; each further one is a row of the store,
``[table, [values…]]``, bytes as ``{"base64": …}``. It has numbers and hashes, but no text of any
corpus and no machine name.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from taskrel.errors import StoreError
from taskrel.io.json import from_json
from taskrel.io.paths import atomic
from taskrel.study.store.rows import checked
from taskrel.study.store.schema import FORMER
from taskrel.study.store.store import Store

HEADER = {"format": "taskrel runs", "schema": 1}


class _Bytes(msgspec.Struct, forbid_unknown_fields=True):
    base64: bytes


def export_runs(store: Store, path: Path) -> None:
    """Write all finished runs of `store` to `path`; the same runs give the same bytes."""
    with (
        atomic(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as f,
    ):
        for line in (HEADER, *map(_packed, store.rows())):
            f.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")


def import_runs(path: Path, store: Store) -> int:
    """Import the runs of an export into `store`; returns how many were new.

    Raises `StoreError` where the file is missing, damaged or newer than this
    code, and where a run's identity is not the hash of its specification; then
    the store is left as it was.
    """
    return store.add_rows(_read(path))


def _read(path: Path) -> Iterator[tuple[str, tuple]]:
    try:
        with gzip.open(path, "rb") as f:
            header = from_json(f.readline(), Any)
            if header != HEADER:
                raise StoreError(
                    f"export {path}: expected a first line of {HEADER}, found "
                    f"{str(header)[:80]}; update taskrel, or name another file"
                )
            for number, line in enumerate(f, start=2):
                table, cells = from_json(line, tuple[str, list])
                if table in FORMER:
                    continue
                try:
                    row = checked(table, [_unpacked(cell) for cell in cells])
                except ValueError as e:
                    what = (
                        f"run {str(cells[0])[:12]}…"
                        if table == "runs" and cells
                        else f"table {table!r}"
                    )
                    raise ValueError(f"line {number}, {what}: {e}") from None
                yield table, row
    except (OSError, EOFError, ValueError, zlib.error) as e:
        raise StoreError(f"export {path}: cannot be read ({e}); get the file again") from None


def _packed(item: tuple[str, tuple]) -> list:
    table, row = item
    values: list[Any] = [
        {"base64": base64.b64encode(v).decode()} if isinstance(v, bytes) else v for v in row
    ]
    if table == "runs":
        provenance = json.loads(values[-1])
        provenance.pop("host", None)
        values[-1] = json.dumps(provenance)
    return [table, values]


def _unpacked(value: Any) -> Any:
    return msgspec.convert(value, _Bytes).base64 if isinstance(value, dict) else value
