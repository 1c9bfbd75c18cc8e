"""Strict decoding of TOML files into msgspec structs, with errors a person can act on."""

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from taskrel.errors import TaskrelError, nearest

T = TypeVar("T")


def read_toml(path: Path, error: type[TaskrelError]) -> dict[str, Any]:
    """Parse one TOML file; `error` is raised where it is missing, not UTF-8 or not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise error(f"{path}: no such file") from None
    except OSError as e:
        raise error(f"{path}: cannot be read ({e.strerror})") from None
    except UnicodeDecodeError as e:
        raise error(f"{path}: expected UTF-8, found byte 0x{e.object[e.start]:02x} "
                    f"at offset {e.start}") from None
    except tomllib.TOMLDecodeError as e:
        raise error(f"{path}: not valid TOML: {e}") from None


def convert(raw: Any, type_: type[T], where: str, error: type[TaskrelError]) -> T:
    """Turn plain data into `type_`; unknown fields and wrong types raise `error`.

    The message names `where` (a file), the field, what was expected, what was
    found and, for an unknown field, the nearest known name.
    """
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError as e:
        raise error(f"{where}: {_explain(str(e), type_)}") from None


def _explain(message: str, type_: Any) -> str:
    text, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.+?)`", text)
    if unknown:
        inside = f" in [{field}]" if field else ""
        known = _fields(type_, field)
        return f"unknown field {unknown[1]!r}{inside}; {nearest(unknown[1], known)}"
    missing = re.search(r"missing required field `(.+?)`", text)
    if missing:
        return f"field {(field + '.' if field else '') + missing[1]!r} is missing"
    text = text[0].lower() + text[1:].replace(", got", ", found")
    return f"field {field!r}: {text}" if field else text


def _fields(type_: Any, path: str) -> list[str]:
    """Names of the fields of the struct that `path` (``a.b[...].c``) leads to."""
    for step in [s for s in re.split(r"[.\[]", path) if s]:
        if step.endswith("]"):
            type_ = _member(type_)
        else:
            type_ = {f.name: f.type for f in msgspec.structs.fields(_struct(type_))}.get(step)
    struct = _struct(type_)
    return [f.encode_name for f in msgspec.structs.fields(struct)] if struct else []


def _member(type_: Any) -> Any:
    """Element type of a list, or value type of a dict."""
    for t in _alternatives(type_):
        args = getattr(t, "__args__", None)
        if args:
            return args[-1] if args[-1] is not Ellipsis else args[0]
    return None


def _struct(type_: Any) -> Any:
    for t in _alternatives(type_):
        if isinstance(t, type) and issubclass(t, msgspec.Struct):
            return t
    return None


def _alternatives(type_: Any) -> tuple:
    import types
    import typing

    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return typing.get_args(type_)
    return (type_,)
