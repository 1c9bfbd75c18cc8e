from collections import Counter
from functools import cache

import numpy as np
import pytest

from taskrel.errors import CardError
from taskrel.io.toml import convert
from taskrel.tasks.card import load_card, parse_card
from taskrel.tasks.load import load_task
from taskrel.tasks.readers.corpora.planted import Options
from taskrel.tasks.readers.corpora.planted_language import (
    AMBIGUOUS,
    N_CLASSES,
    N_GROUPS,
    Language,
    sentences,
)
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe
from taskrel.training.run import run

LANGUAGE = Language()
NAMES = ["fine", "coarse", "phrase", "shuffled", "foreign", "noise", "topic"]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    nowhere = tmp_path_factory.mktemp("no data")
    return {n: load_task(load_card(f"planted_{n}"), nowhere) for n in NAMES}


@cache
def drawn(n=300, seed=0):
    rng = np.random.default_rng(seed)
    return [LANGUAGE.sentence(rng) for _ in range(n)]


def test_every_class_stands_in_some_phrase_and_words_are_distinct():
    assert set(np.concatenate(LANGUAGE.templates)) == set(range(N_CLASSES))
    assert len(set(LANGUAGE.spellings)) == len(LANGUAGE.spellings)
    assert set(LANGUAGE.group) == set(range(N_GROUPS))


def test_some_words_belong_to_two_classes():
    classes = Counter(LANGUAGE.members.flatten().tolist())
    shared = np.mean([classes[w] > 1 for w in LANGUAGE.members.flatten()])
    assert AMBIGUOUS < shared < 3 * AMBIGUOUS


@pytest.mark.parametrize("labelling", ["fine", "coarse", "phrase", "shuffled", "noise"])
def test_labels_read_the_hidden_variables(labelling):
    rng = np.random.default_rng(0)
    for s in drawn(50):
        labels = LANGUAGE.label(s, labelling, rng)
        assert len(labels) == len(s.words)
        expected = {
            "fine": [f"C{c}" for c in s.classes],
            "coarse": [f"G{c % N_GROUPS}" for c in s.classes],
            "phrase": [
                ("B" if b else "I") + f"-P{p}" for b, p in zip(s.starts, s.phrases, strict=True)
            ],
            "shuffled": [f"S{LANGUAGE.shuffled[w]}" for w in s.word_ids],
        }.get(labelling)
        assert expected is None or labels == expected


def mutual_information(pairs):
    """In nats, of two discrete variables, from their joint counts."""
    joint, n = Counter(pairs), len(pairs)
    a, b = Counter(x for x, _ in pairs), Counter(y for _, y in pairs)
    return sum(c / n * np.log(c * n / (a[x] * b[y])) for (x, y), c in joint.items())


@pytest.mark.parametrize(
    ("labelling", "related"),
    [("coarse", True), ("phrase", True), ("shuffled", False), ("noise", False)],
)
def test_relatedness_is_as_planted(labelling, related):
    """How much a label says about the word class; words being many, only in part by chance."""
    rng, pairs = np.random.default_rng(0), []
    for s in drawn(3000):
        pairs += zip(s.classes.tolist(), LANGUAGE.label(s, labelling, rng), strict=True)
    information = mutual_information(pairs)
    assert information > 1 if related else information < 0.1


def test_another_lexicon_shares_no_word_but_the_grammar():
    other = Language(1)
    assert not set(other.spellings) & set(LANGUAGE.spellings)
    for a, b in zip(other.templates, LANGUAGE.templates, strict=True):
        np.testing.assert_array_equal(a, b)


def test_streams_repeat_and_differ_by_seed():
    a, b, c = (list(sentences(20, "fine", 0, seed)) for seed in ([1, 0], [1, 0], [2, 0]))
    assert a == b != c


def test_cards_load_without_any_data(tasks):
    assert {n: len(t.splits["train"]) for n, t in tasks.items()} == {
        n: 100 if n == "fine" else 1500 for n in NAMES
    }
    assert tasks["topic"].kind == "classification"
    assert all(len(t.splits["test"]) == 500 for t in tasks.values())
    assert len({t.digest for t in tasks.values()}) == len(NAMES)


def test_unknown_labelling_is_a_card_error(tmp_path):
    raw = {
        "schema": 1,
        "name": "x",
        "title": "x",
        "kind": "tagging",
        "metric": "accuracy",
        "reader": "planted",
        "options": {"labelling": "fin"},
    }
    with pytest.raises(CardError, match="labelling"):
        load_task(parse_card(raw, "x"), tmp_path)


@pytest.mark.slow
def test_a_small_task_gains_from_related_auxiliaries_only(tasks):
    """The truth that the pipeline must find: over three seeds, for the small task `fine`."""
    recipe = Recipe(
        steps=150, dropout=0.4, evaluations=5, encoder=BiLSTM(units=40), optimiser=Adam(lr=0.005)
    )

    def score(names, seed):
        result = run([tasks[n] for n in sorted(names)], recipe, seed)
        return result.scores["planted_fine", "test", "best", "accuracy"]

    gains = {aux: [] for aux in ("coarse", "phrase", "shuffled", "topic")}
    for seed in range(3):
        alone = score(["fine"], seed)
        for aux, values in gains.items():
            values.append(100 * (score(["fine", aux], seed) / alone - 1))
    for aux in ("coarse", "phrase"):
        assert min(gains[aux]) > 2, gains
    for aux in ("shuffled", "topic"):
        assert np.mean(gains[aux]) < 0.5, gains


@pytest.mark.parametrize(
    ("field", "value"), [("train", 100_001), ("test", 2**62), ("lexicon", 10**6), ("seed", -1)]
)
def test_sizes_that_would_take_for_ever(field, value):
    options = {"labelling": "fine"} | {field: value}
    with pytest.raises(CardError, match=f"field '{field}': expected `int` [<>]= .*found {value}"):
        convert(options, Options, "card x", CardError)
