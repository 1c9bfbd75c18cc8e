"""What kind of file this is, and its first rows as named columns."""

import codecs
import csv
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from taskrel.errors import DataError
from taskrel.tasks.readers import READERS, spans
from taskrel.tasks.readers.align import OUTSIDE
from taskrel.tasks.readers.exports.rows import decode
from taskrel.tasks.readers.packed import mostly_utf8
from taskrel.tasks.readers.source import Source

#: Rows of a table, or lines of a file, that are looked at.
ROWS = 100_000
SEPARATORS = "\t,;|"
#: Levels of JSON in which fields and spans are looked for; tools nest five at most.
DEPTH = 7

_MARKS = {  # that of UTF-32 starts as that of UTF-16 does
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DOCUMENT = "-DOCSTART-"
_CONLLU = (("upos", 3), ("xpos", 4), ("deprel", 7))  # columns that may be the label
#: Names of the column of words in a header of CoNLL.
_WORDS = ("token", "tokens", "word", "words", "form", "text")
_COMMENT = re.compile(r"#+ ?")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


@dataclass
class Sample:
    """A file as it was recognised.

    reader : name of the reader
    options : options of the reader about the format, such as the separator and the encoding
    kind : of the task, where the file itself tells
    columns : else, name → values of the first rows; a number names a column without a header
    said : what was recognised, a sentence each
    """

    reader: str
    options: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    columns: dict[str, list] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


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
        return _table(path, "parquet", "A parquet or Arrow file")
    if raw.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in raw:
        return _table(path, "excel", "An Excel file")
    if path.suffix == ".spacy":
        return _annotated(path, "a .spacy file (DocBin)", "utf-8")
    text, encoding = _decoded(source)
    said = [] if encoding == "utf-8" else [f"The encoding is {encoding}."]
    options = {} if encoding == "utf-8" else {"encoding": encoding}
    sample = _of_text(path, text.removeprefix("\ufeff"))
    sample.options |= options
    sample.said += said
    return sample


def _is_webanno(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(100).removeprefix(codecs.BOM_UTF8).startswith(b"#FORMAT=WebAnno")


def _of_text(path: Path, text: str) -> Sample:
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _json(path)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:ROWS]
    if lines[0].startswith("#FORMAT=WebAnno"):
        return Sample("webanno", {}, "tagging", said=["A WebAnno or INCEpTION file (TSV 3)."])
    return _conllu(lines) or _conll(lines) or _delimited(path, text, lines)


def _decoded(source: Source) -> tuple[str, str]:
    """Text and encoding: that of a byte order mark, UTF-8, or else Windows-1252.

    Raises `DataError` where most of a text is UTF-8, but some bytes are not.
    """
    raw = source.raw()
    for mark, name in _MARKS.items():
        if raw.startswith(mark):
            return raw.decode(name, "replace"), name
    for name, zeros in (("utf-16-le", raw[1:8:2]), ("utf-16-be", raw[0:8:2])):
        if zeros == b"\0\0\0\0":
            return raw.decode(name, "replace"), name
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        if mostly_utf8(raw):
            return source.text(), "utf-8"  # which names the line
        return raw.decode("cp1252", "replace"), "cp1252"


def _table(path: Path, reader: str, what: str, options: dict | None = None) -> Sample:
    """Sample of a file that a reader of tables divides into rows."""
    module = READERS[reader]
    source = Source(path, module.Options(**(options or {})), "classification")
    columns: dict[str, list] = {}
    n = 0
    for _, row in itertools.islice(module.rows(source), ROWS):
        for name, value in _flat(row):
            columns.setdefault(name, [None] * n).append(value)
        n += 1
        for values in columns.values():
            values.extend([None] * (n - len(values)))
    if not n:
        raise DataError(f"{path}: {what[0].lower()}{what[1:]} without rows")
    names = ", ".join(map(repr, columns))
    return Sample(reader, {}, "", columns, [f"{what} with the columns {names}."])


def _flat(row: Any, before: str = "", depth: int = DEPTH) -> list[tuple[str, Any]]:
    """Fields of a row; those inside another field have names such as "data.text"."""
    found = []
    for name, value in row.items():
        if isinstance(value, dict) and depth:
            found += _flat(value, f"{before}{name}.", depth - 1)
        else:
            found.append((f"{before}{name}", value))
    return found


def _json(path: Path) -> Sample:
    source = Source(path, spans.Options(), "tagging")
    encoding = _decoded(source)[1]
    rows = list(itertools.islice(decode(source, source.text(encoding)), ROWS))
    tools = [name for name, tool in spans.TOOLS.items() if any(tool.fits(r.value) for r in rows)]
    spans_there = any(has_spans(row.value) for row in rows)
    # The labels of texts as doccano exports them are like those of any other JSON.
    if tools and (spans_there or tools[0] != "doccano"):
        try:
            return _annotated(path, f"an export of {tools[0]}", encoding)
        except DataError:
            if spans_there:
                raise
    return _table(path, "jsonl", "A JSON file", {"encoding": encoding})


def _annotated(path: Path, what: str, encoding: str) -> Sample:
    """Sample of an annotation tool's export: spans, or else labels of the texts."""

    def targets(kind: str) -> list:
        source = Source(path, spans.Options(encoding=encoding), kind)
        return [e.target for e in spans.read(source) if e.tokens]

    if any(label not in (None, OUTSIDE) for tags in targets("tagging") for label in tags):
        kind, has = "tagging", "spans of characters"
    else:
        one = all(len(labels) == 1 for labels in targets("multilabel"))
        kind, has = ("classification", "a label") if one else ("multilabel", "any number of labels")
    return Sample("spans", {}, kind, said=[f"This is {what}: texts with {has}."])


def has_spans(value: Any, depth: int = DEPTH) -> bool:
    """Whether JSON has, not too deep in it, a span of characters: [0, 5, "PER"], or its start and end."""
    if not depth:
        return False
    inside = partial(has_spans, depth=depth - 1)
    if isinstance(value, dict):
        offsets = {"start", "end"} <= value.keys() or {"start_offset", "end_offset"} <= value.keys()
        return offsets or any(map(inside, value.values()))
    if isinstance(value, list):
        whole = [isinstance(v, int) and not isinstance(v, bool) for v in value[:2]]
        span = len(value) == 3 and all(whole) and isinstance(value[2], str)
        return span or any(map(inside, value[:50]))
    return False


def _conllu(lines: list[str]) -> Sample | None:
    if lines[0].startswith("# global.columns"):
        return Sample("conllu", {}, "tagging", said=["A CoNLL-U Plus file."])
    tokens = [line.split("\t") for line in lines if line and not line.startswith("#")]
    whole = [row for row in tokens if len(row) == 10 and row[0][:1].isdigit()]
    if not tokens or len(whole) < 0.98 * len(tokens):
        return None
    filled = [c for c, i in _CONLLU if any(row[i] != "_" for row in whole)]
    column = filled[0] if filled else "upos"
    said = f"A CoNLL-U file; the label is its column {column.upper()}."
    options = {} if column == "upos" else {"column": column}
    return Sample("conllu", options, "tagging", said=[said])


def _conll(lines: list[str]) -> Sample | None:
    """A token per line, a blank line after each sentence."""
    blank = sum(not line.strip() for line in lines[:-1])
    there = [line for line in lines if line.strip() and not line.startswith(_DOCUMENT)]
    plain = [line for line in there if not line.startswith("#")]  # a hashtag is a token, too
    for separator, says in (("\t", "a TAB"), (" ", "a blank"), ("", "blanks")):
        rows = [_fields(line, separator) for line in plain]
        width, share = _width(rows)
        if separator == " " and any("" in row for row in rows):
            continue  # several blanks
        if width < 2 or share < 0.9 or not 2 * len(plain) > 3 * blank > 0:
            continue
        odd = [line for line in there[:ROWS] if len(_fields(line, separator)) != width]
        comments = sorted({m[0] for line in odd if (m := _COMMENT.match(line))})
        # A prefix that tokens have as well would drop them.
        comments = [
            prefix
            for prefix in comments
            if all(line in odd for line in there if line.startswith(prefix))
        ]
        columns = [*zip(*(row for row in rows if len(row) == width), strict=True)]
        word = next((i for i, c in enumerate(columns) if not _all_numbers(c)), 0)
        if any(" " in w for w in columns[word]):
            continue  # texts, not tokens
        options: dict[str, Any] = {"label": -1}
        if word:
            options["word"] = word + 1
        if separator != "\t":
            options["separator"] = separator
        if comments:
            options["comments"] = comments
        if rows[0][word].lower() in _WORDS and rows[0][-1] not in columns[-1][1:]:
            options["header"] = True
        said = (
            f"A token per line and a blank line after each sentence (CoNLL); {says} divides the "
            f"{width} columns. The word is column {word + 1}, the label is the last column."
        )
        return Sample("columns", options, "tagging", said=[said])
    return None


def _fields(line: str, separator: str) -> list[str]:
    return line.split(separator) if separator else line.split()


def _width(rows: list[list[str]]) -> tuple[int, float]:
    """The usual number of fields, and the share of the rows that have it."""
    if not rows:
        return 1, 0.0
    width, n = Counter(map(len, rows)).most_common(1)[0]
    return width, n / len(rows)


def _delimited(path: Path, text: str, lines: list[str]) -> Sample:
    """Rows with a separator, with a header or without one."""
    declared = len(lines[0]) == 5 and lines[0].lower().startswith("sep=")
    body = text.partition("\n")[2] if declared else text
    best: tuple[float, str, bool, list[list[str]]] = (0.8, "", False, [])
    for separator in lines[0][4] if declared else SEPARATORS:
        quoting, rows = _records(body, separator)
        width, share = _width(rows)
        if width > 1 and share > best[0] + 0.01:
            best = (share, separator, quoting, [row for row in rows if len(row) == width])
    _, separator, quoting, rows = best
    names = {"\t": "a TAB", ",": "a comma", ";": "a semicolon", "|": "a vertical bar"}
    if not separator:
        raise DataError(
            f"{path}: expected columns, JSON, or a token per line, found lines that nothing "
            "divides into a text and its label"
        )
    by = f"{names.get(separator, repr(separator))} divides the columns"
    options: dict[str, Any] = {}
    if _is_header(rows[0], rows[1:]):
        header = [name.strip() for name in rows[0]]
        columns = {n: [*c] for n, c in zip(header, zip(*rows[1:], strict=True), strict=True)}
        if separator != "," and not declared:
            options["separator"] = separator
        if not quoting and '"' in body:
            options["quoting"] = False
            by += ", and quotes are ordinary characters"
        listed = ", ".join(map(repr, columns))
        return Sample("csv", options, "", columns, [f"A table with a header ({listed}); {by}."])
    columns = {str(i): [*c] for i, c in enumerate(zip(*rows, strict=True), start=1)}
    if separator != "\t":
        options["separator"] = separator
    if quoting:
        options["quoting"] = True
    said = f"A table without a header, of {len(columns)} columns; {by}."
    return Sample("delimited", options, "", columns, [said])


def _records(text: str, separator: str) -> tuple[bool, list[list[str]]]:
    """Whether quotes enclose fields, and the fields of the first rows.

    They do if the whole file is well-formed that way, and if they are needed: rows are more alike
    then than without, or quotes in quotes are doubled, or most rows have quotes.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:ROWS]
    plain = [line.split(separator) for line in lines if line]
    if not any(cell.startswith('"') for row in plain for cell in row):
        return False, plain
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [row for row in reader if row][:ROWS]
    except csv.Error:
        return False, plain
    finally:
        csv.field_size_limit(limit)
    quoted = [cell for row in plain for cell in row if cell.startswith('"')]
    needed = any('""' in cell[1:-1] for cell in quoted) or len(quoted) > len(plain) / 2
    (_, before), (_, after) = _width(plain), _width(rows)
    quoting = after > before or (after == before and needed and len(rows) == len(plain))
    return (True, rows) if quoting else (False, plain)


def _is_header(first: list[str], rest: list[list[str]]) -> bool:
    """Whether a first row names columns: short different names, none a value of its column."""
    cells = [cell.strip() for cell in first]
    named = [c for c in cells if c]
    if not rest or len({*named}) < len(named) or any(_NUMBER.fullmatch(c) for c in named):
        return False
    short = all(len(c) <= 40 and c.count(" ") <= 3 for c in cells)
    if not short and not any(_tells(c, [row[i] for row in rest]) for i, c in enumerate(cells)):
        return False
    # The first column, an index, may be without a name, and so may columns without values.
    if any(not c and any(row[i] for row in rest) for i, c in enumerate(cells) if i):
        return False
    return not any(
        cell and cell in {row[i].strip() for row in rest} for i, cell in enumerate(cells)
    )


def _tells(cell: str, values: list[str]) -> bool:
    """Whether a cell is no value of its column: that has numbers, or few values, and not this."""
    there = [value for value in values if value.strip()]
    few = len({*there}) <= len(there) / 3
    return bool(cell) and cell not in there and (few or _all_numbers(tuple(there)))


def _all_numbers(values: tuple[str, ...]) -> bool:
    return all(_NUMBER.fullmatch(v) for v in values)
