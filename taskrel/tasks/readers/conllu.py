"""CoNLL-U, the format of Universal Dependencies: part of speech or relation of each word.

The words are the syntactic ones. Lines that repeat them as multiword tokens
(``3-4``), empty nodes (``8.1``) and comments (``#``) are no words.

Source: https://universaldependencies.org/format.html
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from taskrel.tasks.readers.source import Example, Source

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_DOCUMENT = "# newdoc id ="


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is the label."""

    column: Literal["upos", "xpos", "deprel"] = "upos"


def read(source: Source) -> Iterator[Example]:
    """Yield one example a sentence; the key is the document, where the file names it.

    An unspecified label (``_``) is absent: it carries no loss and no score.
    """
    column = COLUMNS.index(source.options.column)
    tokens: list[str] = []
    labels: list[str | None] = []
    key = ""
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            if tokens:
                yield Example(tokens, labels, key)
                tokens, labels = [], []
            continue
        if line.startswith("#"):
            if line.startswith(_DOCUMENT):
                key = line.removeprefix(_DOCUMENT).strip()
            continue
        fields = line.split("\t")
        if len(fields) != len(COLUMNS):
            raise source.error(number, f"expected {len(COLUMNS)} columns separated by a TAB, "
                                       f"found {len(fields)}; is this CoNLL-U?")
        if not fields[0].isdigit():
            if not fields[0].replace("-", "", 1).replace(".", "", 1).isdigit():
                raise source.error(number, "expected a number, a range or a decimal in column 1 "
                                           f"(id), found {fields[0]!r}; is this CoNLL-U?")
            continue
        if fields[column] == "_":
            source.leave_out(f"labels that are unspecified ({source.options.column} is _)")
        tokens.append(fields[1])
        labels.append(None if fields[column] == "_" else fields[column])
    if tokens:
        yield Example(tokens, labels, key)
