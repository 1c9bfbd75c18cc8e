"""Character spans aligned to tokens, by hand, and for random texts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.tasks.readers.align import Span, align, bio, longest, owners
from taskrel.tasks.readers.source import Source
from taskrel.tasks.text import Token, tokenize

OUTSIDE = "spans that reach outside their text, or end before they start"
BLANK = "spans that are empty, or white space alone"
OVERLAP = "spans that overlap a longer or equal one"
CUT = "spans that cut through a token and take the whole of it"
LOST = "spans all of whose tokens belong to an earlier span"

TEXT = "Ana Wu left  Fe-Cr Ltd. (Ulm)"
#       0123456789012345678901234567 8; tokens Ana Wu left Fe-Cr Ltd. ( Ulm )
CASES = {
    "none": ([], "O O O O O O O O", {}),
    "two": ([(0, 6, "P"), (25, 28, "L")], "B-P I-P O O O O B-L O", {}),
    "neighbours": ([(0, 3, "P"), (4, 6, "P")], "B-P B-P O O O O O O", {}),
    "blanks at the edges": ([(3, 7, "P"), (11, 19, "C")], "O B-P O B-C O O O O", {}),
    "all of it": ([(0, 29, "X")], "B-X" + " I-X" * 7, {}),
    "blank": ([(11, 13, "P"), (4, 4, "P")], "O O O O O O O O", {BLANK: 2}),
    "outside": (
        [(-1, 3, "P"), (0, 30, "P"), (6, 4, "P"), (10**30, 10**31, "P")],
        "O O O O O O O O",
        {OUTSIDE: 4},
    ),
    "starts inside a token": ([(1, 6, "P")], "B-P I-P O O O O O O", {CUT: 1}),
    "ends inside a token": ([(0, 5, "P")], "B-P I-P O O O O O O", {CUT: 1}),
    "inside a token": ([(16, 17, "C")], "O O O B-C O O O O", {CUT: 1}),
    "two in one token": ([(13, 15, "C"), (16, 18, "D")], "O O O B-C O O O O", {CUT: 1, LOST: 1}),
    "a token shared": ([(8, 15, "C"), (16, 22, "D")], "O O B-C I-C B-D O O O", {CUT: 2}),
    "nested": ([(4, 6, "Q"), (0, 6, "P")], "B-P I-P O O O O O O", {OVERLAP: 1}),
    "equally long": ([(5, 11, "P"), (0, 6, "Q")], "B-Q I-Q O O O O O O", {OVERLAP: 1}),
    "equal": ([(0, 3, "Q"), (0, 3, "P")], "B-Q O O O O O O O", {OVERLAP: 1}),
    "a chain": ([(0, 6, "P"), (4, 11, "Q"), (7, 18, "R")], "B-P I-P B-R I-R O O O O", {OVERLAP: 1}),
}


@pytest.mark.parametrize("case", CASES)
def test_labels_and_counts(case):
    spans, labels, counts = CASES[case]
    source = Source(None, None, "tagging")
    given_spans = [Span(label, ((start, end),)) for start, end, label in spans]
    assert align(TEXT, given_spans, tokenize(TEXT), source) == labels.split()
    assert source.tally == counts


@pytest.mark.parametrize(
    ("parts", "labels"),
    [
        (((0, 3), (7, 11)), "B-X O I-X O O O O O"),
        (((7, 11), (0, 3)), "B-X O I-X O O O O O"),
        (((0, 7), (3, 6), (11, 13)), "B-X I-X O O O O O O"),  # overlapping itself, and blank
    ],
)
def test_discontinuous_spans(parts, labels):
    source = Source(None, None, "tagging")
    assert align(TEXT, [Span("X", parts)], tokenize(TEXT), source) == labels.split()
    assert not source.tally


def test_tokens_of_several_sentences_are_labelled_one_after_the_other():
    tokens = tokenize(TEXT)
    found = owners(TEXT, [Span("X", ((4, 18),))], tokens, Source(None, None, "tagging"))
    assert [bio(found[:2]), bio(found[2:4])] == [["O", "B-X"], ["B-X", "I-X"]]


spans = st.builds(
    lambda a, n, kind: Span(kind, ((a, a + n),)),
    st.integers(-2, 30),
    st.integers(0, 12),
    st.sampled_from("AB"),
)


@given(st.lists(spans.filter(lambda s: s.length), max_size=12))
def test_longest_spans_are_kept(given_spans):
    source = Source(None, None, "tagging")
    kept = longest(given_spans, source)
    assert len(kept) + sum(source.tally.values()) == len(given_spans)
    characters = [c for s in kept for c in range(*s.parts[0])]
    assert len(characters) == len(set(characters))
    for span in given_spans:
        assert span in kept or any(
            set(range(*k.parts[0])) & set(range(*span.parts[0])) and k.length >= span.length
            for k in kept
        )


@given(st.text("ab.' \n😀", max_size=25), st.lists(spans, max_size=8))
def test_every_span_is_labelled_or_counted(text, given_spans):
    source = Source(None, None, "tagging")
    tokens = tokenize(text)
    labels = align(text, given_spans, tokens, source)
    assert len(labels) == len(tokens)
    out = sum(n for what, n in source.tally.items() if what != CUT)
    assert sum(label[0] == "B" for label in labels) + out == len(given_spans)
    for i, label in enumerate(labels):
        assert label[0] != "I" or labels[i - 1][1:] == label[1:]


@given(st.data())
def test_labels_read_back_to_the_same_spans(data):
    """Tokens of any text, some runs of them labelled: the labels say which and how."""
    text = data.draw(st.text(max_size=40))
    tokens = tokenize(text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(tokens)), max_size=8)))
    runs = [(a, b) for a, b in pairwise(cuts) if data.draw(st.booleans())]
    wanted = [
        (tokens[a].start, tokens[b - 1].end, data.draw(st.sampled_from("AB"))) for a, b in runs
    ]
    source = Source(None, None, "tagging")
    order = data.draw(st.permutations(wanted))
    labels = align(text, [Span(name, ((a, b),)) for a, b, name in order], tokens, source)
    assert read_back(tokens, labels) == wanted
    assert not source.tally


def read_back(tokens: list[Token], labels: list[str]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for token, label in zip(tokens, labels, strict=True):
        if label[0] == "B":
            found.append((token.start, token.end, label[2:]))
        elif label[0] == "I":
            found[-1] = (found[-1][0], token.end, label[2:])
    return found
