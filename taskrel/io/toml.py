"""Strict decoding of TOML files into msgspec structs, with errors that say what to correct."""

import re
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from taskrel.errors import TaskrelError, nearest

T = TypeVar("T")


def read_toml(path: Path, error: type[TaskrelError]) -> dict[str, Any]:
    """Parse one TOML file; raise `error` if it is missing, not UTF-8 or not TOML."""
    try:
        text = path.read_text("utf-8-sig")  # some editors write a byte order mark
    except FileNotFoundError:
        raise error(f"{path}: no such file") from None
    except OSError as e:
        raise error(f"{path}: cannot be read ({e.strerror})") from None
    except UnicodeDecodeError as e:
        raise error(
            f"{path}: expected UTF-8, found byte 0x{e.object[e.start]:02x} at offset {e.start}; "
            "save the file as UTF-8"
        ) from None
    except ValueError:  # a NUL in the path
        raise error(f"{str(path)!r}: no such file") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise error(f"{path}: not valid TOML: {e}{_remedy(text, str(e))}") from None
    except (RecursionError, ValueError) as e:  # ValueError: an integer of thousands of digits
        why = "too deeply nested" if isinstance(e, RecursionError) else "a number is too long"
        raise error(f"{path}: {why}") from None
    _check_integers(raw, path, error)
    return raw


def _remedy(text: str, complaint: str) -> str:
    """What to do about invalid TOML, where that is known; a clause, or ""."""
    line = re.search(r"at line (\d+)", complaint)
    at = text.split("\n")[int(line[1]) - 1] if line else ""
    if "\\" in at and '"' in at:
        return "; put a text with back slashes in single quotes, and write paths with /"
    if "=" not in at and ":" in at:
        return "; a field is written name = value"
    return ""


def _check_integers(raw: Any, path: Path, error: type[TaskrelError]) -> None:
    """Refuse integers of more than 64 bits, which TOML does not have."""
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise error(f"{path}: a number is too long; TOML's integers have 64 bits")


def convert(raw: Any, type_: type[T], where: str, error: type[TaskrelError], remedy: str = "") -> T:
    """Convert plain data to `type_`; unknown fields and wrong types raise `error`.

    The message has `where` (a file), the field, what was expected, what was found and, for
    an unknown field, the nearest known name, and at its end the `remedy`, a clause. A
    `ValueError` of a struct's ``__post_init__`` also becomes `error`.
    """
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError as e:
        end = f"; {remedy}" if remedy else ""
        raise error(f"{where}: {_explain(str(e), type_, raw)}{end}") from None


def _explain(message: str, type_: Any, raw: Any) -> str:
    text, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.+?)`", text)
    if unknown:
        inside = f" in [{field}]" if field else ""
        return (
            f"unknown field {unknown[1]!r}{inside}; "
            f"{nearest(unknown[1], _fields(_type_at(type_, field)))}"
        )
    missing = re.search(r"missing required field `(.+?)`", text)
    if missing:
        return f"field {(field + '.' if field else '') + missing[1]!r} is missing"
    text = text[0].lower() + text[1:].replace(", got", ", found")
    invalid = re.match("invalid (?:enum )?value (.+)", text)
    if invalid:
        choices = _choices(_type_at(type_, field)) or _tags(_type_at(type_, _parent(field)))
        text = f"expected {' or '.join(map(repr, choices))}, found {invalid[1]}"
    elif ", found" not in text and (found := _value_at(raw, field)):
        text += f", found {_shown(found[0])}"
    return f"field {field!r}: {text}" if field else text


def _shown(value: Any) -> str:
    """A value as Python writes it, cut where it is long.

    >>> _shown(0.5), len(_shown("x" * 1000))
    ('0.5', 100)
    """
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists
        return f"a {type(value).__name__} too long to show"
    return text if len(text) <= 100 else f"{text[:99]}…"


def _steps(path: str) -> list[str]:
    """``a.b[0].c[...]`` → a, b, 0], c, ]."""
    return [step for step in re.split(r"[.\[]", path) if step]


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _type_at(type_: Any, path: str) -> Any:
    """The type of the field that `path` leads to."""
    for step in _steps(path):
        type_ = _member(type_) if step.endswith("]") else _fields(type_).get(step)
    return type_


def _value_at(raw: Any, path: str) -> list:
    """The value that `path` leads to, in a list; an empty one if the path is ambiguous."""
    try:
        for step in _steps(path):
            raw = raw[int(step[:-1])] if step.endswith("]") else raw[step]
    except (ValueError, LookupError, TypeError):
        return []
    return [raw]


def _fields(type_: Any) -> dict[str, Any]:
    """Name → type of each field of a struct, or of all structs of a union."""
    return {f.encode_name: f.type for t in _structs(type_) for f in msgspec.structs.fields(t)}


def _tags(type_: Any) -> list:
    """Tags of the structs of a union."""
    return [t.__struct_config__.tag for t in _structs(type_)]


def _choices(type_: Any) -> list:
    """The values of a Literal, or of a union of several."""
    return [
        value
        for t in _alternatives(type_)
        if typing.get_origin(t) is typing.Literal
        for value in typing.get_args(t)
    ]


def _member(type_: Any) -> Any:
    """Element type of a list, or value type of a dict."""
    for t in _alternatives(type_):
        args = typing.get_args(t)
        if args and typing.get_origin(t) is not typing.Literal:
            return args[-1] if args[-1] is not Ellipsis else args[0]
    return None


def _structs(type_: Any) -> list:
    return [
        t for t in _alternatives(type_) if isinstance(t, type) and issubclass(t, msgspec.Struct)
    ]


def _alternatives(type_: Any) -> tuple:
    """The members of a union, or the type itself, without constraints."""
    if typing.get_origin(type_) is typing.Annotated:
        type_ = typing.get_args(type_)[0]
    if typing.get_origin(type_) in (typing.Union, types.UnionType):
        return tuple(t for member in typing.get_args(type_) for t in _alternatives(member))
    return (type_,)
