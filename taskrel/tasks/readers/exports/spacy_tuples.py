"""spaCy's training tuples as JSON: ``[["text", {"entities": [[0, 5, "PER"]]}], …]``.

The labels of a text are those categories of ``cats`` that have 0.5 or more.

Source: https://v2.spacy.io/usage/training
"""

from typing import Any

from taskrel.tasks.readers.exports.marked import Annotated, listed, marked
from taskrel.tasks.readers.exports.rows import Row
from taskrel.tasks.readers.rows import shown

EXPECTED = '[["text", {"entities": [[0, 5, "PER"]]}], …], or a .spacy file'


def fits(value: Any) -> bool:
    """Whether a row looks like a training tuple of spaCy."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict)


def annotated(row: Row) -> Annotated:
    """Decode one tuple."""
    if not fits(row.value) or not isinstance(row.value[0], str):
        raise row.error(f'expected ["text", {{"entities": […]}}], found {shown(row.value)}')
    text, annotations = row.value
    entities = listed(row, "entities", annotations.get("entities"))
    spans = [marked(row, value) for value in entities] if row.source.kind == "tagging" else []
    return Annotated(row, text, spans, categories(row, annotations.get("cats")))


def categories(row: Row, cats: Any) -> list[str]:
    """Names of the categories that hold; raises `DataError` where `cats` is no mapping of numbers."""
    cats = {} if cats is None else cats
    numbers = isinstance(cats, dict) and all(isinstance(v, int | float) for v in cats.values())
    if not numbers:
        raise row.error(f'field "cats": expected a number for each label, found {shown(cats)}')
    return [str(name).strip() for name, value in cats.items() if value >= 0.5]
