"""brat standoff: a folder of ``.txt`` files, each with an ``.ann`` file of character spans.

Only text-bound annotations (``T``) are read, not relations, events and notes. Texts are
divided into sentences and tokens by `taskrel.tasks.text`, and `taskrel.tasks.readers.align`
says which token belongs to which span. A discontinuous span labels the tokens of its parts.

Source: https://brat.nlplab.org/standoff.html
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import msgspec

from taskrel.errors import DataError
from taskrel.tasks.readers.align import OUTSIDE, Span, bio, owners
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.text import Token, split_sentences, tokenize


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How spans become labels; "io" without types says whether a token is in a span."""

    scheme: Literal["io", "bio"] = "io"
    typed: bool = False  # I-Process instead of I


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
        sentences = [
            [Token(t.text, start + t.start, start + t.end) for t in tokenize(text[start:end])]
            for start, end in split_sentences(text)
        ]
        spans = read_spans(source, annotation, text)
        spans_of_tokens = iter(owners(text, spans, list(chain(*sentences)), source))
        for tokens in sentences:
            labels = _labels(islice(spans_of_tokens, len(tokens)), source.options)
            yield Example([t.text for t in tokens], labels, path.stem)


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


def _labels(owners: Iterable[Span | None], options: Options) -> list[str]:
    labels = bio(owners)
    if options.scheme == "io":
        labels = ["I" + label[1:] if label != OUTSIDE else label for label in labels]
    return labels if options.typed else [label[0] for label in labels]
