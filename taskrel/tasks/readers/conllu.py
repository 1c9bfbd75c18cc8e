"""CoNLL-U, the format of Universal Dependencies, and CoNLL-U Plus: one label per word.

The words are the syntactic ones. Multiword tokens (``3-4``), empty nodes (``8.1``) and
comments (``#``) are skipped. A line ``# global.columns = ID FORM …`` names other columns than
the ten of CoNLL-U.

Sources: https://universaldependencies.org/format.html,
https://universaldependencies.org/ext-format.html
"""

from collections.abc import Iterator
from functools import cache

import msgspec

from taskrel.errors import DataError, nearest
from taskrel.tasks.readers.corpora.entities import outermost, read_entities
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_DOCUMENT = "# newdoc id ="
_NAMES = "# global.columns ="

Rows = list[dict[str, str]]  # column → field, of each word of a sentence


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the label is.

    A column, such as "upos"; a value in a column, such as "feats.Number" or "misc.SpaceAfter";
    "entity": the outermost entity in MISC, in BIO coding.
    """

    column: str = "upos"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the document, if the file names it.

    An unspecified label (``_``) is absent, and so is a value that a word lacks: it has no loss
    and no score.
    """
    label = _entities if source.options.column == "entity" else _Column(source)
    for first, rows, document in _sentences(source):
        yield Example([fields["form"] for fields in rows], label(source, first, rows), document)


def _sentences(source: Source) -> Iterator[tuple[int, Rows, str]]:
    """Line number of the first word, words and document of each sentence."""
    names = COLUMNS
    rows: Rows = []
    first, document = 1, ""
    for number, line in enumerate([*source.rows(), ""], start=1):
        if not line.strip():
            if rows:
                yield first, rows, document
                rows = []
            continue
        if line.startswith("#"):
            if line.startswith(_DOCUMENT):
                document = line.removeprefix(_DOCUMENT).strip()
            elif line.startswith(_NAMES):
                names = _named(source, number, line)
            continue
        fields = line.split("\t")
        if len(fields) != len(names):
            raise source.error(
                number,
                f"expected {len(names)} columns separated by a TAB, "
                f"found {len(fields)}; is this CoNLL-U, or CoNLL-U Plus with {_NAMES!r}?",
            )
        row = dict(zip(names, fields, strict=True))
        id_ = row.get("id", "")
        if "id" not in row or (id_.isascii() and id_.isdigit()):
            if rows and "id" in row and len(id_) < 10 and int(id_) <= int(rows[-1]["id"]):
                raise source.error(
                    number,
                    f"the number of a word goes back to {id_} within the sentence that starts at "
                    f"line {first}; put the blank line back between two sentences",
                )
            first = first if rows else number
            rows.append(row)
        elif not id_.replace("-", "", 1).replace(".", "", 1).isdigit():
            raise source.error(
                number,
                "expected a number, a range or a decimal number in column 1 (id), "
                f"found {id_!r}; is this CoNLL-U?",
            )


def _named(source: Source, number: int, line: str) -> tuple[str, ...]:
    """Names of the columns of CoNLL-U Plus, in lower case."""
    names = tuple(line.removeprefix(_NAMES).lower().split())
    if "form" not in names or len(set(names)) < len(names):
        raise source.error(
            number, f"expected different names of columns with FORM, found {' '.join(names)!r}"
        )
    return names


class _Column:
    """Labels of a column, or of one value in it, such as the Number in ``Case=Nom|Number=Sing``."""

    def __init__(self, source: Source) -> None:
        self.column, _, self.value = source.options.column.partition(".")
        self.column = self.column.lower()
        self.label = cache(self._label)

    def __call__(self, source: Source, first: int, rows: Rows) -> list[str | None]:
        try:
            labels = [self.label(row[self.column]) for row in rows]
        except KeyError:
            raise self._unknown(source, rows[0]) from None
        if None in labels:
            what = f"has no {self.value}" if self.value else "is _"
            source.leave_out(f"words without a label ({self.column} {what})", labels.count(None))
        return labels

    def _label(self, cell: str) -> str | None:
        if not self.value:
            return None if cell == "_" else label_of(cell)
        for part in cell.split("|"):
            name, _, value = part.partition("=")
            if name == self.value:
                return label_of(value)
        return None

    def _unknown(self, source: Source, row: dict[str, str]) -> DataError:
        return source.error(
            None,
            f"options.column: no column is called {self.column!r}; "
            f"{nearest(self.column, [*row, 'entity'])}",
        )


def _entities(source: Source, first: int, rows: Rows) -> list[str]:
    try:
        entities = read_entities([row.get("misc", "_") for row in rows])
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
