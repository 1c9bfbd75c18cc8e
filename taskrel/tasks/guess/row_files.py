"""Files with a text per row: tables with a separator or of another format, and JSON."""

import csv
import io
import itertools
from functools import partial
from pathlib import Path
from typing import Any

from taskrel.errors import DataError
from taskrel.tasks.guess.sample import NUMBER, ROWS, Sample, all_numbers, usual_width
from taskrel.tasks.readers import READERS, spans
from taskrel.tasks.readers.delimited import named_separator
from taskrel.tasks.readers.exports.rows import decode
from taskrel.tasks.readers.source import Source
from taskrel.tasks.span_schemes import OUTSIDE

SEPARATORS = "\t,;|"
#: Levels of JSON in which fields and spans are looked for; tools nest five at most.
DEPTH = 7


def table(path: Path, reader: str, what: str, options: dict | None = None) -> Sample:
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


def json_file(path: Path, encoding: str) -> Sample:
    """Sample of JSON: an annotation tool's export, or else a table."""
    source = Source(path, spans.Options(), "tagging")
    rows = list(itertools.islice(decode(source, source.text(encoding)), ROWS))
    tools = [name for name, tool in spans.TOOLS.items() if any(tool.fits(r.value) for r in rows)]
    spans_there = any(has_spans(row.value) for row in rows)
    # The labels of texts as doccano exports them are like those of any other JSON.
    if tools and (spans_there or tools[0] != "doccano"):
        try:
            return annotated(path, f"an export of {tools[0]}", encoding)
        except DataError:
            if spans_there:
                raise
    return table(path, "jsonl", "A JSON file", {"encoding": encoding})


def annotated(path: Path, what: str, encoding: str) -> Sample:
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


def delimited(path: Path, text: str, lines: list[str]) -> Sample:
    """Rows with a separator, with a header or without one."""
    declared = named_separator(lines[0])
    body = text.partition("\n")[2] if declared else text
    best: tuple[float, str, bool, list[list[str]]] = (0.8, "", False, [])
    for separator in declared or SEPARATORS:
        quoting, rows = _records(body, separator)
        width, share = usual_width(rows)
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
    (_, before), (_, after) = usual_width(plain), usual_width(rows)
    quoting = after > before or (after == before and needed and len(rows) == len(plain))
    return (True, rows) if quoting else (False, plain)


def _is_header(first: list[str], rest: list[list[str]]) -> bool:
    """Whether a first row names columns: short different names, none a value of its column."""
    cells = [cell.strip() for cell in first]
    named = [c for c in cells if c]
    if not rest or len({*named}) < len(named) or any(NUMBER.fullmatch(c) for c in named):
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
    return bool(cell) and cell not in there and (few or all_numbers(there))
