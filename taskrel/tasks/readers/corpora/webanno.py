"""WebAnno TSV 3, which WebAnno and INCEpTION export: spans of one layer as BIO labels.

A line has the token's number in its sentence (``2-5``), its characters, the token, and for
each feature of each layer what is annotated: ``PER``, or ``PER[3]`` for the tokens of span 3,
or several of them separated by ``|``; ``_`` for nothing. Of spans that overlap, the one that
begins first is kept, and of those the longest; the others are counted. A span across two
sentences is one in each.

Source: https://webanno.github.io/webanno/releases/3.6.7/docs/user-guide.html, appendix B
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

import msgspec

from taskrel.errors import DataError, nearest
from taskrel.tasks.readers.corpora.entities import Entity, outermost
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source

_HEAD = "#FORMAT=WebAnno TSV 3"
_TOKEN = re.compile(r"(\d+)-(\d+)(\.\d+)?")
#: One annotation of a cell: its value, and the number of its span.
_ANNOTATION = re.compile(r"((?:[^|\\]|\\.)*?)(?:\[(\d+)\])?(?:\||\Z)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which annotations are the labels."""

    layer: str = ""  # the end of its name, such as "NamedEntity"; "": the only one
    feature: str = ""  # of this layer; "": the only one, else "value"
    scheme: Literal["bio", "plain"] = "bio"  # "plain": the value, for layers such as POS
    encoding: str = "utf-8"


class Row(NamedTuple):
    """A token, or a part of one, with what is annotated."""

    part: bool
    token: str
    cell: str


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the file, all ``.tsv`` of a folder are read."""
    paths = sorted(source.path.rglob("*.tsv")) if source.path.is_dir() else [source.path]
    if not paths:
        raise DataError(f"{source.path}: expected .tsv files in this folder, found none")
    for path in paths:
        file = replace(source, path=path)
        for rows in _sentences(file):
            tokens = [row.token for row in rows if not row.part]
            yield Example(tokens, _labels(file, rows), str(path))


def _sentences(source: Source) -> Iterator[list[Row]]:
    lines = source.lines(source.options.encoding)
    if not (lines and lines[0].startswith(_HEAD)):
        raise source.error(
            1,
            f"expected {_HEAD!r}, found {lines[0][:40] if lines else ''!r}; export the text as "
            'WebAnno TSV 3, or use another reader, such as "columns" or "conllu"',
        )
    at = _column(source, [line for line in lines if line.startswith("#T_")])
    rows: list[Row] = []
    sentence = ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t")
        match = _TOKEN.fullmatch(fields[0])
        if match is None or len(fields) <= at:
            raise source.error(
                number,
                f"expected a token's number, such as 2-5, and {at} more columns separated by a "
                f"TAB, found {line[:40]!r}",
            )
        if match[1] != sentence and rows:
            yield rows
            rows = []
        sentence = match[1]
        if match[3] and not rows:
            raise source.error(number, f"{fields[0]} is a part of a token that is not there")
        rows.append(Row(bool(match[3]), _unescaped(fields[2]), fields[at]))
    if rows:
        yield rows


def _column(source: Source, heads: list[str]) -> int:
    """Position in a line of the feature that the options name; columns are in heads' order."""
    options: Options = source.options
    layers: dict[str, tuple[int, list[str]]] = {}  # name → its first column, its features
    at = 3
    for head in heads:
        kind, _, described = head.partition("=")
        name, *features = described.split("|")
        if kind == "#T_SP":
            layers[name] = at, features
        at += max(1, len(features))
    short = {name: name.rpartition(".")[2] for name in layers}
    named = [name for name in layers if options.layer in ("", name, short[name])]
    if len(named) != 1:
        known = nearest(options.layer, short.values()) if layers else "it has no layer of spans"
        found = f"no layer {options.layer!r}" if options.layer else f"{len(layers)} layers of spans"
        raise source.error(None, f"options.layer: the file has {found}; {known}")
    at, features = layers[named[0]]
    feature = options.feature or (features[0] if len(features) == 1 else "value")
    if not features and not options.feature:
        return at
    if feature not in features:
        raise source.error(
            None,
            f"options.feature: layer {short[named[0]]} has no feature {feature!r}; "
            f"{nearest(feature, features)}",
        )
    return at + features.index(feature)


def _labels(source: Source, rows: list[Row]) -> list[str | None]:
    """A label per token of a sentence."""
    spans: list[Entity] = []
    last: dict[str | None, int] = {}  # number of a span → where it is in `spans`
    position = -1
    for row in rows:
        position += not row.part
        if row.cell == "_":
            continue
        for value, number in _annotations(row.cell):
            name = label_of(_unescaped(value)) if value != "*" else None
            if name is None:
                source.leave_out("annotations without a value")
                continue
            if row.part:
                source.leave_out("annotations of a part of a token, read as of the whole token")
            if number in last and spans[last[number]].end >= position - 1:
                spans[last[number]] = spans[last[number]]._replace(end=position)
                continue
            if number is not None:
                last[number] = len(spans)
            spans.append(Entity(position, position, name))
    kept = outermost(spans)
    if len(kept) < len(spans):
        source.leave_out("spans that overlap another one", len(spans) - len(kept))
    plain = source.options.scheme == "plain"
    labels: list[str | None] = [None if plain else "O"] * (position + 1)
    for start, end, name in kept:
        labels[start : end + 1] = (
            [name] * (end - start + 1) if plain else [f"B-{name}", *[f"I-{name}"] * (end - start)]
        )
    if None in labels:
        source.leave_out("tokens without a label", labels.count(None))
    return labels


def _annotations(cell: str) -> list[tuple[str, str | None]]:
    """Values of a cell, each with the number of its span.

    >>> _annotations("PER[1]|LOC"), _annotations(r"a\\|b[2]")
    ([('PER', '1'), ('LOC', None)], [('a\\\\|b', '2')])
    """
    return [(m[1], m[2]) for m in _ANNOTATION.finditer(cell) if m[0]]


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda m: _CONTROLS.get(m[1], m[1]), text)
