"""Scores of predictions on a split, as fractions in [0, 1].

``score(task, "dev", predicted)[task.metric]`` is the main one. Gold labels that do not
occur in training cannot be predicted and count as errors. Zero divided by zero is 0, so
that a label neither gold nor predicted has F1 0.
"""

from typing import NamedTuple

import numpy as np

from taskrel.errors import TaskrelError
from taskrel.tasks.span_schemes import USUAL
from taskrel.tasks.task import ABSENT, Task
from taskrel.tasks.words.label_vectors import NEAREST
from taskrel.training.evaluation.spans import span_counts


def score(task: Task, split: str, predicted: np.ndarray) -> dict[str, float]:
    """All metrics that apply to the task's kind, by the names in `tasks.card.METRICS`.

    Parameters
    ----------
    task : Task
        Of any kind.
    split : "train", "dev" or "test"
        Split of the gold labels.
    predicted : int array
        tagging: label codes of shape (n_tokens,); classification: label codes
        of shape (n,); multilabel: 0/1 of shape (n, n_labels); regression: codes
        of the nearest labels, best first, of shape (n, k) or (n_tokens, k)

    Returns
    -------
    dict of str to float
        accuracy : share of correct tokens or texts; for multilabel, of texts with
            exactly the gold labels
        micro_f1 : tagging: over tokens without the outside label (precision over the
            predicted ones, recall over the gold ones; as in Bingel and Søgaard, EACL
            2017); classification: equals accuracy; multilabel: over all pairs of text
            and label, with unseen labels
        macro_f1 : mean F1 of the labels that occur in gold or are predicted, with outside
            and unseen ones; multilabel: of the inventory and of the unseen labels in gold;
            equals scikit-learn's default, ``f1_score(gold, predicted, average="macro")``
        macro_precision, macro_recall : mean precision and recall of the same labels
        weighted_f1 : mean F1, weighted by the labels' frequency in gold, with unseen
            labels
        weighted_precision, weighted_recall : mean precision and recall with the same
            weights
        decision_accuracy, decision_f1 : multilabel: accuracy and macro F1 of each label
            as a binary decision, mean over the inventory; unlike macro_f1, they do not
            reward a model that predicts all labels
        span_f1 : tagging, see `spans.span_counts`
        nearest_accuracy, nearest_top4 : regression: share of texts or tokens whose
            label is the nearest one, or among the four nearest

        A tagging task without outside label has no micro_f1 and no span_f1. Tokens and
        texts whose gold label is `ABSENT` are not scored.

    Raises
    ------
    TaskrelError
        If `predicted` has the wrong shape, or all gold labels are absent.
    """
    gold, predicted = _aligned(task, split, predicted)
    if task.kind == "multilabel":
        right, seen = gold == predicted, slice(task.n_labels)
        counts = _Counts.of_binary(gold, predicted)
        macro = (np.arange(gold.shape[1]) < task.n_labels) | (counts.gold > 0)
        absent = _Counts.of_binary(1 - gold[:, seen], 1 - predicted[:, seen])
        return {
            "accuracy": float(right.all(axis=1).mean()),
            **counts.at(macro).averaged("macro"),
            **counts.averaged("weighted"),
            "micro_f1": counts.micro_f1,
            "decision_accuracy": float(right[:, seen].mean()),
            "decision_f1": float((counts.at(seen).f1.mean() + absent.f1.mean()) / 2),
        }
    scored = gold != ABSENT
    kept, guess = gold[scored], predicted[scored]
    if not len(kept):
        raise TaskrelError(
            f"task {task.name}: all labels of the {split} split are absent; there is "
            "nothing to score"
        )
    if task.kind == "regression":
        return {
            "nearest_accuracy": float((guess[:, 0] == kept).mean()),
            "nearest_top4": float((guess == kept[:, None]).any(axis=1).mean()),
        }
    accuracy = float((kept == guess).mean())
    scores = {"accuracy": accuracy}
    labels, counts = _Counts.of_codes(kept, guess)
    scores |= counts.averaged("macro", "weighted")
    if task.kind == "classification":
        return scores | {"micro_f1": accuracy}
    if task.outside is not None:
        inside = [i for i, label in enumerate(task.all_labels) if label != task.outside]
        scores["micro_f1"] = counts.at(np.isin(labels, inside)).micro_f1
        scores["span_f1"] = span_counts(
            gold,
            predicted,
            task.splits[split].offsets,
            task.all_labels,
            task.outside,
            task.scheme or USUAL,
        ).f1
    return scores


def _aligned(task: Task, split: str, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gold and predicted labels of equal shape; columns of unseen labels are predicted as 0."""
    gold, predicted = task.splits[split].targets, np.asarray(predicted)
    shape = (len(gold), task.n_labels) if task.kind == "multilabel" else gold.shape
    if task.kind == "regression":
        shape = (len(gold), min(NEAREST, task.n_labels))
    if predicted.shape != shape:
        raise TaskrelError(
            f"task {task.name}, {split}: expected predictions of shape {shape}, "
            f"found {predicted.shape}"
        )
    if task.kind == "multilabel":
        predicted = np.pad(predicted, ((0, 0), (0, gold.shape[1] - task.n_labels)))
    return gold, predicted


class _Counts(NamedTuple):
    """Counts of each label, int arrays (n_labels,): right, predicted and gold ones.

    Scores are those of scikit-learn, which would count again for each of them; its checks take
    longer than the counting.
    """

    right: np.ndarray
    predicted: np.ndarray
    gold: np.ndarray

    @classmethod
    def of_codes(cls, gold: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, "_Counts"]:
        """The label codes that occur, sorted, and their counts, from arrays (n_items,)."""
        labels, places = np.unique([gold, predicted], return_inverse=True)
        gold, predicted = places.reshape(2, -1)
        parts = (gold[gold == predicted], predicted, gold)
        return labels, cls(*(np.bincount(part, minlength=len(labels)) for part in parts))

    @classmethod
    def of_binary(cls, gold: np.ndarray, predicted: np.ndarray) -> "_Counts":
        """Counts of 0/1 arrays of shape (n_items, n_labels)."""
        return cls(*(a.sum(axis=0, dtype=int) for a in (gold * predicted, predicted, gold)))

    def at(self, labels: np.ndarray | slice) -> "_Counts":
        """Counts of these labels alone."""
        return _Counts(*(counts[labels] for counts in self))

    @property
    def f1(self) -> np.ndarray:
        """F1 of each label."""
        return _share(2.0 * self.right, self.predicted + self.gold)

    @property
    def micro_f1(self) -> float:
        """F1 of all labels' counts together."""
        right, predicted, gold = (int(counts.sum()) for counts in self)
        return 2.0 * right / (predicted + gold) if predicted + gold else 0.0

    def averaged(self, *averages: str) -> dict[str, float]:
        """Mean F1, precision and recall: "macro", or "weighted" by frequency in gold."""
        values = {
            "f1": self.f1,
            "precision": _share(self.right, self.predicted),
            "recall": _share(self.right, self.gold),
        }
        weights = {"macro": None, "weighted": self.gold if self.gold.any() else None}
        return {
            f"{average}_{name}": float(np.average(value, weights=weights[average]))
            for average in averages
            for name, value in values.items()
        }


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Quotients, 0 where the whole is 0."""
    return part / np.where(whole > 0, whole, 1)
