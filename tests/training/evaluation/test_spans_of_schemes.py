"""Span F1 of random sequences in each scheme equals that of seqeval; 1,000 in the slow tests."""

import warnings

import numpy as np
import pytest

from taskrel.tasks.span_schemes import task_scheme
from taskrel.training.evaluation.spans import span_counts

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from seqeval import scheme as strict
    from seqeval.metrics import f1_score

TYPES = ("PER", "LOC", "A-B")
#: First, middle and last token of a span, and the only one.
LETTERS = {
    "IOB2": "BIIB",
    "IOE2": "IIEE",
    "IOBES": "BIES",
    "BILOU": "BILU",
    "BMES": "BMES",
    "BMEWO": "BMEW",
}
#: How many times five sequences are compared.
TIMES = pytest.mark.parametrize("times", [20, pytest.param(200, marks=pytest.mark.slow)])
#: What seqeval knows of the other letters in its default mode.
SEQEVAL = str.maketrans("LUMW", "ESIS")


def spans(rng, n):
    """Random spans (start, end, type) of a sentence of n tokens, many of them neighbours."""
    found, start = [], int(rng.integers(2))
    while start < n:
        end = min(n, start + int(rng.integers(1, 4)))
        found.append((start, end, TYPES[rng.integers(3)]))
        start = end + int(rng.integers(2))
    return found


def swayed(rng, found):
    """Some of the spans as they are, some shortened or of another type, some left out."""
    out = []
    for start, end, kind in found:
        what = rng.integers(5)
        if what < 4:
            out.append(
                (start, end - (what == 1 and end - start > 1), TYPES[0] if what == 2 else kind)
            )
    return out


def write(found, n, scheme):
    """Labels of spans in a scheme."""
    labels = ["O"] * n
    for start, end, kind in found:
        if scheme in ("IOB1", "IOE1"):
            letters = ["I"] * (end - start)
            if scheme == "IOB1" and any(e == start and k == kind for _, e, k in found):
                letters[0] = "B"
            if scheme == "IOE1" and any(s == end and k == kind for s, _, k in found):
                letters[-1] = "E"
        else:
            first, middle, last, only = LETTERS[scheme]
            letters = [first, *[middle] * (end - start - 2), last] if end - start > 1 else [only]
        labels[start:end] = [f"{letter}-{kind}" for letter in letters]
    return labels


def ours(gold, predicted, labels):
    """Span F1 of sentences of a task with these labels."""
    labels = sorted(labels)
    found = task_scheme("t", labels, [], outside="O", metric="span_f1")
    codes = [np.array([labels.index(tag) for s in side for tag in s]) for side in (gold, predicted)]
    offsets = np.cumsum([0, *map(len, gold)])
    return span_counts(*codes, offsets, labels, "O", found).f1


def theirs(gold, predicted, **mode):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no span at all
        return f1_score(gold, predicted, **mode)


def labels_of(scheme):
    letters = {"IOB1": "IB", "IOE1": "IE"}.get(scheme) or set(LETTERS[scheme])
    return {"O", *(f"{letter}-{kind}" for letter in letters for kind in TYPES)}


def pairs(rng, n):
    """Length, gold spans and predicted spans of n sentences."""
    for length in rng.integers(1, 13, n).tolist():
        found = spans(rng, length)
        yield length, found, swayed(rng, found)


@TIMES
@pytest.mark.parametrize("scheme", ["IOB1", "IOE1", *LETTERS])
def test_sequences_that_follow_their_scheme(scheme, times):
    """Strict mode; default mode for IOE1, of which strict mode knows only a part ("todo").

    BMES, which seqeval does not know, equals the same spans in IOB2.
    """
    rng = np.random.default_rng(0)
    known = scheme if hasattr(strict, scheme) else "IOB2"
    mode = {} if scheme == "IOE1" else {"mode": "strict", "scheme": getattr(strict, known)}
    for _ in range(times):
        some = list(pairs(rng, 5))
        sides = [[write(part[i], part[0], scheme) for part in some] for i in (1, 2)]
        same = [[write(part[i], part[0], known) for part in some] for i in (1, 2)]
        assert ours(*sides, labels_of(scheme)) == pytest.approx(theirs(*same, **mode))


@TIMES
@pytest.mark.parametrize("scheme", ["IOB1", "IOE1", *LETTERS])
def test_sequences_that_follow_no_scheme(scheme, times):
    """Default mode, in its letters B, I, E, S."""
    rng = np.random.default_rng(1)
    labels = labels_of(scheme)
    for _ in range(times):
        gold = [rng.choice(sorted(labels), n) for n in rng.integers(1, 13, 5)]
        guess = [np.where(rng.random(len(s)) < 0.8, s, rng.permutation(s)) for s in gold]
        sides = [[s.tolist() for s in side] for side in (gold, guess)]
        known = [[[t[0].translate(SEQEVAL) + t[1:] for t in s] for s in side] for side in sides]
        assert ours(*sides, labels) == pytest.approx(theirs(*known))


@pytest.mark.parametrize("form", ["{0}_{1}", "{1}-{0}", "{1}_{0}", "{0}-{1}"])
@pytest.mark.parametrize("lower", [False, True])
def test_other_ways_of_writing_are_the_same_spans(form, lower):
    rng = np.random.default_rng(2)

    def restyled(label):
        letter, _, kind = label.partition("-")
        return form.format(letter.lower() if lower else letter, kind) if kind else label

    labels = labels_of("IOBES")
    for _ in range(50):
        some = list(pairs(rng, 5))
        sides = [[write(part[i], part[0], "IOBES") for part in some] for i in (1, 2)]
        other = [[list(map(restyled, s)) for s in side] for side in sides]
        assert ours(*other, set(map(restyled, labels))) == ours(*sides, labels)


def test_bmes_by_hand():
    # gold: 0-2 PER, 3 LOC, 4-5 LOC; predicted: 0-2 PER, 3 LOC, 4 LOC
    gold = ["B-PER", "M-PER", "E-PER", "S-LOC", "B-LOC", "E-LOC", "O"]
    predicted = ["B-PER", "M-PER", "E-PER", "S-LOC", "S-LOC", "O", "O"]
    assert ours([gold], [predicted], {*gold, *predicted}) == pytest.approx(2 / 3)
