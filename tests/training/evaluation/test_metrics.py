import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_examples import examples
from sklearn.metrics import precision_recall_fscore_support

from taskrel.errors import TaskrelError
from taskrel.tasks.card import METRICS
from taskrel.tasks.task import ABSENT, SPLITS, Split, Task
from taskrel.training.evaluation.metrics import score


def make(kind, targets, labels, unseen=(), outside=None, lengths=None):
    """A task whose three splits are the same; text i has `lengths[i]` tokens."""
    targets = np.asarray(targets, np.uint8 if kind == "multilabel" else np.int32)
    lengths = lengths or ([len(targets)] if kind == "tagging" else [1] * len(targets))
    offsets = np.cumsum([0, *lengths])
    splits = {s: Split(np.zeros(offsets[-1], np.int32), offsets, targets) for s in SPLITS}
    return Task(
        "made",
        kind,
        METRICS[kind][0],
        ("w",),
        tuple(labels),
        splits,
        unseen=tuple(unseen),
        outside=outside,
    )


# labels:  0 B-X   1 I-X   2 O
# gold      B-X I-X O O | B-X O      predicted  B-X I-X O B-X | O O
TAGGING = make("tagging", [0, 1, 2, 2, 0, 2], ("B-X", "I-X", "O"), outside="O", lengths=[4, 2])
TAGGED = np.array([0, 1, 2, 0, 2, 2])


def test_tagging_by_hand():
    # B-X: 1 right of 2 gold and 2 predicted, F1 1/2; I-X: 1 of 1 and 1, F1 1;
    # O: 2 right of 3 gold and 3 predicted, F1 2/3
    # not O: 2 right, 3 predicted, 3 gold; spans: 1 right, 2 predicted, 2 gold
    assert score(TAGGING, "test", TAGGED) == pytest.approx(
        {
            "accuracy": 4 / 6,
            "micro_f1": 2 / 3,
            "macro_f1": (1 / 2 + 1 + 2 / 3) / 3,
            "macro_precision": (1 / 2 + 1 + 2 / 3) / 3,
            "macro_recall": (1 / 2 + 1 + 2 / 3) / 3,
            "weighted_f1": (2 * 1 / 2 + 1 * 1 + 3 * 2 / 3) / 6,
            "weighted_precision": (2 * 1 / 2 + 1 * 1 + 3 * 2 / 3) / 6,
            "weighted_recall": (2 * 1 / 2 + 1 * 1 + 3 * 2 / 3) / 6,
            "span_f1": 1 / 2,
        }
    )


def test_micro_f1_is_precision_and_recall_without_outside():
    # gold A A O O, predicted A B B O: 1 right, 3 predicted, 2 gold: p 1/3, r 1/2, F1 2/5
    task = make("tagging", [0, 0, 2, 2], ("A", "B", "O"), outside="O")
    assert score(task, "dev", np.array([0, 1, 1, 2]))["micro_f1"] == pytest.approx(2 / 5)


def test_tagging_without_outside_has_no_outside_metrics():
    task = make("tagging", [0, 1, 1], ("N", "V"))
    assert score(task, "dev", np.array([0, 1, 0])).keys() == {
        "accuracy",
        *(
            f"{average}_{what}"
            for average in ("macro", "weighted")
            for what in ("f1", "precision", "recall")
        ),
    }


def test_outside_only_gives_zero_not_a_warning():
    task = make("tagging", [1, 1], ("A", "O"), outside="O")
    scores = score(task, "dev", np.array([1, 1]))
    assert (scores["micro_f1"], scores["span_f1"], scores["accuracy"]) == (0, 0, 1)


def test_unseen_tags_are_errors():
    # gold A new O, predicted A A O: A 1 of 2 predicted, F1 2/3; new 0; O 1
    task = make("tagging", [0, 2, 1], ("A", "O"), unseen=("new",), outside="O")
    assert score(task, "test", np.array([0, 0, 1])) == pytest.approx(
        {
            "accuracy": 2 / 3,
            "macro_f1": (2 / 3 + 0 + 1) / 3,
            "weighted_f1": (2 / 3 + 0 + 1) / 3,
            "weighted_precision": (1 / 2 + 0 + 1) / 3,
            "weighted_recall": (1 + 0 + 1) / 3,
            "macro_precision": (1 / 2 + 0 + 1) / 3,
            "macro_recall": (1 + 0 + 1) / 3,
            "micro_f1": 1 / 2,  # 1 right, 2 predicted, 2 gold
            "span_f1": 0,
        }
    )  # predicted A A is one span, gold has A and new


def test_a_predicted_label_that_gold_lacks_is_part_of_the_mean():
    task = make("classification", [0, 0, 1], ("a", "b", "c", "d"))
    # a: 1 of 2 gold, 1 predicted, F1 2/3; b: 1 of 1 and 1, F1 1; c: 0 of 1 predicted, F1 0;
    # d, neither gold nor predicted, is no part of it
    scores = score(task, "test", np.array([0, 2, 1]))
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert scores["weighted_f1"] == pytest.approx((2 * 2 / 3 + 1) / 3)


@pytest.mark.parametrize("kind", ["tagging", "classification"])
def test_absent_labels_carry_no_score(kind):
    task = make(kind, [0, ABSENT, 1, ABSENT, 0], ("a", "b"), outside="b")
    kept = make(kind, [0, 1, 0], ("a", "b"), outside="b")
    predicted = np.array([0, 0, 1, 1, 1])
    assert score(task, "test", predicted) == score(kept, "test", predicted[[0, 2, 4]])


def test_classification_by_hand():
    task = make("classification", [0, 0, 1, 2, 3], ("a", "b", "c"), unseen=("new",))
    predicted = np.array([0, 1, 1, 2, 2])
    # a: 1 of 2 and 1, F1 2/3; b: 1 of 1 and 2, 2/3; c: 1 of 1 and 2, 2/3; new: 0
    assert score(task, "test", predicted) == pytest.approx(
        {
            "accuracy": 3 / 5,
            "micro_f1": 3 / 5,
            "macro_f1": 2 / 4,
            "weighted_f1": (2 * 2 / 3 + 2 / 3 + 2 / 3 + 0) / 5,
            "weighted_precision": (2 * 1 + 1 / 2 + 1 / 2 + 0) / 5,
            "weighted_recall": (2 * 1 / 2 + 1 + 1 + 0) / 5,
            "macro_precision": (1 + 1 / 2 + 1 / 2 + 0) / 4,
            "macro_recall": (1 / 2 + 1 + 1 + 0) / 4,
        }
    )


@pytest.mark.parametrize("dtype", [np.uint8, bool, np.int64])
def test_multilabel_by_hand(dtype):
    # columns a b c, and new, which training lacks
    gold = [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
    predicted = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], dtype)
    task = make("multilabel", gold, ("a", "b", "c"), unseen=("new",))
    # a: 2 of 2 and 2, F1 1; b: 1 of 2 and 1, F1 2/3; c: never there, 0; new: 0 of 1
    assert score(task, "test", predicted) == pytest.approx(
        {
            "accuracy": 2 / 4,  # the third text lacks new
            "macro_f1": (1 + 2 / 3 + 0 + 0) / 4,
            "macro_precision": (1 + 1 + 0 + 0) / 4,
            "macro_recall": (1 + 1 / 2 + 0 + 0) / 4,
            "weighted_f1": (2 * 1 + 2 * 2 / 3 + 1 * 0) / 5,
            "weighted_precision": (2 * 1 + 2 * 1 + 1 * 0) / 5,
            "weighted_recall": (2 * 1 + 2 * 1 / 2 + 1 * 0) / 5,
            "micro_f1": 2 * 3 / (5 + 3),
            # no: a 2 of 2 and 2; b 2 of 2 and 3, F1 4/5; c 4 of 4 and 4
            "decision_f1": ((1 + 1) / 2 + (2 / 3 + 4 / 5) / 2 + (0 + 1) / 2) / 3,
            "decision_accuracy": 11 / 12,
        }
    )


@pytest.mark.parametrize("kind", ["tagging", "classification", "multilabel"])
def test_every_metric_a_card_may_name_is_there(kind):
    targets = [[1, 0], [0, 1]] if kind == "multilabel" else [0, 1]
    task = make(kind, targets, ("a", "O"), outside="O")
    assert set(score(task, "dev", np.array(targets))) == {
        *METRICS[kind],
        "weighted_precision",
        "weighted_recall",
        "macro_precision",
        "macro_recall",
    }


@examples(20, 100)
def test_single_label_agrees_with_scikit_learn(n):
    @settings(max_examples=n, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=40))
    def agrees(pairs):
        gold, predicted = np.array(pairs).T
        task = make("tagging", gold, "abco", unseen=("new",), outside="o")
        scores = score(task, "dev", predicted)
        for how, labels in (("macro", None), ("weighted", None), ("micro", [0, 1, 2, 4])):
            assert_averages(how, scores, gold, predicted, labels)
        assert all(0 <= value <= 1 for value in scores.values())
        assert scores["accuracy"] == pytest.approx((gold == predicted).mean())

    agrees()


def assert_averages(how, scores, gold, predicted, labels=None):
    """F1 and, but for micro, precision and recall are those of scikit-learn."""
    *others, f1, _ = precision_recall_fscore_support(
        gold, predicted, labels=labels, average=how, zero_division=0
    )
    assert scores[f"{how}_f1"] == pytest.approx(f1)
    if how != "micro":
        found = [scores[f"{how}_precision"], scores[f"{how}_recall"]]
        assert found == pytest.approx(others)


ROW = st.tuples(*[st.tuples(st.booleans(), st.booleans())] * 3, st.booleans())


@examples(20, 100)
def test_multilabel_agrees_with_scikit_learn(n):
    """Three labels in gold and predicted, and one that training lacks, in gold alone."""

    @settings(max_examples=n, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=20))
    def agrees(rows):
        gold = np.array([[*(g for g, _ in row[:3]), row[3]] for row in rows], np.uint8)
        predicted = np.array([[p for _, p in row[:3]] for row in rows], np.uint8)
        task = make("multilabel", gold, "abc", unseen=("new",))
        scores = score(task, "dev", predicted)
        columns = 4 if gold[:, 3].any() else 3
        padded = np.pad(predicted, ((0, 0), (0, columns - 3)))
        for how in ("macro", "weighted", "micro"):
            assert_averages(how, scores, gold[:, :columns], padded)

    agrees()


def test_shape_is_checked():
    with pytest.raises(TaskrelError, match=r"made, dev: expected .* \(6,\), found \(5,\)"):
        score(TAGGING, "dev", TAGGED[:5])
    task = make("multilabel", [[1, 0, 1]], ("a", "b"), unseen=("new",))
    with pytest.raises(TaskrelError, match=r"\(1, 2\), found \(1, 3\)"):
        score(task, "dev", np.array([[1, 0, 1]]))


def test_nothing_to_score():
    task = make("tagging", [ABSENT, ABSENT], ("a", "b"))
    with pytest.raises(TaskrelError, match="all labels of the test split are absent"):
        score(task, "test", np.array([0, 1]))


LETTERS = ("a", "b", "c", "d", "e")


def test_regression_by_hand():
    task = make("regression", [0, 4, 2, ABSENT, 5], LETTERS, unseen=("new",))
    predicted = np.array([[0, 1, 2, 3], [0, 1, 2, 4], [0, 1, 3, 4], [0, 1, 2, 3], [0, 1, 2, 3]])
    # of the four that have a label the first is right, the second among the four nearest
    assert score(task, "test", predicted) == {"nearest_accuracy": 1 / 4, "nearest_top4": 2 / 4}


def test_regression_of_fewer_labels_than_are_named():
    task = make("regression", [0, 1], ("a", "b"))
    assert score(task, "dev", np.array([[0, 1], [0, 1]])) == {
        "nearest_accuracy": 1 / 2,
        "nearest_top4": 1,
    }
    with pytest.raises(TaskrelError, match=r"\(2, 2\), found \(2,\)"):
        score(task, "dev", np.array([0, 1]))
    with pytest.raises(TaskrelError, match=r"\(2, 4\), found \(2, 3\)"):
        score(make("regression", [0, 1], LETTERS), "dev", np.zeros((2, 3), int))
