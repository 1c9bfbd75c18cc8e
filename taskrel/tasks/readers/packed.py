"""Packed files, and files of another format than text: recognised by their first bytes."""

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from pathlib import Path

import msgspec

from taskrel.errors import DataError

#: A packed file may unpack to so many bytes; text corpora are far smaller.
MOST = 4 << 30
#: First bytes of what spaCy packs, by zlib, into a .spacy file.
ZLIB = (b"x\x9c", b"x\x01", b"x\xda")
#: First bytes → what such a file is, and what to do.
FORMATS = {
    b"PAR1": ("a parquet file", 'use reader = "parquet"'),
    b"ARROW1": ("an Arrow file", 'use reader = "parquet"'),
    b"FEA1": ("a Feather file", 'use reader = "parquet"'),
    b"\xff\xff\xff\xff": ("an Arrow stream", 'use reader = "parquet"'),
    b"\xd0\xcf\x11\xe0": ("an old Excel or Word file", "save it as .xlsx or as CSV"),
    b"%PDF": ("a PDF", "export its text first"),
    b"SQLite format 3": ("an SQLite database", "export the table as CSV"),
    b"\x89HDF": ("an HDF5 file", "export its tables as CSV"),
    b"\x89PNG": ("a PNG image", "name the file that has the texts"),
    b"\xff\xd8\xff": ("a JPEG image", "name the file that has the texts"),
    b"GIF8": ("a GIF image", "name the file that has the texts"),
    b"\x93NUMPY": ("a NumPy array", "save it as CSV or JSON lines"),
    **dict.fromkeys(
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        ("a Python pickle", "save it as CSV or JSON lines; pickles are never loaded"),
    ),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a rar archive", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("a file packed by zstd", "unpack it"),
}


def unpacked(path: Path, raw: bytes) -> bytes:
    """The bytes of a file, unpacked once where it is packed.

    Raises `DataError` where it is damaged, an archive of several files, or no text.
    """
    try:
        if raw.startswith(b"\x1f\x8b"):
            return _no_tar(path, _read(path, gzip.GzipFile(fileobj=io.BytesIO(raw))))
        if raw.startswith(b"BZh"):
            return _no_tar(path, _read(path, bz2.BZ2File(io.BytesIO(raw))))
        if raw.startswith(b"\xfd7zXZ"):
            return _no_tar(path, _read(path, lzma.LZMAFile(io.BytesIO(raw))))
        if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _member(path, raw)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as e:
        raise DataError(f"{path}: damaged packed file ({e}); get it again") from None
    for first, (what, remedy) in FORMATS.items():
        if raw.startswith(first):
            raise DataError(f"{path}: this is {what}; {remedy}")
    if path.suffix == ".spacy" and raw.startswith(ZLIB):
        raise DataError(f'{path}: this is a file of spaCy; use reader = "spans"')
    return _no_tar(path, raw)


def _no_tar(path: Path, raw: bytes) -> bytes:
    if raw[257:262] == b"ustar":
        raise DataError(
            f"{path}: this is a tar archive; unpack it, and name the file that has the texts"
        )
    return raw


def _member(path: Path, raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [i.filename for i in archive.infolist() if not i.is_dir()]
        if "xl/workbook.xml" in names:
            raise DataError(f'{path}: this is an Excel file; use reader = "excel"')
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if len(names) != 1:
            raise DataError(
                f"{path}: this is a zip archive of {len(names)} files; unpack it, and name the "
                "file that has the texts"
            )
        with archive.open(names[0]) as file:
            return _read(path, file)


def _read(path: Path, file) -> bytes:
    with file:
        found = file.read(MOST + 1)
    if len(found) > MOST:
        raise DataError(f"{path}: unpacks to more than {MOST >> 30} GiB; unpack and split it")
    return found


def guessed(raw: bytes) -> str:
    """What encoding bytes that are not as declared probably have, as a remedy."""
    encoding = _wide_encoding(raw)
    if encoding:
        return (
            f'this looks like {encoding.upper()}: set options.encoding = "{encoding}" in the card'
        )
    return 'set options.encoding in the card, such as "latin-1" or "cp1252"'


def encoding_of(raw: bytes) -> str:
    """UTF-8, UTF-16 or UTF-32, and for other bytes Windows-1252.

    UTF-8 also where most characters beyond ASCII are: it names the line of a bad byte.
    """
    wide = _wide_encoding(raw)
    if wide or raw.startswith(codecs.BOM_UTF8):
        return wide or "utf-8"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "utf-8" if _mostly_utf8(raw) else "cp1252"
    return "utf-8"


def _wide_encoding(raw: bytes) -> str:
    """UTF-16 or UTF-32, with a byte order mark or without; "" if it is none of them."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Blanks and line ends have a zero byte in any language, all on the same side.
    even, odd = raw[:4096:2].count(0), raw[1:4096:2].count(0)
    if max(even, odd) < max(2, len(raw[:4096]) / 50) or min(even, odd):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def why_no_text(raw: bytes, text: str, encoding: str) -> str:
    """Why decoded bytes are no text of this encoding, with the remedy; "" if they may be one."""
    if raw.startswith(codecs.BOM_UTF8) and not text.startswith("\ufeff"):
        return (
            f"the file begins with the byte order mark of utf-8, and is not {encoding}; "
            'set options.encoding = "utf-8" in the card'
        )
    if "\0" not in text:
        return ""
    if _wide_encoding(raw):
        return f"the text has NUL characters; {guessed(raw)}"
    if text.startswith("\0"):
        return (
            "the file begins with NUL bytes, as a file does that was not written to its end; "
            "get it again"
        )
    line = text.count("\n", 0, text.index("\0")) + 1
    return (
        f"line {line} has a NUL character, so this is a damaged file or no text; remove the "
        "character, or export the text again"
    )


def other_text_format(lines: list[str]) -> str:
    """What a text file is that has neither rows nor one token a line, and what to do; or ""."""
    first = next((line for line in lines[:50] if line.strip()), "").strip()
    if first.startswith("#FORMAT=WebAnno TSV"):
        return 'WebAnno TSV; use reader = "webanno"'
    if first.startswith(("<?xml", "<!DOCTYPE", "<html")):
        return "XML or HTML; convert it to CSV, JSON lines or CoNLL columns first"
    if first.startswith("{") and _is_json(first):
        return 'JSON lines; use reader = "jsonl"'
    if first.startswith(("[", "{")) and _is_json("\n".join(lines)):
        return 'one JSON value; use reader = "jsonl"'
    return ""


def _is_json(text: str) -> bool:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return isinstance(value, dict) or any(isinstance(v, dict) for v in value)


def _mostly_utf8(raw: bytes) -> bool:
    """Whether more characters beyond ASCII are UTF-8 than are not."""
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(c > "\x7f" for c in text) - bad > bad
