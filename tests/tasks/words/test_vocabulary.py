import numpy as np

from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.text import PAIR_SEPARATOR
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import UNKNOWN, build_vocabulary


def task(name, train, dev="The dog"):
    parts = {
        split: [Example(text.split(), ["A", *"B" * (len(text.split()) - 1)])]
        for split, text in (("train", train), ("dev", dev), ("test", dev))
    }
    return encode(parts, kind="tagging", metric="accuracy", name=name)


VECTORS = Vectors(("the", "dog", "US"), np.arange(6, dtype=np.float32).reshape(3, 2), "0")


def read(vocabulary, tasks, i, word):
    return vocabulary.words[vocabulary.rows[i][tasks[i].words.index(word)]]


def test_spelling_then_lower_case_then_training_then_unknown():
    tasks = [task("a", "The cat US us Cat", dev="The dog mouse")]
    vocabulary = build_vocabulary(tasks, VECTORS)
    found = {w: read(vocabulary, tasks, 0, w) for w in tasks[0].words}
    assert found == {
        "The": "the",
        "dog": "dog",
        "US": "US",
        "us": "us",
        "cat": "cat",
        "Cat": "cat",
        "mouse": "<unknown>",
    }
    assert vocabulary.words == ("<pad>", "<unknown>", "US", "dog", "the", "cat", "us")
    np.testing.assert_array_equal(vocabulary.pretrained, [[4, 5], [2, 3], [0, 1]])


def test_words_without_vector_that_occur_once_are_rare():
    tasks = [task("a", "the cat us Cat", dev="The mouse")]
    rare = dict(zip(tasks[0].words, build_vocabulary(tasks, VECTORS).rare[0].tolist(), strict=True))
    assert rare == {
        "the": False,
        "The": False,
        "cat": False,
        "Cat": False,
        "us": True,
        "mouse": False,
    }


def test_a_pair_shares_rows_and_keeps_each_tasks_own_rarity():
    tasks = [task("a", "cat cat us"), task("b", "us us hen")]
    pair = build_vocabulary(tasks, None)
    assert read(pair, tasks, 0, "us") == read(pair, tasks, 1, "us") == "us"
    assert pair.rare[0][tasks[0].words.index("us")]
    assert not pair.rare[1][tasks[1].words.index("us")]
    alone = build_vocabulary(tasks[:1], None)
    np.testing.assert_array_equal(alone.rare[0], pair.rare[0])
    assert read(alone, tasks, 0, "dog") == "<unknown>"
    assert alone.rows[0][tasks[0].words.index("The")] == UNKNOWN


def test_order_of_tasks_does_not_matter():
    a, b = task("a", "cat us"), task("b", "hen us")
    assert build_vocabulary([a, b], VECTORS).words == build_vocabulary([b, a], VECTORS).words


def test_the_separator_of_pairs_has_a_row_of_its_own_whatever_the_vectors_file_has():
    tasks = [task("a", "dog <sep> cat"), task("b", "cat the")]
    file = Vectors(("dog", PAIR_SEPARATOR), np.ones((2, 2), np.float32), "0")
    for vectors in (None, VECTORS, file):
        vocabulary = build_vocabulary(tasks, vectors)
        row = int(vocabulary.rows[0][tasks[0].words.index(PAIR_SEPARATOR)])
        assert vocabulary.words[row] == PAIR_SEPARATOR
        assert row >= 2 + len(vocabulary.pretrained)  # drawn, and learned
