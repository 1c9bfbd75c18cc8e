"""Exports: the finished runs of a store as one text file, to continue on another machine.

A gzip file of JSON lines. The first is a header; each further one is a row of the store,
``[table, [values…]]``, bytes as ``{"base64": …}``. It has numbers and hashes, but no text of any
corpus and no machine name.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taskrel.errors import StoreError
from taskrel.io.paths import atomic
from taskrel.study.store.store import Store

HEADER = {"format": "taskrel runs", "schema": 1}


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
        with gzip.open(path, "rt", encoding="utf-8") as f:
            header = json.loads(f.readline())
            if header != HEADER:
                raise StoreError(
                    f"export {path}: expected a first line of {HEADER}, found "
                    f"{str(header)[:80]}; update taskrel, or name another file"
                )
            for line in f:
                table, row = json.loads(line)
                row = tuple(map(_unpacked, row))
                if table == "runs":
                    _check(row, path)
                yield table, row
    except (OSError, EOFError, ValueError, TypeError) as e:
        raise StoreError(f"export {path}: cannot be read ({e})") from None


def _check(row: tuple, path: Path) -> None:
    spec = json.dumps(json.loads(row[1]), sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(spec.encode()).hexdigest() != row[0]:
        raise StoreError(
            f"export {path}: run {row[0][:12]}… does not match its identity, so the file has been "
            "changed; get it again"
        )


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
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
