"""Tasks once read are kept parsed in the cache folder, so that a corpus is read once.

There is one file per task and limits. It holds for the same card, the same files (by their
SHA-256), the same code and the same versions of what it uses; otherwise the task is read again
and the file is replaced.
"""

import hashlib
import json
import logging
import platform
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from taskrel.io.paths import atomic, cache_folder
from taskrel.tasks.card import Card
from taskrel.tasks.load import load_task
from taskrel.tasks.ready import checksum
from taskrel.tasks.span_schemes import Scheme
from taskrel.tasks.task import SPLITS, Split, Task

log = logging.getLogger("taskrel")

_ARRAYS = ("tokens", "offsets", "targets")
#: Packages that read files, or draw at random.
_PACKAGES = ("taskrel", "numpy", "pandas", "pyarrow", "spacy", "openpyxl")
_OWN = ("scheme", "splits")  # fields that are no plain data


class _Array(msgspec.Struct, frozen=True):
    type: str
    shape: tuple[int, ...]
    content: bytes


class _Parsed(msgspec.Struct, frozen=True):
    key: str  # SHA-256 of all that the task depends on
    digest: str  # the task's own
    task: dict[str, Any]  # its other fields
    scheme: Scheme | None
    splits: dict[str, dict[str, _Array]]


def read_task(card: Card, data: Path, **wanted: Any) -> Task:
    """The task that `load_task` reads with these arguments, from the cache folder if it is there.

    wanted : the keyword arguments of `load_task`, which also raises the same errors
    """
    try:
        key = _digest(msgspec.to_builtins(card), wanted, [*_contents(card, data)], _code())
    except OSError:  # a missing file: what to do about it is said where it is read
        return load_task(card, data, **wanted)
    path = cache_folder() / "parsed" / f"{_digest(card.name, wanted)}.msgpack"
    task = _kept(path, key)
    if task is None:
        task = load_task(card, data, **wanted)
        _keep(path, key, task)
    return task


def _kept(path: Path, key: str) -> Task | None:
    try:
        parsed = msgspec.msgpack.decode(path.read_bytes(), type=_Parsed)
        if parsed.key != key:
            return None
        splits = {
            split: Split(*(_array(parsed.splits[split][name]) for name in _ARRAYS))
            for split in SPLITS
        }
        own: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in parsed.task.items()
        }
        task = Task(**own, scheme=parsed.scheme, splits=splits)
        return task if task.digest == parsed.digest else None
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return None  # missing or damaged


def _keep(path: Path, key: str, task: Task) -> None:
    own = {f.name: getattr(task, f.name) for f in fields(task) if f.name not in _OWN}
    own = {name: dict(v) if hasattr(v, "items") else v for name, v in own.items()}
    splits = {
        split: {
            name: _Array(array.dtype.str, array.shape, array.tobytes())
            for name in _ARRAYS
            for array in [getattr(task.splits[split], name)]
        }
        for split in SPLITS
    }
    try:
        content = msgspec.msgpack.encode(_Parsed(key, task.digest, own, task.scheme, splits))
        with atomic(path) as temporary:
            temporary.write_bytes(content)
    except (OSError, ValueError) as e:  # ValueError: a text that is no Unicode, or too long
        log.debug("%s: not kept parsed (%s)", task.name, e)


def _array(kept: _Array) -> np.ndarray:
    return np.frombuffer(kept.content, kept.type).reshape(kept.shape)


def _contents(card: Card, data: Path) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 of every file that the card, or one of its options, names."""
    named = [file.path for file in card.files] + [*_strings(card.options)]
    for name in dict.fromkeys(named):
        path = data / name
        if name in named[: len(card.files)] or _is_file(path):
            inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
            for file in inside:
                yield file.relative_to(data).as_posix(), checksum(file)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # an option that is no path at all
        return False


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


@cache
def _code() -> str:
    """SHA-256 of the code that reads tasks, and of versions: others may read them differently."""
    tasks = Path(__file__).parent
    files = [path for folder in (tasks, tasks.parent / "io") for path in folder.rglob("*.py")]
    versions = [platform.python_version(), *map(_version, _PACKAGES)]
    return _digest(versions, [checksum(path) for path in sorted(files)])


def _version(package: str) -> str:
    """As installed, found without an import; "" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
