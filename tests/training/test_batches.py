from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import multilabel_task, tagging_task, text_task

from taskrel.tasks.task import ABSENT, Split
from taskrel.tasks.words.vocabulary import UNKNOWN
from taskrel.training.batches import Batcher, epoch

# Three sentences, of words 0 1 2 | 3 | 4 5, labels 0 1 2 | 2 | absent 7.
SPLIT = Split(
    np.arange(6, dtype=np.int32),
    np.array([0, 3, 4, 6]),
    np.array([0, 1, 2, 2, ABSENT, 7], np.int32),
)
ROWS = np.array([10, 11, 12, 13, 14, 15])


def test_padding_and_labels_by_hand():
    batch = Batcher(SPLIT, ROWS, True, n_labels=7).batch(np.array([2, 0]))
    assert batch.tokens.tolist() == [[14, 15, 0], [10, 11, 12]]
    assert batch.lengths.tolist() == [2, 3]
    # Label 7 is unseen in training: it has no logit, so it carries no loss.
    assert batch.targets.tolist() == [[ABSENT, ABSENT, ABSENT], [0, 1, 2]]


def test_texts_are_cut_but_sentences_to_tag_are_not():
    texts = Split(SPLIT.tokens, SPLIT.offsets, np.array([0, 1, 0], np.int32))
    assert Batcher(texts, ROWS, False, 2, max_tokens=2).lengths.tolist() == [2, 1, 2]
    assert Batcher(SPLIT, ROWS, True, 8, max_tokens=2).lengths.tolist() == [3, 1, 2]


def test_rare_words_read_the_unknown_row_half_of_the_time_in_training_only():
    rare = np.array([False, True, False, False, False, False])
    batcher = Batcher(SPLIT, ROWS, True, 8, rare=rare)
    rng = np.random.default_rng(0)
    drawn = Counter(batcher.batch(np.array([0]), rng).tokens[0, 1].item() for _ in range(1000))
    assert set(drawn) == {11, UNKNOWN}
    assert 420 < drawn[UNKNOWN] < 580  # 5 standard deviations of B(1000, 1/2)
    assert batcher.batch(np.array([0])).tokens.tolist() == [[10, 11, 12]]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=200), st.integers(1, 40), st.booleans())
def test_an_epoch_has_every_example_once(lengths, size, bucketed):
    batches = epoch(np.array(lengths), size, np.random.default_rng(0), bucketed)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    sizes = sorted(map(len, batches))
    assert all(s == size for s in sizes[1:])
    assert 1 <= sizes[0] <= size


def test_buckets_hold_texts_of_similar_length():
    lengths = np.random.default_rng(0).geometric(0.06, size=4000)
    waste = {}
    for bucketed in (True, False):
        batches = epoch(lengths, 32, np.random.default_rng(1), bucketed)
        padded = sum(lengths[b].max() * len(b) for b in batches)
        waste[bucketed] = padded / lengths.sum() - 1
    assert waste[True] < 0.05
    assert waste[False] > 1


def test_examples_are_equally_likely_whatever_their_length():
    lengths = np.r_[np.full(30, 3), np.full(30, 40)]
    rng, seen = np.random.default_rng(0), Counter()
    for _ in range(50):
        batches = epoch(lengths, 7, rng)[:5]  # some batches of each epoch
        seen.update(np.concatenate(batches).tolist())
    short, long = (sum(seen[i] for i in range(*r)) for r in ((0, 30), (30, 60)))
    assert abs(short - long) < 0.15 * (short + long)


@pytest.mark.parametrize(
    "task", [tagging_task(), text_task(), multilabel_task()], ids=lambda t: t.kind
)
def test_predictions_come_back_in_the_order_of_the_split(task):
    split = task.splits["test"]
    batcher = Batcher(split, np.arange(len(task.words)) + 2, task.per_token, task.n_labels)
    order, parts, weight = [], [], 0
    for examples, batch in batcher.ordered(6):
        gold = batch.targets.numpy()
        parts.append(gold[gold != ABSENT] if task.kind == "tagging" else gold)
        order.append(examples)
        weight += batcher.weight(batch)
    back = batcher.restore(np.concatenate(order), np.concatenate(parts))
    np.testing.assert_array_equal(back, split.targets)
    assert weight == len(split.targets)


def test_predictions_of_several_labels_per_token_come_back_in_order():
    batcher = Batcher(SPLIT, ROWS, True, 8)
    ((order, _),) = batcher.ordered(3)
    assert order.tolist() == [1, 2, 0]
    predicted = np.array([[3, 30], [4, 40], [5, 50], [0, 0], [1, 10], [2, 20]])
    assert batcher.restore(order, predicted).tolist() == [[i, 10 * i] for i in range(6)]


def test_endless_goes_on_after_an_epoch():
    batches = Batcher(SPLIT, ROWS, True, 8).endless(2, np.random.default_rng(0))
    assert sum(len(next(batches).lengths) for _ in range(6)) == 9  # three epochs of 2 + 1
