"""STREUSLE 3.0 ``.tags``: multiword expressions or supersenses of web reviews.

Nine columns separated by TABs, some of them empty: offset, word, lemma, part of speech,
full tag, offset of the token that this one continues, strength of that link, supersense,
sentence id. The full tag starts with the token's position in a multiword expression::

    O o   in none            B b   first token
    Ī ī   strong link back   Ĩ ĩ   weak link back     (lower case: inside a gap)

`mwe` has the labels B, I, O. Strong and weak expressions are treated alike, and tokens
of a gap are outside, also those of an expression inside the gap.

`supersense` is the sense of a strong expression or a single word. The label is ``B-x``
on its first token and ``I-x`` on the tokens that a strong link joins to it, also over
gaps. Words that a weak link joins keep their own supersenses. Marks for "no supersense"
(auxiliary `` `a``, discourse `` `d``, ... and ``??``) are outside.

Source: Schneider and Smith (2015), A corpus and model integrating multiword
expressions and supersenses, NAACL.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from taskrel.errors import DataError
from taskrel.io.paths import check_inside
from taskrel.tasks.readers.source import Example, Source

_MWE = {"O": "O", "o": "O", "B": "B", "b": "O", "Ī": "I", "ī": "O", "Ĩ": "I", "ĩ": "O"}
_STRONG = "Īī"
_COLUMNS = 9


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The layer of the labels, and the official lists of sentence ids of each split."""

    layer: Literal["mwe", "supersense"]
    splits: dict[Literal["train", "dev", "test"], str] = {}  # files in the data folder

    def __post_init__(self) -> None:
        check_inside("splits", *self.splits.values())


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the review."""
    options: Options = source.options
    label = _mwe if options.layer == "mwe" else _supersenses
    home = _splits(source)
    for first, rows in _sentences(source):
        name = _ud_id(source, first, rows[0][8])
        if home and name not in home:
            source.leave_out("sentences that no list of a split has")
            continue
        yield Example(
            [row[1] for row in rows],
            label(source, first, rows),
            key=name.rpartition("-")[0],
            split=home.get(name),
        )


def _sentences(source: Source) -> Iterator[tuple[int, list[list[str]]]]:
    """Line number of the first token, and rows, of each sentence."""
    rows: list[list[str]] = []
    first = 1
    for number, line in enumerate([*source.lines(), ""], start=1):
        if not line:
            if rows:
                yield first, rows
            rows, first = [], number + 1
            continue
        row = line.split("\t")
        if len(row) != _COLUMNS:
            raise source.error(
                number,
                f"expected {_COLUMNS} columns separated by a TAB, "
                f"found {len(row)}; is this a STREUSLE .tags file?",
            )
        if row[4][:1] not in _MWE:
            raise source.error(
                number,
                f"expected one of {' '.join(_MWE)} at the start of column "
                f"5 (full tag), found {row[4]!r}",
            )
        rows.append(row)


def _mwe(source: Source, first: int, rows: list[list[str]]) -> list[str]:
    return [_MWE[row[4][0]] for row in rows]


def _supersenses(source: Source, first: int, rows: list[list[str]]) -> list[str]:
    senses: list[str] = []
    labels: list[str] = []
    for i, row in enumerate(rows):
        joined = row[4][0] in _STRONG
        if joined and not (row[5].isdigit() and 1 <= int(row[5]) <= i):
            raise source.error(
                first + i,
                f"expected the offset of an earlier token in column 6 (parent), found {row[5]!r}",
            )
        sense = senses[int(row[5]) - 1] if joined else row[7]
        if sense.startswith("`") or sense == "??":
            source.leave_out("marks for no supersense, labelled as outside")
            sense = ""
        senses.append(sense)
        labels.append(f"{'I' if joined else 'B'}-{sense}" if sense else "O")
    return labels


def _ud_id(source: Source, first: int, name: str) -> str:
    """Convert ``ewtb.r.160442.3`` to the id in Universal Dependencies, ``reviews-160442-0003``."""
    parts = name.split(".")
    if len(parts) != 4 or not parts[3].isdigit():
        raise source.error(
            first, f"expected a sentence id such as ewtb.r.160442.3 in column 9, found {name!r}"
        )
    return f"reviews-{parts[2]}-{int(parts[3]):04d}"


def _splits(source: Source) -> dict[str, str]:
    """Sentence id → split, from the lists of ``# sent_id = reviews-160442-0003`` lines."""
    home: dict[str, str] = {}
    for split, file in source.options.splits.items():
        path = source.folder / file
        for number, line in enumerate(source.lines(path=path), start=1):
            _, equals, name = line.partition("=")
            if not line.strip():
                continue
            if not equals:
                raise DataError(f"{path}, line {number}: expected '# sent_id = …', found {line!r}")
            home[name.strip()] = split
    return home
