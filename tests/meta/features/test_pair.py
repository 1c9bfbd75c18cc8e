from math import isnan, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.meta.features.names import ENCODER_FEATURES, PAIR_FEATURES
from taskrel.meta.features.pair import (
    profile_features,
    same_kind,
    size_ratio,
    text_cosine,
    text_jsd,
    vocabulary_share,
)
from taskrel.meta.features.profile import Profile


def profile(words=((1, 1),), vector=(), size=1, kind="tagging"):
    buckets, counts = np.array(sorted(words)).T
    return Profile(buckets, counts, np.array(vector, np.float32), size, kind)


A = profile([(1, 2), (2, 1), (5, 1)], [1, 0], 400)
B = profile([(2, 1), (7, 3)], [1, 1], 100, "classification")


def test_all_but_those_that_need_an_encoder():
    assert [*profile_features(A, B), *ENCODER_FEATURES] == list(PAIR_FEATURES)


@pytest.mark.parametrize(
    ("feature", "there", "back"),
    [
        (size_ratio, log(4), -log(4)),
        (vocabulary_share, 1 / 3, 1 / 2),  # of 1, 2, 5 aux has 2; of 2, 7 it has 2
        (text_cosine, 1 / sqrt(2), 1 / sqrt(2)),
        (same_kind, 0, 0),
        # P = (½, ¼, ¼, 0), Q = (0, ¼, 0, ¾), M = (¼, ¼, ⅛, ⅜)
        (
            text_jsd,
            *2
            * [
                log(4) / 2
                + log(8) / 8
                + 3 / 8 * log(8 / 3)
                - (log(2) / 2 + log(4) / 2 + log(4) / 4 + 3 / 4 * log(4 / 3)) / 2
            ],
        ),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_by_hand(feature, there, back):
    assert feature(A, B) == pytest.approx(there)
    assert feature(B, A) == pytest.approx(back)
    assert profile_features(A, B)[feature.__name__] == feature(A, B)


def test_equal_and_disjoint_texts():
    assert text_jsd(A, A) == 0
    apart = profile([(3, 1), (4, 9)])
    assert text_jsd(A, apart) == pytest.approx(log(2))
    assert (vocabulary_share(A, A), vocabulary_share(A, apart)) == (1, 0)


@pytest.mark.parametrize("vector", [(), (0, 0), (1, 2, 3)], ids=["learned", "no word", "another"])
def test_without_comparable_vectors_there_is_no_cosine(vector):
    other = profile(vector=vector)
    assert isnan(text_cosine(A, other))
    assert isnan(text_cosine(other, A))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("tagging", "tagging"), 1),
        (("classification", "multilabel"), 1),
        (("tagging", "multilabel"), 0),
        (("classification", "tagging"), 0),
        (("regression per token", "tagging"), 1),
        (("regression", "classification"), 1),
        (("regression per token", "regression"), 0),
    ],
)
def test_kinds_are_alike_where_both_label_tokens_or_both_texts(kinds, expected):
    assert same_kind(*(profile(kind=k) for k in kinds)) == expected


words = st.dictionaries(st.integers(0, 9), st.integers(1, 99), min_size=1)


@given(words, words)
def test_ranges_and_symmetry(a, b):
    one, other = profile(a.items()), profile(b.items())
    assert 0 <= text_jsd(one, other) <= log(2) + 1e-12
    assert text_jsd(one, other) == pytest.approx(text_jsd(other, one))
    shared = len(a.keys() & b.keys())
    assert vocabulary_share(one, other) == pytest.approx(shared / len(a))
