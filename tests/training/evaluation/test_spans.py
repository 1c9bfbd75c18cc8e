import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_examples import examples

from taskrel.tasks.task import ABSENT
from taskrel.training.evaluation.spans import SpanCounts, span_counts


def count(gold, predicted, outside="O", labels=None):
    """Counts over sentences given as strings of labels."""
    sentences = [s.split() for s in gold], [s.split() for s in predicted]
    labels = labels or sorted({t for side in sentences for s in side for t in s})
    code = {label: i for i, label in enumerate(labels)}
    flat = [np.array([code[t] for s in side for t in s], int) for side in sentences]
    offsets = np.cumsum([0] + [len(s) for s in sentences[0]])
    return span_counts(*flat, offsets, labels, outside)


# name, gold, predicted, (correct, gold, predicted) counted by hand
CASES = [
    ("same", ["B-NP I-NP O"], ["B-NP I-NP O"], (1, 1, 1)),
    ("too short", ["B-NP I-NP O"], ["B-NP O O"], (0, 1, 1)),
    ("other type", ["B-NP I-NP O"], ["B-VP I-VP O"], (0, 1, 1)),
    ("IOB1 is IOB2", ["B-NP I-NP B-NP O"], ["I-NP I-NP B-NP O"], (2, 2, 2)),
    ("I of another type starts", ["B-NP B-VP O"], ["B-NP I-VP O"], (2, 2, 2)),
    ("IOE2 is IOB2", ["B-NP I-NP B-NP B-NP"], ["I-NP E-NP E-NP E-NP"], (3, 3, 3)),
    ("IOBES is IOB2", ["B-NP I-NP I-NP B-NP O"], ["B-NP I-NP E-NP S-NP O"], (2, 2, 2)),
    ("I after S starts", ["S-NP I-NP"], ["I-NP I-NP"], (0, 2, 1)),
    ("E inside goes on", ["B-NP E-NP O"], ["B-NP I-NP O"], (1, 1, 1)),
    ("sentence end ends", ["B-NP", "I-NP"], ["B-NP", "B-NP"], (2, 2, 2)),
    ("sentence end ends a type", ["NP", "NP"], ["NP", "O"], (1, 2, 1)),
    ("bare letters", ["B I O B"], ["B I O O"], (1, 2, 1)),
    ("no prefix", ["LOC LOC O PER"], ["LOC O O PER"], (1, 2, 2)),
    ("hyphen in type", ["B-A-x I-A-x B-A-y"], ["B-A-x I-A-x I-A-y"], (2, 2, 2)),
    ("no prefix but a hyphen", ["n-x n-x O"], ["n-x n-y O"], (0, 1, 2)),
    ("empty", ["O O"], ["O O"], (0, 0, 0)),
    ("one long, two short", ["B-NP I-NP I-NP"], ["B-NP B-NP I-NP"], (0, 1, 2)),
]


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_hand_counted(gold, predicted, expected):
    assert count(gold, predicted) == expected


@pytest.mark.parametrize("outside", ["0", "_", "B-nothing"])
def test_any_label_may_be_outside(outside):
    gold, predicted = f"{outside} B-X I-X {outside}", f"{outside} B-X {outside} I-X"
    assert count([gold], [predicted], outside) == (0, 1, 2)


def test_letter_o_is_a_type_where_outside_is_another_label():
    assert count(["0 O O"], ["0 O O"], outside="0") == (1, 1, 1)


def test_absent_gold_is_outside_on_both_sides():
    gold, predicted = np.array([0, ABSENT, 1, ABSENT]), np.array([0, 1, 1, 0])
    # gold B-X | - | I-X | -: two spans; the predicted one breaks at the same place
    assert span_counts(gold, predicted, np.array([0, 4]), ("B-X", "I-X", "O")) == (2, 2, 2)


def test_no_tokens():
    none = np.array([], np.int32)
    assert span_counts(none, none, np.array([0]), ("B-X", "O")) == (0, 0, 0)


@pytest.mark.parametrize(
    ("counts", "f1"),
    [
        ((2, 4, 4), 0.5),
        ((1, 1, 3), 0.5),
        ((0, 3, 0), 0.0),
        ((0, 0, 0), 0.0),
        ((5, 5, 5), 1.0),
    ],
)
def test_f1(counts, f1):
    assert SpanCounts(*counts).f1 == pytest.approx(f1)


TAGS = ["O"] + [f"{tag}-{kind}" for tag in "BIES" for kind in ("NP", "VP", "A-B")]
sentences = st.lists(
    st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
)


def swayed(pairs, copy):
    """Predictions that agree with gold wherever `copy` says so, or hardly any span is shared."""
    return [[(g, g if keep else p) for (g, p), keep in zip(s, copy, strict=False)] for s in pairs]


@examples(50, 300)
def test_agrees_with_seqeval(n):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from seqeval.metrics import f1_score
        from seqeval.metrics.sequence_labeling import get_entities

    @settings(max_examples=n, deadline=None)
    @given(sentences, st.lists(st.sampled_from([True, True, False]), min_size=12, max_size=12))
    def agrees(pairs, copy):
        pairs = swayed(pairs, copy)
        gold, predicted = ([[p[side] for p in s] for s in pairs] for side in (0, 1))
        # get_entities joins sentences by an O, so that its positions stay unique
        true, guess = set(get_entities(gold)), set(get_entities(predicted))
        ours = count([" ".join(s) for s in gold], [" ".join(s) for s in predicted], labels=TAGS)
        assert ours == (len(true & guess), len(true), len(guess))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where there is no span at all
            assert ours.f1 == pytest.approx(f1_score(gold, predicted))

    agrees()
