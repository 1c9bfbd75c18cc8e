"""Scores of predictions on a split, as fractions in [0, 1].

``score(task, "dev", predicted)[task.metric]`` is the main one. Gold labels that do not
occur in training cannot be predicted and count as errors. Zero divided by zero is 0, so
that a label neither gold nor predicted has F1 0.
"""

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
        seen, every = range(task.n_labels), range(gold.shape[1])
        macro = [*seen, *(i for i in every if i >= task.n_labels and gold[:, i].any())]
        return {
            "accuracy": float((gold == predicted).all(axis=1).mean()),
            **_averaged(gold, predicted, macro, "macro"),
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
    scores |= _averaged(kept, guess, np.union1d(kept, guess), "macro", "weighted")
    if task.kind == "classification":
        return scores | {"micro_f1": accuracy}
    if task.outside is not None:
        inside = [i for i, label in enumerate(task.all_labels) if label != task.outside]
        scores["micro_f1"] = _f1(kept, guess, inside, "micro")
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


def _f1(gold: np.ndarray, predicted: np.ndarray, labels, average: str) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(gold, predicted, labels=list(labels), average=average, zero_division=0))


def _averaged(gold: np.ndarray, predicted: np.ndarray, labels, *averages: str) -> dict[str, float]:
    """Averages of the labels' F1, precision and recall: "macro", or "weighted" by frequency.

    They are those of scikit-learn, which would count again for each average.
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
