from itertools import count
from math import isnan, log

import pytest

from taskrel.meta.features import label_similarity as module
from taskrel.meta.features.label_similarity import LabelledTexts, label_similarity
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example


@pytest.fixture(autouse=True)
def few_units_will_do(monkeypatch):
    monkeypatch.setattr(module, "MIN_UNITS", 4)


_numbers = count()


def texts(*examples, kind="tagging"):
    """Training examples as "text/labels"; a word's label is one letter, "." has none."""
    coded = []
    for example in examples:
        words, labels = (part.split() for part in example.split("/"))
        if kind == "tagging":
            labels = [None if x == "." else x for x in labels]
        coded.append(Example(words, labels[0] if kind == "classification" else labels))
    other = {"tagging": ["X"], "classification": "X", "multilabel": ["X"]}[kind]
    rest = [Example(["elsewhere"], other)]
    alone = Example([f"only{next(_numbers)}"], other)  # no task may show one label only
    parts = {"train": [*coded, alone], "dev": rest, "test": rest}
    return LabelledTexts(encode(parts, kind=kind, metric="accuracy", name="t"))


#: A A B B against C C C D: H = ln 2, H = ¼ ln 4 + ¾ ln 4⁄3, joint H = ½ ln 2 + ½ ln 4.
H_A, H_C, JOINT = log(2), log(4) / 4 + 0.75 * log(4 / 3), log(2) / 2 + log(4) / 2
EXPECTED = 2 * (H_A + H_C - JOINT) / (H_A + H_C)


def test_tokens_by_hand():
    a = texts("one two / A A", "three four / B B")
    b = texts("five six / D D", "Three Four / C D", "ONE two / C C")  # another order and case
    assert label_similarity(a, b) == pytest.approx(EXPECTED)
    assert label_similarity(b, a) == pytest.approx(EXPECTED)
    assert label_similarity(a, a) == pytest.approx(1)


def test_texts_by_hand():
    a = texts("a / A", "b / A", "c / B", "d / B", "e / B", kind="classification")
    b = texts("d / D", "c / C", "b / C", "a / C", "f / D", kind="classification")
    assert label_similarity(a, b) == pytest.approx(EXPECTED)
    sets = texts("d / D", "c / C E", "b / C E", "a / E C", "f / D", kind="multilabel")
    assert label_similarity(a, sets) == pytest.approx(EXPECTED)


def test_the_first_of_equal_texts_counts():
    a = texts("a / A", "b / A", "c / B", "d / B", "a / B", "b / B", kind="classification")
    b = texts("a / C", "b / C", "c / C", "d / D", "d / C", kind="classification")
    assert label_similarity(a, b) == pytest.approx(EXPECTED)


def test_tokens_without_a_label_do_not_count():
    a = texts("one two x / A A B", "three four y / B B .")
    b = texts("one two x / C C .", "three four y / C D E")
    assert label_similarity(a, b) == pytest.approx(EXPECTED)


def test_a_labelling_that_does_not_vary_tells_nothing():
    a, b, c = (texts(f"one two three four / {x}") for x in ("A A B B", "C C C C", "D D D D"))
    assert [label_similarity(a, b), label_similarity(b, a), label_similarity(b, c)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (texts("one two three / A A B"), texts("one two three / C C D")),  # three units
        (texts("one two three four / A A B B"), texts("one two four three / A A B B")),
        (
            texts("one two three four / A A B B"),
            texts("one two three four / A", kind="classification"),
        ),
    ],
    ids=["few", "none", "kinds"],
)
def test_where_there_is_nothing_to_compare_it_is_missing(a, b):
    assert isnan(label_similarity(a, b))


def test_equal_texts_of_unequal_tokens_are_passed_over():
    """A token may hold a blank: "New York" against "New", "York"."""
    labels = ["A", "B", "A", "B"]
    a = encode(
        {s: [Example(["new york", "is", "big", "."], labels)] for s in ("train", "dev", "test")},
        kind="tagging",
        metric="accuracy",
        name="a",
    )
    b = encode(
        {
            s: [Example(["new", "york", "is", "big", "."], [*labels, "B"])]
            for s in ("train", "dev", "test")
        },
        kind="tagging",
        metric="accuracy",
        name="b",
    )
    assert isnan(label_similarity(LabelledTexts(a), LabelledTexts(b)))
