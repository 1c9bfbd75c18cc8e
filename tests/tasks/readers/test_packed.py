"""Packed files are unpacked; files of another format are named for what they are."""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from pathlib import Path

import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.packed import (
    encoding_of,
    guessed,
    other_text_format,
    unpacked,
    why_no_text,
)

TEXT = b"a good film\tpos\n" * 3


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        TEXT,
        gzip.compress(TEXT, mtime=0),
        bz2.compress(TEXT),
        lzma.compress(TEXT),
        zipped(a=TEXT),
        zipped(a=TEXT, **{"__MACOSX/a": b"x"}),
    ],
    ids=["plain", "gzip", "bz2", "xz", "zip", "zip of a Mac"],
)
def test_unpacked(raw):
    assert unpacked(Path("t"), raw) == TEXT


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (gzip.compress(TEXT, mtime=0)[:-9], "t: damaged packed file"),
        (bz2.compress(TEXT)[:-9], "t: damaged packed file"),
        (lzma.compress(TEXT)[:-9], "t: damaged packed file"),
        (zipped(a=TEXT)[:-9], "t: damaged packed file"),
        (zipped(a=TEXT, b=TEXT), "t: this is a zip archive of 2 files; unpack it"),
        (zipped(), "t: this is a zip archive of 0 files"),
        (
            zipped(**{"xl/workbook.xml": b"", "b": b""}),
            'this is an Excel file; use reader = "excel"',
        ),
        (b"PAR1....", 'this is a parquet file; use reader = "parquet"'),
        *[(bytes([0x80, n]) + b"abc", "pickles are never loaded") for n in (2, 3, 4, 5)],
        (b"FEA1....", 'use reader = "parquet"'),
        (b"\xff\xff\xff\xff\x10", 'an Arrow stream; use reader = "parquet"'),
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"GIF89a", "a GIF image"),
        (b"\x89HDF\r\n", "an HDF5 file"),
        (b"a".ljust(257, b"\0") + b"ustar", "a tar archive; unpack it"),
        (gzip.compress(b"a".ljust(257, b"\0") + b"ustar", mtime=0), "a tar archive; unpack it"),
    ],
)
def test_refused(raw, message):
    with pytest.raises(DataError, match=f"^t: .*{re.escape(message.removeprefix('t: '))}"):
        unpacked(Path("t"), raw)


@pytest.mark.parametrize(
    ("raw", "remedy"),
    [
        ("täxt".encode("utf-16"), '"utf-16"'),
        ("long enough".encode("utf-16-le"), '"utf-16-le"'),
        ("слово и слово\n".encode("utf-16-be"), '"utf-16-be"'),
        ("täxt".encode("utf-32"), '"utf-32"'),
        ("täxt".encode("cp1252"), '"latin-1"'),
    ],
)
def test_guessed(raw, remedy):
    assert remedy in guessed(raw)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"", "utf-8"),
        (TEXT, "utf-8"),
        (b"\xef\xbb\xbfcaf\xe9", "utf-8"),
        ("café café ".encode() + b"caf\xe9", "utf-8"),
        ("café".encode("cp1252"), "cp1252"),
        ("слово и слово\n".encode("utf-16-be"), "utf-16-be"),
        ("täxt".encode("utf-32"), "utf-32"),
        (b"a\0b", "utf-8"),
    ],
)
def test_the_encoding_of_bytes(raw, encoding):
    assert encoding_of(raw) == encoding


@pytest.mark.parametrize(
    ("raw", "encoding", "why"),
    [
        (TEXT, "utf-8", ""),
        (b"\xef\xbb\xbfgood\tpos", "utf-8", ""),
        (
            b"\xef\xbb\xbfgood\tpos",
            "cp1252",
            'utf-8, and is not cp1252; set options.encoding = "utf',
        ),
        (
            "good\tpos\n".encode("utf-16-le"),
            "utf-8",
            'looks like UTF-16-LE: set options.encoding = "',
        ),
        (b"\0" * 30, "utf-8", "the file begins with NUL bytes"),
        (b"\0\0" + TEXT, "utf-8", "the file begins with NUL bytes"),
        (TEXT + b"a\0\0" + TEXT, "utf-8", "line 4 has a NUL character"),
    ],
)
def test_what_is_no_text(raw, encoding, why):
    found = why_no_text(raw, raw.decode(encoding), encoding)
    assert why in found and bool(why) == bool(found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('\n{"text": "a, b", "label": "x"}\n', "JSON lines"),
        ('[{"text": "a"},\n {"text": "b"}]', "one JSON value"),
        ('{\n "text": ["a"],\n "label": ["x"]\n}', "one JSON value"),
        ("#FORMAT=WebAnno TSV 3.3\n#T_SP=a|b", 'reader = "webanno"'),
        ('<?xml version="1.0"?>', "XML"),
        ("[a, b]\tx", ""),
        ('["a"]', ""),
        ("{x}\ty", ""),
        ("[" * 5000, ""),
        ("", ""),
    ],
)
def test_text_files_without_rows_are_named(text, what):
    found = other_text_format(text.split("\n"))
    assert what in found and bool(what) == bool(found)


@pytest.mark.parametrize("level", [1, 6, 9])
def test_a_file_of_spacy(level):
    with pytest.raises(DataError, match='this is a file of spaCy; use reader = "spans"'):
        unpacked(Path("t.spacy"), zlib.compress(TEXT, level))
