"""Strict decoding: one sentence for every mistake in a TOML file."""

from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from taskrel.errors import RecipeError
from taskrel.io.toml import convert, read_toml


class Fast(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="fast"):
    rate: float = 1.0


class Slow(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="slow"):
    decay: float = 0.5


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, Meta(ge=1)]
    mode: Literal["even", "odd"] | Literal["none"] = "none"


class Whole(Struct, frozen=True, forbid_unknown_fields=True):
    title: str = ""
    parts: tuple[Part, ...] = ()
    named: dict[str, Part] = {}
    pace: Fast | Slow = Fast()
    some: list[int] | None = None


MISTAKES = {
    "title = 3": "w: field 'title': expected `str`, found `int`",
    "titel = 'a'": "w: unknown field 'titel'; did you mean title?",
    "zzz = 1": "w: unknown field 'zzz'; known: named, pace, parts, some, title",
    "parts = 'a'": "w: field 'parts': expected `array`, found `str`",
    "parts = [{}]": "w: field 'parts[0].size' is missing",
    "parts = [{size = 1}, {size = 0}]": "w: field 'parts[1].size': expected `int` >= 1, found 0",
    "parts = [{size = 1, sise = 1}]": "w: unknown field 'sise' in [parts[0]]; did you mean size?",
    "parts = [{size = 1, mode = 'up'}]": "w: field 'parts[0].mode': expected 'even' or 'odd' or 'none', found 'up'",
    "named.a = {size = 1, mod = 'odd'}": "w: unknown field 'mod' in [named[...]]; did you mean mode?",
    "named.a = {size = 0}": "w: field 'named[...].size': expected `int` >= 1",
    "pace = {name = 'slow', dcay = 1}": "w: unknown field 'dcay' in [pace]; did you mean decay?",
    "pace = {name = 'quick'}": "w: field 'pace.name': expected 'fast' or 'slow', found 'quick'",
    "some = ['a']": "w: field 'some[0]': expected `int`, found `str`",
}


@pytest.mark.parametrize("toml", MISTAKES)
def test_mistakes(tmp_path, toml):
    (tmp_path / "w.toml").write_text(toml)
    with pytest.raises(RecipeError) as caught:
        convert(read_toml(tmp_path / "w.toml", RecipeError), Whole, "w", RecipeError)
    assert str(caught.value) == MISTAKES[toml]


def test_what_fits_is_decoded():
    whole = convert({"parts": [{"size": 2}], "pace": {"name": "slow"}}, Whole, "w", RecipeError)
    assert whole == Whole(parts=(Part(2),), pace=Slow())


def test_no_table():
    with pytest.raises(RecipeError, match=r"^w: expected `object`, found `int`$"):
        convert(3, Whole, "w", RecipeError)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "no such file"),
        ("", "cannot be read"),  # a folder
        (b"a = '\xe9'", "expected UTF-8, found byte 0xe9 at offset 5"),
        (b"a = \n", r"not valid TOML: .*line 1"),
        (
            b'path = "C:\\data"',
            "not valid TOML: .*back slashes in single quotes, and write paths with",
        ),
        (b"name: x", "not valid TOML: .*a field is written name = value"),
        (b"a = " + b"9" * 5000, "a number is too long$"),
        (
            b"a = [{b = 0x" + b"f" * 5000 + b"}]",
            "a number is too long; TOML's integers have 64 bits",
        ),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "too deeply nested"),
    ],
)
def test_files_that_are_no_toml(tmp_path, content, complaint):
    path = tmp_path / "w.toml"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    with pytest.raises(RecipeError, match=f"w.toml: {complaint}"):
        read_toml(path, RecipeError)


def test_a_byte_order_mark_and_line_ends_of_windows(tmp_path):
    (tmp_path / "w.toml").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert read_toml(tmp_path / "w.toml", RecipeError) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("name", "said"), [("a\0b", "no such file"), ("x" * 300, "cannot be read")]
)
def test_paths_that_no_system_has(tmp_path, name, said):
    with pytest.raises(RecipeError, match=said):
        read_toml(tmp_path / name, RecipeError)
