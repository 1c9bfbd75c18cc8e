"""JSON: documents as plain data, NaN and infinities as null, and strict reading of files."""

import json
import math
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from taskrel.errors import TaskrelError
from taskrel.io.toml import convert

T = TypeVar("T")


def to_json(document: Any) -> str:
    """One JSON document; NaN and infinities become null."""
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=1)


def read_json(path: Path, type_: type[T], error: type[TaskrelError], remedy: str) -> T:
    """Decode a JSON file strictly.

    Raises `error` where it is missing, damaged or not a `type_`; its message names the field, and
    ends with the `remedy`, a clause.
    """
    try:
        raw = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        raise error(f"{path}: no such file; {remedy}") from None
    except OSError as e:
        raise error(f"{path}: cannot be read ({e.strerror}); {remedy}") from None
    except (ValueError, RecursionError) as e:
        raise error(f"{path}: cannot be read as JSON ({e}); {remedy}") from None
    return convert(raw, type_, str(path), error, remedy)


def from_json(text: str | bytes, type_: type[T]) -> T:
    """Decode JSON that `json.dumps` wrote, which may have NaN; `ValueError` where it is no `type_`.

    >>> from_json("[1, NaN]", list[float])
    [1.0, nan]
    """
    try:
        text = text if isinstance(text, str) else text.decode()
        raw = json.loads(text)
        if "\\ud" in text.lower():  # halves of characters, which no file and terminal can have
            json.dumps(raw, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("lists or objects are nested too deeply") from None
    return msgspec.convert(raw, type_)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
