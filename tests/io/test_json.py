"""Strict reading of JSON: one sentence for every damage, with the remedy."""

import pytest
from msgspec import Struct

from taskrel.errors import EvidenceError
from taskrel.io.json import from_json, read_json, to_json


class Point(Struct):
    x: float


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file; get it"),
        (b"{", "cannot be read as JSON (.*); get it"),
        (b'{"x": NaN}', "cannot be read as JSON (.*); get it"),
        (b'{"x": 1e999}', "cannot be read as JSON (.*); get it"),
        (b'{"x": ' + b"9" * 5000 + b"}", "cannot be read as JSON (.*); get it"),
        (b"[" * 100_000, "cannot be read as JSON (.*); get it"),
        (b'"\\ud800"', "cannot be read as JSON (.*); get it"),
        (b'{"x": "1"}', "field 'x': expected `float`, found `str`; get it"),
        (b"[1]", "expected `object`, found `array`; get it"),
        (b"{}", "field 'x' is missing; get it"),
    ],
)
def test_files_that_are_refused(tmp_path, content, says):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EvidenceError, match=f"x.json: {says}$"):
        read_json(path, Point, EvidenceError, "get it")


def test_what_fits_is_decoded(tmp_path):
    (tmp_path / "x.json").write_text(to_json({"x": 0.5, "y": float("nan")}))
    assert read_json(tmp_path / "x.json", Point, EvidenceError, "") == Point(0.5)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '["\\ud800"]', "{", "[1]", "9" * 5000, b'["\xed\xa0\x80"]']
)
def test_cells_that_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        from_json(text, list[str])
