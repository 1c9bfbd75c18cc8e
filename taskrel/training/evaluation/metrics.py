"""Scores of predictions on a split, as fractions in [0, 1].

``score(task, "dev", predicted)[task.metric]`` is the main one. Labels that
training never shows cannot be predicted, so wherever they are gold they count
as errors. Zero divided by zero is 0: a label neither gold nor predicted has F1 0.
"""

import numpy as np

from taskrel.errors import TaskrelError
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
        Where the gold labels are.
    predicted : int array
        tagging: label codes of shape (n_tokens,); classification: label codes
        of shape (n,); multilabel: 0/1 of shape (n, n_labels); regression: codes
        of the nearest labels, best first, of shape (n, k) or (n_tokens, k)

    Returns
    -------
    dict of str to float
        accuracy : share of tokens or texts that are right; for multilabel, of
            texts whose whole label set is
        micro_f1 : tagging: over tokens without the outside label (precision
            over the predicted ones, recall over the gold ones; as in Bingel
            and Søgaard, EACL 2017); classification: equals accuracy;
            multilabel: over all (text, label) decisions, unseen labels included
        macro_f1 : mean of the labels' F1, for multilabel over the inventory,
            else over the labels that occur in gold (outside and unseen ones too)
        macro_precision, macro_recall : mean of the same labels' precision and recall
        weighted_f1 : the mean F1, weighted by how often gold has the label,
            unseen ones included
        weighted_precision, weighted_recall : the labels' precision and recall,
            weighted in the same way
        decision_accuracy, decision_f1 : multilabel: each label as a task of its own with the
            labels yes and no, their accuracy or macro_f1, and the mean over the inventory;
            saying yes to everything, which macro_f1 rewards, earns nothing here
        span_f1 : tagging, see `spans.span_counts`
        nearest_accuracy, nearest_top4 : regression: share of texts or tokens whose
            label is the nearest one, or among the four nearest

        A tagging task without outside label has no micro_f1 and no span_f1.
        Tokens and texts whose gold is `ABSENT` carry no score.

    Raises
    ------
    TaskrelError
        Where the shape of `predicted` is wrong or no gold label is left to score.
    """
    gold, predicted = _aligned(task, split, predicted)
    if task.kind == "multilabel":
        seen, every = range(task.n_labels), range(gold.shape[1])
        return {
            "accuracy": float((gold == predicted).all(axis=1).mean()),
            **_averaged(gold, predicted, seen, "macro"),
            **_averaged(gold, predicted, every, "weighted"),
            "micro_f1": _f1(gold, predicted, every, "micro"),
            "decision_accuracy": float((gold == predicted)[:, seen].mean()),
            "decision_f1": (
                _f1(gold, predicted, seen, "macro") + _f1(1 - gold, 1 - predicted, seen, "macro")
            )
            / 2,
        }
    scored = gold != ABSENT
    kept, guess = gold[scored], predicted[scored]
    if not len(kept):
        raise TaskrelError(
            f"task {task.name}: every label of the {split} split is absent; "
            "there is nothing to score"
        )
    if task.kind == "regression":
        return {
            "nearest_accuracy": float((guess[:, 0] == kept).mean()),
            "nearest_top4": float((guess == kept[:, None]).any(axis=1).mean()),
        }
    accuracy = float((kept == guess).mean())
    scores = {"accuracy": accuracy}
    scores |= _averaged(kept, guess, np.unique(kept), "macro", "weighted")
    if task.kind == "classification":
        return scores | {"micro_f1": accuracy}
    if task.outside is not None:
        inside = [i for i, label in enumerate(task.all_labels) if label != task.outside]
        scores["micro_f1"] = _f1(kept, guess, inside, "micro")
        scores["span_f1"] = span_counts(
            gold, predicted, task.splits[split].offsets, task.all_labels, task.outside
        ).f1
    return scores


def _aligned(task: Task, split: str, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gold and predicted of equal shape; nobody predicts the unseen labels' columns."""
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


def _f1(gold: np.ndarray, predicted: np.ndarray, labels, average: str) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(gold, predicted, labels=list(labels), average=average, zero_division=0))


def _averaged(gold: np.ndarray, predicted: np.ndarray, labels, *averages: str) -> dict[str, float]:
    """F1, precision and recall of each label, averaged: "macro" or "weighted" by how many in gold.

    What scikit-learn returns for these averages; it would count anew for each.
    """
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, support = precision_recall_fscore_support(
        gold, predicted, labels=list(labels), average=None, zero_division=0
    )
    weights = {"macro": None, "weighted": support if support.any() else None}
    return {
        f"{average}_{name}": float(np.average(values, weights=weights[average]))
        for average in averages
        for name, values in (("f1", f1), ("precision", precision), ("recall", recall))
    }
