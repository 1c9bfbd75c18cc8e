"""Span F1 as in conlleval: a span is correct if its borders and its type are.

>>> labels = ("B-NP", "I-NP", "O")
>>> gold, predicted = np.array([0, 1, 2, 0]), np.array([0, 1, 2, 2])
>>> span_counts(gold, predicted, np.array([0, 4]), labels)
SpanCounts(correct=1, gold=2, predicted=1)
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from taskrel.tasks.span_schemes import USUAL, Scheme


class SpanCounts(NamedTuple):
    """Numbers of spans of two labellings, and of spans that both have."""

    correct: int
    gold: int
    predicted: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 if neither labelling has a span."""
        return 2 * self.correct / max(self.gold + self.predicted, 1)


def span_counts(
    gold: np.ndarray,
    predicted: np.ndarray,
    offsets: np.ndarray,
    labels: Sequence[str],
    outside: str = "O",
    scheme: Scheme = USUAL,
) -> SpanCounts:
    """Count the spans of two labellings of the same tokens.

    The same rules hold for all schemes, once their letters mean begin, inside, end and single
    (BILOU: L is end, U single; BMES: M is inside; BMEWO: W is single). They are lenient, as in
    conlleval and in seqeval's default mode: sequences that break their scheme, as predictions
    often do, have spans as well. A strict count, as in seqeval's ``mode="strict"``, drops such
    spans; the two agree where both labellings follow the scheme.

    A span starts at a token that is not outside if the token before it is outside or in another
    sentence, has another type or means end or single, or if the token itself means begin or
    single. It ends before the next start or outside token, or at the end of the sentence.

    Parameters
    ----------
    gold, predicted : int arrays of shape (n_tokens,)
        Codes into `labels`. Tokens whose gold is `ABSENT` are outside on both sides.
    offsets : int array of shape (n_sentences + 1,)
        Sentence i has the tokens ``offsets[i]:offsets[i + 1]``; no span leaves it.
    labels : sequence of str
        As `scheme` has them: "B-NP", "I-NP", … or the letters alone (all of one type). A label
        that does not fit is the type itself, so that equal neighbours are one span.
    outside : str
        The label of tokens outside of all spans, "O" or any other.
    scheme : Scheme
        What the labels mean.

    References
    ----------
    Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 shared task:
    chunking", CoNLL 2000, and its script ``conlleval``.
    """
    tag, kind = _parse(labels, outside, scheme)
    here = np.where(gold < 0, len(labels), gold)
    there = np.where(gold < 0, len(labels), predicted)
    start, end, type_ = _spans(tag[here], kind[here], offsets)
    start2, end2, type2 = _spans(tag[there], kind[there], offsets)
    _, i, j = np.intersect1d(start, start2, assume_unique=True, return_indices=True)
    correct = (end[i] == end2[j]) & (type_[i] == type2[j])
    return SpanCounts(int(correct.sum()), len(start), len(start2))


def spans_of(
    labels: Sequence[str], outside: str, scheme: Scheme = USUAL
) -> list[tuple[int, int, str]]:
    """First token, token after the last and type of each span of one sentence.

    The rules are those of `span_counts`.

    >>> spans_of(["B-NP", "I-NP", "O", "I-VP"], "O")
    [(0, 2, 'NP'), (3, 4, 'VP')]
    """
    names = list(dict.fromkeys(labels))
    tag, kind = _parse(names, outside, scheme)
    codes = np.array([names.index(label) for label in labels], int)
    found = _spans(tag[codes], kind[codes], np.array([0, len(codes)]))
    return [(int(a), int(b), scheme.parse(labels[a])[1]) for a, b, _ in zip(*found, strict=True)]


def _parse(labels: Sequence[str], outside: str, scheme: Scheme) -> tuple[np.ndarray, np.ndarray]:
    """Tag letter and type code of each label, and at the end those of outside ("O", 0)."""
    tags, types = [], []
    codes: dict[str, int] = {}
    for label in labels:
        tag, name = scheme.parse(label)
        tags.append("O" if label == outside else tag)
        types.append(0 if label == outside else codes.setdefault(name, len(codes) + 1))
    return np.array([*tags, "O"]), np.array([*types, 0])


def _spans(
    tag: np.ndarray, kind: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First token, token after the last, and type of each span, three arrays (n_spans,)."""
    first = np.zeros(len(tag) + 1, bool)
    first[offsets] = True
    first = first[:-1]
    before_tag, before_kind = (
        np.roll(tag, 1),
        np.roll(kind, 1),
    )  # wrong at 0, where a sentence starts
    start = (kind > 0) & (
        first | (kind != before_kind) | np.isin(tag, ("B", "S")) | np.isin(before_tag, ("E", "S"))
    )
    starts = np.flatnonzero(start)
    stops = np.append(np.flatnonzero(start | (kind == 0)), len(tag))
    ends = stops[np.searchsorted(stops, starts, side="right")]
    return starts, ends, kind[starts]
