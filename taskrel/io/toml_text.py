"""Plain data as TOML text, for cards that a command writes; the standard library only reads."""

import json
import re
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(document: dict[str, Any]) -> str:
    """TOML of a mapping whose values are scalars, lists, mappings, and lists of mappings.

    >>> print(to_toml({"name": "shop", "files": [{"path": "a.csv"}], "cut": {"dev": 0.1}}), end="")
    name = "shop"
    <BLANKLINE>
    [[files]]
    path = "a.csv"
    <BLANKLINE>
    [cut]
    dev = 0.1
    """
    lines = [f"{_key(k)} = {_value(v)}" for k, v in document.items() if not _is_table(v)]
    for key, value in document.items():
        if _is_table(value):
            several = isinstance(value, list)
            for table in value if several else [value]:
                lines += ["", f"[[{_key(key)}]]" if several else f"[{_key(key)}]"]
                lines += [f"{_key(k)} = {_value(v)}" for k, v in table.items()]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):  # escapes of JSON are escapes of TOML, but DEL must be one, too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
