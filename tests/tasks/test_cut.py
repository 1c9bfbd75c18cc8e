"""Cutting by group, and removing leaks and repeats: small cases worked by hand."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskrel.errors import DataError
from taskrel.tasks.card import Cut
from taskrel.tasks.cut import cut, groups, remove_leaks, remove_repeats
from taskrel.tasks.readers.source import Example


def examples(*specs):
    """Examples from ``key:text`` strings."""
    return [Example(text.split(), "x", key) for key, _, text in (s.partition(":") for s in specs)]


@pytest.mark.parametrize(
    ("specs", "by", "expected"),
    [
        (["1:a", "2:b", "1:c"], ("key",), [0, 1, 0]),
        (["1:a b", "2:c", "3:A b"], ("text",), [0, 1, 0]),
        # 1 and 2 share a text, 2 and 3 a key: all three go together.
        (["1:a", "2:a", "2:b", "3:c"], ("key", "text"), [0, 0, 0, 1]),
        ([":a", ":b"], ("key",), [0, 1]),  # no key joins nothing
        (["1:a", "a:1"], ("key", "text"), [0, 1]),  # a key is no text
        ([], ("key",), []),
    ],
)
def test_groups(specs, by, expected):
    assert groups(examples(*specs), by).tolist() == expected


def parts(train, dev=(), test=()):
    return {"train": examples(*train), "dev": examples(*dev), "test": examples(*test)}


def test_cut_moves_whole_groups_in_the_order_of_the_seed():
    cards = parts([f"{i // 2}:w{i}" for i in range(20)])  # ten groups of two
    cut(cards, Cut(dev=0.2, test=0.3, seed=5, by=("key",)))
    order = [str(g) for g in np.random.default_rng(5).permutation(10)]
    assert {e.key for e in cards["test"]} == set(order[:3])
    assert {e.key for e in cards["dev"]} == set(order[3:5])
    assert [e.key for e in cards["train"]] == sorted(order[5:] * 2)  # order of the file kept
    assert [len(cards[s]) for s in ("train", "dev", "test")] == [10, 4, 6]


@pytest.mark.parametrize("seed", range(5))
def test_a_stratified_cut_moves_whole_groups_and_keeps_shares(seed):
    # 20 groups of two examples; labels of 4, 12 and 24 examples, a half of them for training.
    labels = ["x"] * 4 + ["y"] * 12 + ["z"] * 24
    train = [Example([f"w{i}"], label, str(i // 2)) for i, label in enumerate(labels)]
    cards = {"train": list(train), "dev": [], "test": []}
    cut(cards, Cut(dev=0.25, test=0.25, seed=seed, by=("key",), stratify=True))
    shares = {s: Counter(e.target for e in part) for s, part in cards.items()}
    assert shares["train"] == {"x": 2, "y": 6, "z": 12}
    for split in ("dev", "test"):
        assert shares[split].total() == 10 and shares[split]["z"] == 6
        assert cards[split] == [e for e in train if e in cards[split]]  # order of the file kept
    keys = [{e.key for e in part} for part in cards.values()]
    assert sum(map(len, keys)) == len(set.union(*keys)) == 20


def test_strata_decide_where_they_are_given():
    train = [
        Example([f"w{i}"], "x" if i % 2 else None, strata=("rare",) if i < 4 else ())
        for i in range(40)
    ]
    for target in (None, "x"):  # labels of another task on the same texts
        cards = {
            "train": [e._replace(target=target) if e.strata else e for e in train],
            "dev": [],
            "test": [],
        }
        cut(cards, Cut(dev=0.5, stratify=True))
        assert sum(bool(e.strata) for e in cards["dev"]) == 2


def test_cut_leaves_splits_that_exist():
    cards = parts(["1:a", "2:b", "3:c", "4:d"], test=["9:z"])
    cut(cards, Cut(dev=0.25, test=0.25))
    assert [len(cards[s]) for s in ("train", "dev", "test")] == [3, 1, 1]
    before = {split: list(part) for split, part in cards.items()}
    cut(cards, Cut(dev=0.25))
    assert cards == before


@pytest.mark.parametrize(("n", "sizes"), [(0, [0, 0, 0]), (3, [1, 1, 1]), (4, [2, 1, 1])])
def test_a_share_is_one_group_at_least(n, sizes):
    cards = parts([f":w{i}" for i in range(n)])
    cut(cards, Cut(dev=0.1, test=0.1))
    assert [len(cards[s]) for s in ("train", "dev", "test")] == sizes


@pytest.mark.parametrize(
    ("texts", "by", "said"),
    [
        (["1:a"], ("text",), "^1 text is too few for 3 splits; give more texts"),
        (["1:a", "2:b"], ("text",), "^2 texts are too few for 3 splits"),
        (
            ["1:a"] * 9,
            ("text",),
            "^9 texts are 1 group, because equal texts stay together, which is too few for 3 splits",
        ),
        (["1:a", "1:b", "2:c"], ("key",), "3 texts are 2 groups, because texts with the same key "),
    ],
)
def test_too_few_texts_say_why(texts, by, said):
    with pytest.raises(DataError, match=said):
        cut(parts(texts), Cut(dev=0.1, test=0.1, by=by))


def test_a_rare_label_is_in_each_split_of_a_stratified_cut():
    pool = [Example([f"w{i}"], "neg" if i < 3 else "pos") for i in range(40)]
    for seed in range(5):
        cards = {"train": list(pool), "dev": [], "test": []}
        cut(cards, Cut(dev=0.2, test=0.1, seed=seed, stratify=True))
        assert [sum(e.target == "neg" for e in part) for part in cards.values()] == [1, 1, 1]
        assert [len(part) for part in cards.values()] == [28, 8, 4]


KEYS = st.sampled_from(["", "1", "2", "3", "4"])
WORDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3)


@settings(deadline=None)
@given(
    st.lists(st.builds(Example, WORDS, st.sampled_from("xy"), KEYS), max_size=25),
    st.integers(0, 9),
    st.booleans(),
)
def test_no_two_splits_share_a_key_or_text_and_nothing_is_lost(pool, seed, stratify):
    cards = {"train": list(pool), "dev": [], "test": []}
    how = Cut(dev=0.3, test=0.3, seed=seed, by=("key", "text"), stratify=stratify)
    if 0 < len(set(groups(pool, how.by).tolist())) < 3:
        with pytest.raises(DataError, match="too few for 3 splits"):
            cut(cards, how)
        return
    cut(cards, how)
    everything = [e for part in cards.values() for e in part]
    assert Counter(map(str, everything)) == Counter(map(str, pool))
    for value in (lambda e: e.key, lambda e: " ".join(e.tokens)):
        seen = [{value(e) for e in part} - {""} for part in cards.values()]
        assert sum(map(len, seen)) == len(set.union(*seen))


@pytest.mark.parametrize(
    ("by", "kept", "removed"),
    [
        (("key",), ["2:A cat", "3:the-dog ."], 1),
        (("text",), ["1:x", "3:the-dog ."], 1),
        (("alnum",), ["1:x"], 2),
        (("key", "text"), ["3:the-dog ."], 2),
        ((), ["1:x", "2:A cat", "3:the-dog ."], 0),
    ],
)
def test_leaks_leave_training_and_are_counted(by, kept, removed):
    cards = parts(["1:x", "2:A cat", "3:the-dog ."], dev=["1:a CAT"], test=[":The dog", ":!"])
    tally = Counter()
    remove_leaks(cards, by, tally)
    assert cards["train"] == examples(*kept)
    assert sum(tally.values()) == removed
    assert all(" is also in dev or test" in what for what in tally)


def test_an_empty_value_is_no_leak():
    cards = parts([":a", ":?"], test=[":b", ":!"])
    remove_leaks(cards, ("key", "alnum"), Counter())
    assert len(cards["train"]) == 2


@pytest.mark.parametrize(
    ("by", "kept"),
    [
        (("key",), ["1:x", "2:A cat", ":y", ":y", "3:a-cat"]),  # no key repeats nothing
        (("text",), ["1:x", "2:A cat", ":y", "3:a-cat"]),
        (("alnum",), ["1:x", "2:A cat", ":y"]),
        ((), ["1:x", "2:A cat", "1:a CAT", ":y", ":y", "3:a-cat"]),
    ],
)
def test_of_repeats_the_first_stays_and_the_others_are_counted(by, kept):
    cards = parts(["1:x", "2:A cat", "1:a CAT", ":y", ":y", "3:a-cat"], test=["1:x"])
    tally = Counter()
    remove_repeats(cards, by, tally)
    assert cards["train"] == examples(*kept)
    assert cards["test"] == examples("1:x")
    removed = 6 - len(kept)
    assert tally == (
        {f"training examples whose {by[0]} occurs earlier in training": removed} if removed else {}
    )
