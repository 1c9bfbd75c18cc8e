"""CoNLL-U, the format of Universal Dependencies, and CoNLL-U Plus: one label per word.

The words are the syntactic ones. Multiword tokens (``3-4``), empty nodes (``8.1``) and
comments (``#``) are skipped. A line ``# global.columns = ID FORM …`` names other columns than
the ten of CoNLL-U.

Sources: https://universaldependencies.org/format.html,
https://universaldependencies.org/ext-format.html
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import takewhile

import msgspec

from taskrel.errors import nearest
from taskrel.tasks.readers.corpora.entities import outermost, read_entities
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_DOCUMENT = "# newdoc id ="
_NAMES = "# global.columns ="

Rows = list[list[str]]  # the fields of each word of a sentence
Sentence = tuple[int, Rows, str]  # line of the first word, words, document


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the label is.

    A column, such as "upos"; a value in a column, such as "feats.Number" or "misc.SpaceAfter";
    "entity": the outermost entity in MISC, in BIO coding.
    """

    column: str = "upos"
    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the document, if the file names it.

    An unspecified label (``_``) is absent, and so is a value that a word lacks: it has no loss
    and no score.
    """
    lines = source.rows(source.options.encoding)
    names = _names(source, lines)
    form = names.index("form")
    label = (
        _entities(source, names) if source.options.column == "entity" else _Column(source, names)
    )
    for first, rows, document in _sentences(source, lines, names):
        yield Example([fields[form] for fields in rows], label(first, rows), document)


def _sentences(source: Source, lines: list[str], names: tuple[str, ...]) -> Iterator[Sentence]:
    id_at = names.index("id") if "id" in names else None
    rows: Rows = []
    first, document, last = 1, "", 0
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip():
            if rows:
                yield first, rows, document
                rows = []
            last = 0
            continue
        if line.startswith("#"):
            if line.startswith(_DOCUMENT):
                document = line.removeprefix(_DOCUMENT).strip()
            continue
        fields = line.split("\t")
        if len(fields) != len(names):
            raise source.error(
                number,
                f"expected {len(names)} columns separated by a TAB, "
                f"found {len(fields)}; is this CoNLL-U, or CoNLL-U Plus with {_NAMES!r}?",
            )
        id_ = "0" if id_at is None else fields[id_at]
        if id_.isdecimal():
            if id_ == "1" and rows:
                raise source.error(
                    number,
                    "the words' numbers go back to 1 within the sentence that starts at line "
                    f"{first}; put the blank line back between the two sentences",
                )
            if id_at is not None and int(id_) <= last:
                raise source.error(
                    number,
                    f"the word's number {id_} comes after {last}, but numbers increase within a "
                    "sentence; correct it, or put a blank line between two sentences",
                )
            last = int(id_)
            first = first if rows else number
            rows.append(fields)
        elif not id_.replace("-", "", 1).replace(".", "", 1).isdecimal():
            raise source.error(
                number,
                "expected a number, a range or a decimal number in column 1 (id), "
                f"found {id_!r}; is this CoNLL-U?",
            )


def _names(source: Source, lines: list[str]) -> tuple[str, ...]:
    """Names of the columns, in lower case: those of CoNLL-U, or those that the file gives."""
    head = list(takewhile(lambda line: line.startswith("#"), lines))
    number = next((n for n, line in enumerate(head, start=1) if line.startswith(_NAMES)), 0)
    if not number:
        return COLUMNS
    line = head[number - 1]
    names = tuple(line.removeprefix(_NAMES).lower().split())
    if "form" not in names or len(set(names)) < len(names):
        raise source.error(
            number, f"expected different names of columns with FORM, found {' '.join(names)!r}"
        )
    return names


class _Column:
    """Labels of a column, or of one value in it, such as the Number in ``Case=Nom|Number=Sing``."""

    def __init__(self, source: Source, names: tuple[str, ...]) -> None:
        column, _, self.value = source.options.column.partition(".")
        column = column.lower()
        if column not in names:
            raise source.error(
                None,
                f"options.column: no column is called {column!r}; "
                f"{nearest(column, [*names, 'entity'])}",
            )
        self.at, self.source, self.label = names.index(column), source, cache(self._label)
        why = f"{column} has no {self.value}" if self.value else f"{column} is _"
        self.none = f"words without a label ({why})"

    def __call__(self, first: int, rows: Rows) -> list[str | None]:
        labels = [self.label(fields[self.at]) for fields in rows]
        if None in labels:
            self.source.leave_out(self.none, labels.count(None))
        return labels

    def _label(self, cell: str) -> str | None:
        if not self.value:
            return None if cell == "_" else label_of(cell)
        for part in cell.split("|"):
            name, _, value = part.partition("=")
            if name == self.value:
                return label_of(value)
        return None


def _entities(source: Source, names: tuple[str, ...]) -> Callable[[int, Rows], list[str]]:
    """Function that gives the labels of a sentence in BIO coding."""
    if "misc" not in names:
        raise source.error(
            None, "options.column: entities are in the column MISC, which is missing"
        )
    at = names.index("misc")

    def labels_of(first: int, rows: Rows) -> list[str]:
        try:
            entities = read_entities([fields[at] for fields in rows])
        except ValueError as e:
            raise source.error(
                first, f"the sentence that starts here: {e}; correct the column misc"
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

    return labels_of
