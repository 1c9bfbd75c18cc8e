"""Aspect sentiment itself: published counts and majorities, and one cut for five tasks."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task
from taskrel.tasks.task import ABSENT, SPLITS

pytestmark = pytest.mark.real_data

# labelled sentences of the test file; published accuracy of the majority of training
ASPECTS = {
    "food": (418, 0.7225),
    "service": (172, 0.5872),
    "price": (83, 0.6145),
    "ambience": (118, 0.6441),
    "anecdotes": (234, 0.5427),
}


@pytest.fixture(scope="module")
def tasks(data_folder):
    return {name: load_task(load_card(name), data_folder) for name in ASPECTS}


def labelled(task, *splits):
    """Names of the labels that are not absent."""
    codes = np.concatenate([task.splits[s].targets for s in splits])
    return [task.labels[c] for c in codes if c != ABSENT]


def test_sizes(tasks):
    for name, task in tasks.items():
        assert [len(task.splits[s]) for s in SPLITS] == [2435, 606, 800]
        assert task.labels == ("conflict", "negative", "neutral", "positive")
        assert task.unseen == () and task.family == "restaurants"
        assert task.left_out == (
            {"aspects listed a second time in a sentence": 2} if name == "anecdotes" else {}
        )


def test_the_majority_of_training_scores_as_published(tasks):
    right = total = 0
    for name, (n, accuracy) in ASPECTS.items():
        majority = Counter(labelled(tasks[name], "train", "dev")).most_common(1)[0][0]
        test = labelled(tasks[name], "test")
        assert len(test) == n
        assert test.count(majority) / n == pytest.approx(accuracy, abs=5e-5)
        right, total = right + test.count(majority), total + n
    assert total == 1025
    assert right / total == pytest.approx(0.6410, abs=5e-5)


def test_all_five_have_the_same_sentences_in_each_split(tasks):
    food = tasks["food"]
    for task in tasks.values():
        assert task.words == food.words
        for split in SPLITS:
            assert np.array_equal(task.splits[split].tokens, food.splits[split].tokens)
            assert np.array_equal(task.splits[split].offsets, food.splits[split].offsets)


def test_labels_and_pairs_of_labels_keep_their_shares(tasks):
    found = {}
    for split in ("train", "dev"):
        columns = [
            np.array([name + " " + label for label in (*task.labels, "absent")])[
                task.splits[split].targets
            ]
            for name, task in tasks.items()
        ]
        listed = [
            [label for label in row if not label.endswith("absent")]
            for row in zip(*columns, strict=True)
        ]
        found[split] = Counter(s for row in listed for k in (1, 2) for s in combinations(row, k))
    total = found["train"] + found["dev"]
    frequent = {1: 0, 2: 0}
    for stratum, n in total.items():
        if n >= 20:
            frequent[len(stratum)] += 1
            assert found["dev"][stratum] / n == pytest.approx(0.2, abs=0.03), stratum
    assert frequent == {1: 18, 2: 7}


def test_one_text_stands_in_both_files(tasks):
    train = {*tasks["food"].texts("train"), *tasks["food"].texts("dev")}
    assert sum(text in train for text in tasks["food"].texts("test")) == 1
