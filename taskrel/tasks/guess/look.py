"""What kind of file this is: token by line, text by row, or a tool's own format."""

import codecs
from pathlib import Path

from taskrel.errors import DataError
from taskrel.tasks.guess.row_files import annotated, delimited, json_file, table
from taskrel.tasks.guess.sample import ROWS, Sample
from taskrel.tasks.guess.token_files import token_file
from taskrel.tasks.readers.packed import encoding_of
from taskrel.tasks.readers.source import Source


def look(path: Path) -> Sample:
    """Recognise a file, or a folder of brat; raises `DataError` for what no reader reads."""
    if path.is_dir():
        if any(map(_is_webanno, path.rglob("*.tsv"))):
            return Sample(
                "webanno", {}, "tagging", said=["A folder of WebAnno or INCEpTION files."]
            )
        if not any(path.rglob("*.ann")):
            raise DataError(
                f"{path}: expected brat's .txt and .ann files in this folder, found none; if it "
                "has a file per split, add --folder, else name the file"
            )
        options = {"scheme": "bio", "typed": True}
        return Sample("brat", options, "tagging", said=["A folder of brat: texts and .ann files."])
    source = Source(path, None, "classification")
    raw = source.raw(unpack=False)
    if not raw.strip():
        raise DataError(f"{path}: the file is empty")
    if raw.startswith((b"PAR1", b"ARROW1", b"FEA1", b"\xff\xff\xff\xff")):
        return table(path, "parquet", "A parquet or Arrow file")
    if raw.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in raw:
        return table(path, "excel", "An Excel file")
    if path.suffix == ".spacy":
        return annotated(path, "a .spacy file (DocBin)", "utf-8")
    encoding = encoding_of(source.raw())
    text = source.text(encoding).removeprefix("\ufeff")
    said = [] if encoding == "utf-8" else [f"The encoding is {encoding}."]
    options = {} if encoding == "utf-8" else {"encoding": encoding}
    sample = _of_text(path, text, encoding)
    sample.options |= options
    sample.said += said
    return sample


def _is_webanno(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(100).removeprefix(codecs.BOM_UTF8).startswith(b"#FORMAT=WebAnno")


def _of_text(path: Path, text: str, encoding: str) -> Sample:
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return json_file(path, encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:ROWS]
    if lines[0].startswith("#FORMAT=WebAnno"):
        return Sample("webanno", {}, "tagging", said=["A WebAnno or INCEpTION file (TSV 3)."])
    return token_file(lines) or delimited(path, text, lines)
