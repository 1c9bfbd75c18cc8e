"""Character spans of a text become labels of its tokens: one rule for all formats with spans.

1. White space at the edges of a span is trimmed. A span of which nothing is left, or that
   reaches outside the text, is left out.
2. Of spans that overlap, the longest is kept, and of equally long ones the first.
3. A token belongs to a span if they have a character in common: a span that starts or ends
   inside a token takes the whole token. If two spans share a token, the first has it.

Every span that is left out, or that takes more than its own characters, is counted.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from taskrel.tasks.readers.source import Source
from taskrel.tasks.span_schemes import OUTSIDE
from taskrel.tasks.text import Token

Parts = tuple[tuple[int, int], ...]


class Span(NamedTuple):
    """A labelled span: a character range with exclusive end, or several if it is discontinuous."""

    label: str
    parts: Parts

    @property
    def length(self) -> int:
        """Number of characters."""
        return sum(end - start for start, end in self.parts)


def align(text: str, spans: Iterable[Span], tokens: Sequence[Token], source: Source) -> list[str]:
    """Return the BIO label of each token of `text`; `source` counts the spans that do not fit.

    tokens : in the order of the text and without overlap, with their offsets in it
    """
    return bio(owners(text, spans, tokens, source))


def owners(
    text: str, spans: Iterable[Span], tokens: Sequence[Token], source: Source
) -> list[Span | None]:
    """Return the span to which each token belongs; `source` counts the spans that do not fit."""
    kept = longest(_inside(text, spans, source), source)
    parts = sorted((start, end, span) for span in kept for start, end in span.parts)
    found: list[Span | None] = []
    cutting = set()
    at = 0
    for token in tokens:
        while at < len(parts) and parts[at][1] <= token.start:
            at += 1
        first = at
        while at < len(parts) and parts[at][0] < token.end:
            start, end, span = parts[at]
            if start > token.start or end < token.end:
                cutting.add(span)
            if end > token.end:
                break
            at += 1
        inside = first < len(parts) and parts[first][0] < token.end
        found.append(parts[first][2] if inside else None)
    lost = set(kept) - set(found)
    _count(source, "spans all of whose tokens belong to an earlier span", len(lost))
    _count(source, "spans that cut through a token and take the whole of it", len(cutting - lost))
    return found


def longest(spans: Iterable[Span], source: Source) -> list[Span]:
    """Leave out, and count, spans that overlap a longer one; return the others in text order."""
    kept: list[Span] = []
    taken: list[tuple[int, int]] = []  # parts of the spans that are kept, in text order
    for span in sorted(spans, key=lambda span: (-span.length, span.parts)):
        if any(_overlaps(taken, *part) for part in span.parts):
            source.leave_out("spans that overlap a longer or equal one")
            continue
        kept.append(span)
        for part in span.parts:
            insort(taken, part)
    return sorted(kept, key=lambda span: span.parts)


def bio(owners: Iterable[Span | None]) -> list[str]:
    """BIO labels of the tokens of a sentence: B at the first token of a span, I at the others."""
    labels = []
    begun = set()
    for span in owners:
        prefix = "I" if span in begun else "B"
        labels.append(OUTSIDE if span is None else f"{prefix}-{span.label}")
        begun.add(span)
    return labels


def _inside(text: str, spans: Iterable[Span], source: Source) -> list[Span]:
    """Spans without white space at the edges; those outside the text and blank ones are counted."""
    kept = []
    for span in spans:
        if any(not 0 <= start <= end <= len(text) for start, end in span.parts):
            source.leave_out("spans that reach outside their text, or end before they start")
            continue
        if parts := _trimmed(text, span.parts):
            kept.append(span._replace(parts=parts))
        else:
            source.leave_out("spans that are empty, or white space alone")
    return kept


def _trimmed(text: str, parts: Parts) -> Parts:
    """Parts without white space at their edges, blank ones left out, in order, disjoint."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        inner = text[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return tuple(found)


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a range has a character in common with one of `taken`, which have none."""
    after = bisect_left(taken, (end,))  # the first that starts at `end` or later
    return after > 0 and taken[after - 1][1] > start


def _count(source: Source, what: str, n: int) -> None:
    if n:
        source.leave_out(what, n)
