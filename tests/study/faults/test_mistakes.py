import numpy as np
import pytest
from made import multilabel_task, text_task

from taskrel.study.faults.mistakes import (
    BATCH,
    ORDERS,
    batches_by_length,
    concatenated,
    read_as,
    shuffled_labels,
)
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT

LENGTHS = np.random.default_rng(0).integers(1, 9, size=2 * BATCH + 7)


def task(name, kind, **parts):
    return encode(
        {
            split: [Example(text.split(), label) for text, label in parts[split]]
            for split in ("train", "dev", "test")
        },
        kind=kind,
        metric="accuracy",
        name=name,
    )


@pytest.fixture
def two():
    """Emotions a, b, c, d, several at once, and sentiments n, p."""
    moods = task(
        "moods",
        "multilabel",
        train=[("so glad", ["b", "d"]), ("oh no", ["c"]), ("hm", []), ("wow glad", ["a"])],
        dev=[("oh", ["a"])],
        test=[("glad", ["b"]), ("new", ["z"])],
    )
    tone = task(
        "tone",
        "classification",
        train=[("good no", "p"), ("bad", "n")],
        dev=[("bad", "n")],
        test=[("oh good", "p"), ("bad", "n")],
    )
    return [moods, tone]


def test_shuffled_labels_are_the_same_ones_on_other_texts():
    tasks = [multilabel_task(), text_task()]
    shuffled = shuffled_labels(tasks, seed=3)
    for before, after in zip(tasks, shuffled, strict=True):
        train, dealt = before.splits["train"], after.splits["train"]
        assert sorted(map(str, train.targets.tolist())) == sorted(map(str, dealt.targets.tolist()))
        assert not np.array_equal(train.targets, dealt.targets)
        assert before.texts("train") == after.texts("train")
        for split in ("dev", "test"):
            assert before.splits[split] is after.splits[split]
    assert [t.digest for t in shuffled] == [t.digest for t in shuffled_labels(tasks, seed=3)]
    assert shuffled_labels(tasks, seed=4)[0].digest != shuffled[0].digest


def test_what_is_dealt_out_does_not_depend_on_the_other_task():
    many, texts = multilabel_task(), text_task()
    assert shuffled_labels([texts, many], 0)[1].digest == shuffled_labels([many], 0)[0].digest


@pytest.mark.parametrize(
    ("labels", "kind", "n_labels", "expected"),
    [
        ([1, 0, 2, ABSENT], "multilabel", 3, [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]),
        ([1, 2], "multilabel", 2, [[0, 1], [0, 0]]),
        ([[0, 1, 1], [0, 0, 1], [0, 0, 0], [1, 0, 1]], "classification", 2, [1, ABSENT, ABSENT, 0]),
        ([0, 2, ABSENT], "classification", 2, [0, ABSENT, ABSENT]),
        ([[0, 1, 1], [1, 0, 0]], "multilabel", 2, [[0, 1], [1, 0]]),
        ([[0, 1]], "multilabel", 4, [[0, 1, 0, 0]]),
    ],
)
def test_label_numbers_are_read_as_those_of_the_other_task(labels, kind, n_labels, expected):
    assert read_as(np.array(labels), kind, n_labels).tolist() == expected


def test_concatenated_training_parts_collide(two):
    moods, tone = concatenated(two)
    assert moods.texts("train") == ["so glad", "oh no", "hm", "wow glad", "good no", "bad"]
    # p is label 1 of tone, read as b; n is label 0, read as a; nobody has z in training
    assert moods.splits["train"].targets.tolist() == [
        [0, 1, 0, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
    ]
    assert tone.texts("train") == ["good no", "bad", "so glad", "oh no", "hm", "wow glad"]
    # the first label of (b, d) is 1; c is 2, which tone does not have
    assert tone.splits["train"].targets.tolist() == [1, 0, 1, ABSENT, ABSENT, 0]
    assert moods.words == tone.words
    for before, after in zip(two, (moods, tone), strict=True):
        assert (before.labels, before.unseen) == (after.labels, after.unseen)
        for split in ("dev", "test"):
            assert before.texts(split) == after.texts(split)
            assert np.array_equal(before.splits[split].targets, after.splits[split].targets)


def test_another_part_can_be_concatenated(two):
    tone = concatenated(two, "test")[1]
    assert tone.texts("test") == ["oh good", "bad", "glad", "new"]
    assert tone.splits["test"].targets.tolist() == [1, 0, 1, ABSENT]
    assert tone.texts("train") == two[1].texts("train")


@pytest.mark.parametrize("name", ORDERS)
def test_each_answer_stands_in_one_place(name):
    order = ORDERS[name](LENGTHS, np.random.default_rng(1))
    assert sorted(order) == [*range(len(LENGTHS))]
    assert (order != np.arange(len(LENGTHS))).mean() > 0.8
    assert not np.array_equal(order, ORDERS[name](LENGTHS, np.random.default_rng(2)))


def test_batches_by_length_go_from_short_to_long():
    batches = batches_by_length(LENGTHS)
    assert [len(b) for b in batches] == [BATCH, BATCH, 7]
    assert (np.diff(LENGTHS[np.concatenate(batches)]) >= 0).all()


def test_in_batches_an_answer_stays_in_its_batch():
    order = ORDERS["misaligned_in_batches"](LENGTHS, np.random.default_rng(1))
    for batch in batches_by_length(LENGTHS):
        assert sorted(order[batch]) == sorted(batch)


def test_a_batch_sorted_for_packing_is_the_same_batch_by_falling_length():
    order = ORDERS["sorted_in_batches"](LENGTHS, np.random.default_rng(1))
    files = np.random.default_rng(1).permutation(len(LENGTHS))
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        assert sorted(order[batch]) == sorted(batch)
        assert (np.diff(LENGTHS[order[batch]]) <= 0).all()
