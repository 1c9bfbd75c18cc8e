"""Automated tasks: the target of each token, what is left out, and repeatable draws."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import DataError, UsageError
from taskrel.tasks.automated import make
from taskrel.tasks.automated.make import AUTOMATED, MISSING, automated
from taskrel.tasks.automated.names import AUTOMATED_NAMES
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT, SPLITS

TEXTS = ["The cat saw the Dog", "dog", "a dog 's cat !"]


def task(train, dev=TEXTS, test=TEXTS, language="en", name="base"):
    parts = {
        split: [Example(text.split(" "), "ab"[i % 2]) for i, text in enumerate(texts)]
        for split, texts in (("train", train), ("dev", dev), ("test", test))
    }
    return encode(
        parts, kind="classification", metric="accuracy", name=name, family="pets", language=language
    )


def read(task, split):
    """Tokens and targets of each text; None for an absent one."""
    part = task.splits[split]
    words = [task.words[t] for t in part.tokens]
    targets = [None if t == ABSENT else task.all_labels[t] for t in part.targets]
    borders = list(pairwise(part.offsets))
    return [
        (words[a:b], targets[a:b] if task.per_token else targets[i])
        for i, (a, b) in enumerate(borders)
    ]


def test_the_names_are_those_that_commands_know():
    assert tuple(AUTOMATED) == AUTOMATED_NAMES


@pytest.mark.parametrize(
    ("what", "kind", "metric", "causal"),
    [
        ("next_word", "regression per token", "nearest_accuracy", True),
        ("next_char", "tagging", "accuracy", True),
        ("missing_word", "regression", "nearest_accuracy", False),
    ],
)
def test_they_are_tasks_like_any_other(what, kind, metric, causal):
    found = automated(task(TEXTS), what)
    assert (found.name, found.family, found.language) == (f"base:{what}", "pets", "en")
    assert (found.kind_and_unit, found.metric, found.causal) == (kind, metric, causal)
    again, other = automated(task(TEXTS), what), automated(task(TEXTS[1:]), what)
    assert found.digest == again.digest != other.digest


def test_next_word_by_hand():
    found = automated(task(TEXTS), "next_word")
    assert found.labels == ("!", "'s", "cat", "dog", "saw", "the")
    assert read(found, "train") == [
        (["The", "cat", "saw", "the", "Dog"], ["cat", "saw", "the", "dog", None]),
        (["dog"], [None]),
        (["a", "dog", "'s", "cat", "!"], ["dog", "'s", "cat", "!", None]),
    ]
    assert found.left_out == {"last tokens, without a next word": 9}


def test_only_frequent_words_are_targets(monkeypatch):
    monkeypatch.setattr(make, "WORDS", 2)
    found = automated(task(TEXTS, dev=["a dog", "cat owl cat"]), "next_word")
    # Behind another word cat and dog stand twice, all others once; first words do not count.
    assert found.labels == ("cat", "dog") and found.unseen == ()
    assert read(found, "dev") == [
        (["a", "dog"], ["dog", None]),
        (["cat", "owl", "cat"], [None, "cat", None]),
    ]
    assert found.left_out["tokens before a word that is not among the 2 most frequent"] == 2 * 4 + 1


def test_next_char_by_hand():
    found = automated(task(["Ab ba", "b"], ["ab c"], ["c ab", "c"]), "next_char")
    assert found.labels == (" ", "a", "b")
    assert read(found, "train") == [(list("ab ba"), [*"b ba", None]), (["b"], [None])]
    # "c" is no character of training: left out, and with it a text that has no other.
    assert read(found, "dev") == read(found, "test") == [(list("ab"), ["b", None])]
    assert found.left_out == {
        "characters left out": 3,
        "last characters, without a next one": 4,
        "texts left out because no character is kept": 1,
    }


def test_next_char_of_a_task_that_reads_characters():
    found = automated(task(["A b B", "b"], ["b A c"], ["A c"]), "next_char")
    assert read(found, "train") == [(["A", "b", "B"], ["b", "B", None]), (["b"], [None])]
    assert read(found, "dev") == [(["b", "A", "c"], ["A", "c", None])]
    assert (found.labels, found.unseen) == (("B", "b"), ("A", "c"))
    assert found.left_out == {"last characters, without a next one": 4}


def test_characters_are_the_most_frequent_ones_and_texts_are_cut(monkeypatch):
    monkeypatch.setattr(make, "CHARACTERS", 3)
    monkeypatch.setattr(make, "LONGEST", 4)
    found = automated(task(["aab bac", "a a"], ["aaaaa b"], ["ab"]), "next_char")
    assert found.words == (" ", "a", "b")  # c is the rarest
    assert read(found, "train") == [(list("aab "), [*"ab ", None]), (list("a a"), [*" a", None])]
    assert read(found, "dev") == [(list("aaaa"), [*"aaa", None])]
    assert found.left_out == {
        "characters left out": 1,
        "texts cut at 4 characters": 2,
        "last characters, without a next one": 4,
    }


def test_missing_word_by_hand():
    found = automated(task(TEXTS, dev=["The it 's", "12 Cat , owl"]), "missing_word")
    assert found.labels == ("cat", "dog", "saw")
    for tokens, target in read(found, "train"):
        assert tokens.count(MISSING) == 1
        assert target in found.labels
    # Neither stop words, nor clitics, nor what has no letter, nor what training lacks.
    assert read(found, "dev") == [(["The", "it", "'s"], None), (["12", MISSING, ",", "owl"], "cat")]
    assert found.left_out == {"texts without a word that can be missing": 1}


def test_stop_words_of_other_languages_are_the_most_frequent_words(monkeypatch):
    monkeypatch.setattr(make, "STOPS", 1)
    base = task(["die die Katze", "die Kuh"], ["Kuh"], ["die Katze"], language="de")
    assert automated(base, "missing_word").labels == ("katze", "kuh")


words = st.lists(
    st.sampled_from(["The", "the", "cat", "Dog", "owl", "n't", "12", ",", "new"]),
    min_size=1,
    max_size=8,
)
corpora = st.lists(words.map(" ".join), min_size=2, max_size=12)


@settings(max_examples=40, deadline=None)
@given(corpora, corpora)
def test_the_target_of_a_token_is_the_token_behind_it(train, dev):
    base = task(["the cat saw", *train], dev=["the cat", *dev])
    next_word, next_char = (automated(base, what) for what in ("next_word", "next_char"))
    for split in SPLITS:
        for tokens, targets in read(next_word, split) + read(next_char, split):
            assert targets[-1] is None
            for target, behind in zip(targets, tokens[1:], strict=False):
                assert target in (behind.lower(), None)
    known = set(next_word.labels)
    for tokens, targets in read(next_word, "train"):
        assert [t.lower() in known for t in tokens[1:]] == [t is not None for t in targets[:-1]]
    assert all(None not in targets[:-1] for _, targets in read(next_char, "dev"))


@settings(max_examples=40, deadline=None)
@given(corpora)
def test_a_missing_word_is_a_content_word_and_nothing_else_changes(train):
    base = task(["cat", "dog", *train])
    found = automated(base, "missing_word")
    assert found.digest == automated(base, "missing_word").digest
    for (tokens, target), (whole, _) in zip(read(found, "train"), read(base, "train"), strict=True):
        restored = [target if w == MISSING else w.lower() for w in tokens]
        assert restored == [w.lower() for w in whole]
        assert target in {"cat", "dog", "owl", "new", None}
        # A text carries no target only if it has no content word.
        assert (target is None) == (not {"cat", "dog", "owl", "new"} & set(restored))


def test_draws_depend_on_the_name_of_the_task_and_on_nothing_global():
    texts = ["cat dog owl bird fish"] * 30
    first, again, other = (
        read(automated(task(texts, name=n), "missing_word"), "train")
        for n in ("base", "base", "other")
    )
    assert first == again != other
    drawn = [target for _, target in first]
    assert set(drawn) == set(texts[0].split())
    # One text more disturbs none of the others.
    more = read(automated(task([*texts, "the"]), "missing_word"), "train")
    assert more[:-1] == first


def test_dev_and_test_are_drawn_down_and_training_is_not(monkeypatch):
    monkeypatch.setattr(make, "HELD", 5)
    texts = [f"cat w{i}" for i in range(40)]
    found = {what: automated(task(texts, texts, texts[:5]), what) for what in AUTOMATED}
    for what, t in found.items():
        assert [len(t.splits[s]) for s in SPLITS] == [40, 5, 5], what
        assert t.left_out["dev texts left out for speed"] == 35
        assert "test texts left out for speed" not in t.left_out
    spelt = ["".join(tokens) for tokens, _ in read(found["next_char"], "dev")]
    kept = [" ".join(tokens) for tokens, _ in read(found["next_word"], "dev")]
    assert spelt == kept == sorted(kept, key=texts.index) != texts[:5]  # the same texts


@pytest.mark.parametrize(
    "base", [tagging_task(), text_task(), multilabel_task()], ids=lambda t: t.kind
)
@pytest.mark.parametrize("what", AUTOMATED)
def test_tasks_of_every_kind_yield_them(base, what):
    found = automated(base, what)
    assert [len(found.splits[s]) for s in SPLITS] == [len(base.splits[s]) for s in SPLITS]
    assert found.n_labels >= 2


def test_an_unknown_one_names_the_nearest():
    with pytest.raises(UsageError, match=r"unknown automated task 'next_wrod'; did you mean next_"):
        automated(task(TEXTS), "next_wrod")


@pytest.mark.parametrize(
    ("train", "what"),
    [
        (["cat", "dog"], "next_word"),
        (["a", "b"], "next_char"),
        (["the cat", "the"], "missing_word"),
    ],
)
def test_texts_that_do_not_yield_it(train, what):
    with pytest.raises(
        DataError, match=f"task base:{what}: cannot be made from the training texts of base"
    ):
        automated(task(train, ["cat"], ["cat"]), what)


PAIRS = ["The cat <sep> a dog", "<sep> dog", "a dog <sep> cat"]


@pytest.mark.parametrize("what", AUTOMATED)
def test_texts_of_a_pair_are_texts_of_their_own(what):
    apart = ["The cat", "a dog", "dog", "a dog", "cat"]
    found = automated(task(PAIRS, PAIRS, PAIRS), what)
    expected = automated(task(apart, apart, apart), what)
    for split in SPLITS:
        assert read(found, split) == read(expected, split)
    assert found.left_out == expected.left_out


def test_pairs_of_characters_stay_characters():
    spelt = ["a b <sep> b a", "b <sep> a"]
    found = automated(task(spelt, spelt, spelt), "next_char")
    assert read(found, "dev") == [
        (["a", "b"], ["b", None]),
        (["b", "a"], ["a", None]),
        (["b"], [None]),
        (["a"], [None]),
    ]
