"""CoNLL-U, the format of Universal Dependencies: one label per word.

The words are the syntactic ones. Multiword tokens (``3-4``), empty nodes (``8.1``) and
comments (``#``) are skipped.

Source: https://universaldependencies.org/format.html
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from taskrel.tasks.readers.corpora.entities import outermost, read_entities
from taskrel.tasks.readers.source import Example, Source

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_DOCUMENT = "# newdoc id ="

Rows = list[list[str]]  # the fields of each word of a sentence


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The column of the label; "entity": the outermost entity in MISC, in BIO coding."""

    column: Literal["upos", "xpos", "deprel", "entity"] = "upos"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the document, if the file names it.

    An unspecified label (``_``) is absent: it has no loss and no score.
    """
    label = _entities if source.options.column == "entity" else _column
    for first, rows, document in _sentences(source):
        yield Example([fields[1] for fields in rows], label(source, first, rows), document)


def _sentences(source: Source) -> Iterator[tuple[int, Rows, str]]:
    """Line number of the first word, words and document of each sentence."""
    rows: Rows = []
    first, document = 1, ""
    for number, line in enumerate([*source.lines(), ""], start=1):
        if not line.strip():
            if rows:
                yield first, rows, document
                rows = []
            continue
        if line.startswith("#"):
            if line.startswith(_DOCUMENT):
                document = line.removeprefix(_DOCUMENT).strip()
            continue
        fields = line.split("\t")
        if len(fields) != len(COLUMNS):
            raise source.error(
                number,
                f"expected {len(COLUMNS)} columns separated by a TAB, "
                f"found {len(fields)}; is this CoNLL-U?",
            )
        if fields[0].isdigit():
            first = first if rows else number
            rows.append(fields)
        elif not fields[0].replace("-", "", 1).replace(".", "", 1).isdigit():
            raise source.error(
                number,
                "expected a number, a range or a decimal number in column 1 (id), "
                f"found {fields[0]!r}; is this CoNLL-U?",
            )


def _column(source: Source, first: int, rows: Rows) -> list[str | None]:
    column = COLUMNS.index(source.options.column)
    labels = [None if fields[column] == "_" else fields[column] for fields in rows]
    if None in labels:
        source.leave_out(
            f"words without a label ({source.options.column} is _)", labels.count(None)
        )
    return labels


def _entities(source: Source, first: int, rows: Rows) -> list[str]:
    try:
        entities = read_entities([fields[9] for fields in rows])
    except ValueError as e:
        raise source.error(
            first, f"the sentence that starts here: {e}; correct column 10 (misc)"
        ) from None
    kept = outermost(entities)
    if len(kept) < len(entities):
        source.leave_out(
            "entities inside another one, or overlapping it", len(entities) - len(kept)
        )
    labels = ["O"] * len(rows)
    for start, end, type_ in kept:
        labels[start : end + 1] = [f"B-{type_}", *[f"I-{type_}"] * (end - start)]
    return labels
