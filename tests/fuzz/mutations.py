"""Seeded mutations: of bytes, of plain data (what TOML and JSON have), and of tables."""

import copy
import json
import random
from typing import Any

#: Values that a careless or hostile file has where another value is expected.
NASTY: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 2**64, 10**30, 0.5, -0.0, 7.5, 1e308, 1e-308,
    float("nan"), float("inf"), "", " ", "0", "x", "nan", "\0", "a\0b", "²", "１", "٣", "\ud800",
    "\ufeff", "\r", "\n", "é" * 3, "x" * 300, "/etc/passwd", "../../x", "C:\\x", "a/b", ".", "..",
    "undefined", "idna", "rot13", "utf-16", "utf-7", "unicode_escape", "hex", "(", "(a+)+$", "[",
    "[a-z]*", "{x}", "%s", [], {}, [[]], [1], ["x", "x"], {"x": 1}, {"": ""}, {"x": {"x": {}}},
]  # fmt: skip
#: Pieces of bytes that mean something in one format or another.
PIECES = [
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\n\n", b"\r\n", b"\t", b" ",
    b'"', b"'", b'"""', b"\\", b"{", b"}", b"[", b"]", b"[[", b"(", b")", b"<", b">", b"&", b";", b"=", b"#",
    b",", b"0", b"-1", b"1e999", b"9" * 400, b"9" * 5000, b"\\ud800", "²".encode(), "１".encode(),
    b"0x" + b"f" * 5000, b"nan", b"null", b"true", b"Infinity", b"-DOCSTART-", b"<!DOCTYPE x>", b"<!--", b"]]>", b"&#0;",
    b"[" * 3000, b"{" * 3000, b'{"a":' * 3000, b"<a>" * 3000, b"PK\x03\x04", b"\x1f\x8b", b"BZh9",
    b"PAR1", b"\xc3\x28", b"\xed\xa0\x80",
]  # fmt: skip


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """The same bytes with one to four small damages."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        near = min(end, at + rng.choice((1, 2, 8, 64)))
        data = rng.choice(
            (
                lambda d, a, b, n: d[:a] + bytes([rng.randrange(256)]) + d[a + 1 :],
                lambda d, a, b, n: d[:a] + rng.choice(PIECES) + d[a:],
                lambda d, a, b, n: d[:a] + rng.choice(PIECES) + d[n:],
                lambda d, a, b, n: d[:a] + d[n:],
                lambda d, a, b, n: d[:a] + d[a:n] * rng.choice((2, 3, 50)) + d[n:],
                lambda d, a, b, n: d[:a] + d[b:],
                lambda d, a, b, n: d[:a],
                _other_line,
            )
        )(data, at, end, near)
    return data


def _other_line(data: bytes, at: int, end: int, near: int) -> bytes:
    """The line at `at`, moved to the line at `end`."""
    lines = data.split(b"\n")
    i, j = data.count(b"\n", 0, at), data.count(b"\n", 0, end)
    lines.insert(j, lines.pop(i))
    return b"\n".join(lines)


def mutated_plain(rng: random.Random, value: Any, nasty: list[Any] | None = None) -> Any:
    """A copy of plain data with one to three values replaced, removed, doubled or renamed."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = _mutated_once(rng, value, nasty or NASTY)
    return value


def _mutated_once(rng: random.Random, root: Any, nasty: list[Any]) -> Any:
    if not isinstance(root, dict | list) or not root:
        return copy.deepcopy(rng.choice(nasty))
    inside, key = _place(rng, root)
    what = rng.random()
    if what < 0.6:
        inside[key] = _replaced(rng, inside[key], nasty)
    elif what < 0.75:
        del inside[key]
    elif isinstance(inside, list):
        inside.insert(rng.randint(0, len(inside)), copy.deepcopy(inside[key]))
    elif what < 0.9:
        inside[str(rng.choice(nasty))] = inside.pop(key)
    else:
        inside[str(key) + rng.choice(("x", "", " "))] = rng.choice(nasty)
    return root


def _replaced(rng: random.Random, value: Any, nasty: list[Any]) -> Any:
    if isinstance(value, str) and rng.random() < 0.3:
        return mutated_bytes(rng, value.encode("utf-8", "replace")).decode("utf-8", "replace")
    if isinstance(value, int | float) and rng.random() < 0.4:
        return rng.choice((-value, value + 1, value * 10**9, float(value), str(value), [value]))
    if rng.random() < 0.02:
        return _deep(300)
    return copy.deepcopy(rng.choice(nasty))


def _deep(n: int) -> list:
    found: list = []
    for _ in range(n):
        found = [found]
    return found


def _place(rng: random.Random, value: Any) -> tuple[Any, Any]:
    """(container, key) of a value in plain data; those near the root are as likely as deep ones."""
    while True:
        key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
        inside = value[key]
        if not isinstance(inside, dict | list) or not inside or rng.random() < 0.2:
            return value, key
        value = inside


def as_toml(plain: dict[str, Any]) -> str:
    """A TOML document of plain data; values that TOML does not have are left out."""
    return "".join(
        f"{_string(key)} = {_toml(value)}\n" for key, value in plain.items() if value is not None
    )


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = (f"{_string(k)} = {_toml(v)}" for k, v in value.items() if v is not None)
        return f"{{{', '.join(inside)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(v) for v in value if v is not None)}]"
    if isinstance(value, str):
        return _string(value)
    return str(value).lower().replace("e+", "e") if isinstance(value, bool | float) else str(value)


def _string(text: str) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")
