from itertools import permutations, product

import numpy as np
import pytest
from made_comparison import task

from taskrel.errors import TaskrelError
from taskrel.study.faults.chance import chance
from taskrel.tasks.task import ABSENT
from taskrel.training.evaluation.metrics import score

SETS = [["a", "b"], ["a"], [], ["b"], ["a", "b"]]


def test_over_all_texts_by_hand():
    # hits: label 0 3·2/4 = 1.5, label 1 1·2/4 = 0.5; weights 3/4 and 1/4
    found = chance(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    assert found == pytest.approx(
        {
            "accuracy": 2 / 4,
            "weighted_precision": 0.75 * 1.5 / 2 + 0.25 * 0.5 / 2,
            "weighted_recall": 0.75 * 1.5 / 3 + 0.25 * 0.5 / 1,
            "weighted_f1": 0.75 * 3 / 5 + 0.25 * 1 / 3,
        }
    )


def test_in_batches_by_hand():
    # first batch 2·2/2 of label 0; second 1·2/2 of label 1
    found = chance(
        np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), [np.array([0, 1]), np.array([2, 3])]
    )
    assert found == pytest.approx(
        {
            "accuracy": 3 / 4,
            "weighted_precision": 0.75 * 2 / 2 + 0.25 * 1 / 2,
            "weighted_recall": 0.75 * 2 / 3 + 0.25 * 1 / 1,
            "weighted_f1": 0.75 * 4 / 5 + 0.25 * 2 / 3,
        }
    )


@pytest.mark.parametrize(
    ("kind", "gold", "predicted", "batches"),
    [
        ("classification", [*"aabbc"], [0, 1, 1, 0, 0], None),
        ("classification", [*"aabbc"], [0, 1, 1, 2, 0], [[0, 3], [1, 2, 4]]),
        ("multilabel", SETS, [[1, 1], [1, 0], [0, 0], [0, 1], [1, 0]], None),
        ("multilabel", SETS, [[1, 1], [1, 0], [0, 1], [0, 1], [1, 0]], [[4, 0, 1], [2, 3]]),
    ],
    ids=["a class never predicted", "classes in batches", "sets", "sets in batches"],
)
def test_it_is_the_mean_over_all_orders(kind, gold, predicted, batches):
    one, predicted = task("t", gold, gold, kind), np.array(predicted)
    batches = [np.array(b) for b in batches or [[*range(5)]]]
    scores = []
    for orders in product(*(permutations(batch) for batch in batches)):
        place = np.empty(5, int)
        place[np.concatenate(batches)] = np.concatenate(orders)
        scores.append(score(one, "test", predicted[place]))
    found = chance(one.splits["test"].targets, predicted, batches)
    assert found == pytest.approx({m: np.mean([s[m] for s in scores]) for m in found})


def test_misaligned_precision_tells_nothing_of_the_answers():
    rng = np.random.default_rng(0)
    gold = rng.integers(3, size=90)
    shares = np.bincount(gold) / 90
    for answers in (gold, rng.choice(3, p=[0.8, 0.1, 0.1], size=90)):
        assert chance(gold, answers)["weighted_precision"] == pytest.approx(shares @ shares)


def test_absent_labels_are_refused():
    with pytest.raises(TaskrelError, match="a gold label is absent"):
        chance(np.array([0, ABSENT]), np.array([0, 1]))
