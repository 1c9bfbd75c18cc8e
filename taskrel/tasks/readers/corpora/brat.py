"""brat standoff: a folder of ``.txt`` files, each with an ``.ann`` file of character spans.

Only text-bound annotations (``T``) are read, not relations, events and notes. Texts are
divided into sentences and tokens by `taskrel.tasks.text`. A token belongs to a span if
they have a character in common. Of spans that overlap, the longest is kept, and of
equally long ones the first. A discontinuous span labels the tokens of its parts.

Source: https://brat.nlplab.org/standoff.html
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from taskrel.errors import DataError
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.text import split_sentences, tokenize


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How spans become labels; "io" without types says whether a token is in a span."""

    scheme: Literal["io", "bio"] = "io"
    typed: bool = False  # I-Process instead of I


class Span(NamedTuple):
    """A typed span: a character range with exclusive end, or several if it is discontinuous."""

    type: str
    parts: tuple[tuple[int, int], ...]

    def overlaps(self, parts: tuple[tuple[int, int], ...]) -> bool:
        """Whether this span and `parts` have a character in common."""
        return any(a < d and c < b for a, b in self.parts for c, d in parts)

    @property
    def length(self) -> int:
        """Number of characters."""
        return sum(b - a for a, b in self.parts)


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the file's name."""
    paths = sorted(source.path.glob("*.txt"))
    if not paths:
        raise DataError(f"{source.path}: expected .txt and .ann files, found no .txt")
    for path in paths:
        annotation = path.with_suffix(".ann")
        if not annotation.exists():
            source.leave_out("texts without an .ann file")
            continue
        text = source.text(path=path)
        spans = longest(read_spans(source, annotation, text), source)
        owner: list[Span | None] = [None] * len(text)  # of each character
        for span in spans:
            for a, b in span.parts:
                owner[a:b] = [span] * (b - a)
        labelled = set()
        for start, end in split_sentences(text):
            tokens = tokenize(text[start:end])
            owners = [
                next(filter(None, owner[start + t.start : start + t.end]), None) for t in tokens
            ]
            labelled.update(owners)
            yield Example([t.text for t in tokens], _labels(owners, source.options), path.stem)
        unlabelled = len(set(spans) - labelled)
        if unlabelled:
            source.leave_out("spans all of whose tokens belong to an earlier span", unlabelled)


def read_spans(source: Source, path: Path, text: str) -> list[Span]:
    """Spans in the annotation file `path` of `text`, in the file's order."""
    spans = []
    for number, line in enumerate(source.lines(path=path), start=1):
        if not line.startswith("T"):
            continue
        try:
            _, where, surface = line.split("\t")
            type_, ranges = where.split(" ", 1)
            parts = tuple((int(a), int(b)) for a, b in (r.split() for r in ranges.split(";")))
        except ValueError:
            raise DataError(
                f"{path}, line {number}: expected 'T1<TAB>Type start end<TAB>text', found {line!r}"
            ) from None
        found = " ".join(text[a:b] for a, b in parts)
        if "".join(found.split()) != "".join(surface.split()):
            raise DataError(
                f"{path}, line {number}: expected {surface!r} at characters {ranges}, "
                f"found {found!r}; the .txt file does not fit its .ann file"
            )
        spans.append(Span(type_, parts))
    return spans


def longest(spans: list[Span], source: Source) -> list[Span]:
    """Leave out, and count, spans that overlap a longer one; return the others in text order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.length, span.parts)):
        if any(span.overlaps(other.parts) for other in kept):
            source.leave_out("spans that overlap a longer or equal one")
        else:
            kept.append(span)
    return sorted(kept, key=lambda span: span.parts)


def _labels(owners: list[Span | None], options: Options) -> list[str]:
    labels = []
    seen: set[Span | None] = set()
    for span in owners:
        if span is None:
            labels.append("O")
            continue
        prefix = "B" if options.scheme == "bio" and span not in seen else "I"
        labels.append(f"{prefix}-{span.type}" if options.typed else prefix)
        seen.add(span)
    return labels
