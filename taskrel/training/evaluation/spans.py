"""Span F1 as conlleval counts it: a span is right if its borders and its type are right.

>>> labels = ("B-NP", "I-NP", "O")
>>> gold, predicted = np.array([0, 1, 2, 0]), np.array([0, 1, 2, 2])
>>> span_counts(gold, predicted, np.array([0, 4]), labels)
SpanCounts(correct=1, gold=2, predicted=1)
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_LABEL = re.compile(r"([BIES])(?:-(.*))?", re.DOTALL)


class SpanCounts(NamedTuple):
    """How many spans two labellings have, and how many they share."""

    correct: int
    gold: int
    predicted: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 where neither side has a span."""
        return 2 * self.correct / max(self.gold + self.predicted, 1)


def span_counts(
    gold: np.ndarray,
    predicted: np.ndarray,
    offsets: np.ndarray,
    labels: Sequence[str],
    outside: str = "O",
) -> SpanCounts:
    """Count the spans of two labellings of the same tokens.

    The scheme need not be known: the rules below read IOB1, IOB2, IOE1, IOE2
    and IOBES alike, and also what a tagger predicts that obeys none of them.
    A span starts at a token that is not outside where the token before it is
    outside or in another sentence, or has another type, or is tagged E or S,
    or where the token itself is tagged B or S. It goes on until the next start,
    outside token or sentence end.

    Parameters
    ----------
    gold, predicted : int arrays of shape (n_tokens,)
        Codes into `labels`. Tokens whose gold is `ABSENT` are outside on both sides.
    offsets : int array of shape (n_sentences + 1,)
        Sentence i has the tokens ``offsets[i]:offsets[i + 1]``; no span leaves it.
    labels : sequence of str
        "B-NP", "I-NP", … or the bare letters B, I, E, S (all of one type). A
        label with no such prefix is inside a type of its own name, so equal
        neighbours make one span.
    outside : str
        The one label that belongs to no span, "O" or any other.

    References
    ----------
    Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 shared task:
    chunking", CoNLL 2000, and its script ``conlleval``.
    """
    tag, kind = _parse(labels, outside)
    here = np.where(gold < 0, len(labels), gold)
    there = np.where(gold < 0, len(labels), predicted)
    start, end, type_ = _spans(tag[here], kind[here], offsets)
    start2, end2, type2 = _spans(tag[there], kind[there], offsets)
    _, i, j = np.intersect1d(start, start2, assume_unique=True, return_indices=True)
    correct = (end[i] == end2[j]) & (type_[i] == type2[j])
    return SpanCounts(int(correct.sum()), len(start), len(start2))


def _parse(labels: Sequence[str], outside: str) -> tuple[np.ndarray, np.ndarray]:
    """Tag letter and type code of each label, those of outside ("O", 0) once more at the end."""
    tags, types = [], []
    codes: dict[str, int] = {}
    for label in labels:
        found = _LABEL.fullmatch(label)
        tag, name = (found[1], found[2] or "") if found else ("I", label)
        tags.append("O" if label == outside else tag)
        types.append(0 if label == outside else codes.setdefault(name, len(codes) + 1))
    return np.array([*tags, "O"]), np.array([*types, 0])


def _spans(
    tag: np.ndarray, kind: np.ndarray, offsets: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First token, token after the last, and type of every span, three arrays (n_spans,)."""
    first = np.zeros(len(tag) + 1, bool)
    first[offsets] = True
    first = first[:-1]
    before_tag, before_kind = np.roll(tag, 1), np.roll(kind, 1)  # wrong at 0, which is a first
    start = (kind > 0) & (
        first | (kind != before_kind) | np.isin(tag, ("B", "S")) | np.isin(before_tag, ("E", "S"))
    )
    starts = np.flatnonzero(start)
    stops = np.append(np.flatnonzero(start | (kind == 0)), len(tag))
    ends = stops[np.searchsorted(stops, starts, side="right")]
    return starts, ends, kind[starts]
