"""Baselines without a run: test predictions from the labels of the training split alone."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from taskrel.tasks.streams import numpy_stream
from taskrel.tasks.task import ABSENT, Task
from taskrel.tasks.words.label_vectors import NEAREST
from taskrel.training.evaluation.metrics import score

if TYPE_CHECKING:
    import pandas as pd

#: Scores that are no further apart are equal.
ROUNDING = 1e-9
#: Draws that the random baseline is the mean of.
DRAWS = 200


@cache
def baseline_scores(task: Task, rule: str) -> dict[str, np.ndarray]:
    """Test scores of a baseline: metric → one value ("majority"), or one per draw ("random")."""
    guesses = [majority(task)] if rule == "majority" else at_random(task)
    found = [score(task, "test", guess) for guess in guesses]
    return {metric: np.array([scores[metric] for scores in found]) for metric in found[0]}


def at_random(task: Task) -> Iterator[np.ndarray]:
    """Yield `DRAWS` test predictions drawn from the labels of the training split, by a fixed seed.

    Each label is drawn with its share in training; for multilabel each label by itself; for a
    regression four different labels, one after the other. Codes are in the shape that `score`
    takes.
    """
    rng = numpy_stream(0, "random baseline", task.name)
    train, test = task.splits["train"].targets, task.splits["test"].targets
    if task.kind == "multilabel":
        share = train[:, : task.n_labels].mean(axis=0)
        for _ in range(DRAWS):
            yield (rng.random((len(test), task.n_labels)) < share).astype(test.dtype)
        return
    counts = np.bincount(train[train != ABSENT], minlength=task.n_labels)
    share = counts / counts.sum()
    for _ in range(DRAWS):
        if task.kind == "regression":
            # Keys u^(1/share) in falling order are a draw without replacement
            # (Efraimidis and Spirakis 2006).
            keys = np.log(rng.random((len(test), task.n_labels))) / np.maximum(share, 1e-300)
            yield np.argsort(-keys, axis=1)[:, :NEAREST]
        else:
            yield rng.choice(task.n_labels, len(test), p=share).astype(test.dtype)


def at_chance(single: "pd.Series", tasks: Mapping[str, Task]) -> list[str]:
    """Tasks whose single-task score is not above that of the majority rule.

    single : task → single-task test score, mean over seeds; tasks that `tasks` lacks are left out
    """
    return [
        name
        for name, score in single.items()
        if name in tasks
        and score <= baseline_scores(tasks[name], "majority")[tasks[name].metric][0] + ROUNDING
    ]


def majority(task: Task) -> np.ndarray:
    """Test predictions that are always the most frequent label of the training split.

    For multilabel, its most frequent set of labels; of equally frequent ones the first in label
    order (of sets, the one with the earlier label); for a regression its four most frequent
    labels, the most frequent first. Returns codes in the shape that `score` takes.
    """
    train, test = task.splits["train"].targets, task.splits["test"].targets
    if task.kind == "multilabel":
        sets, counts = np.unique(train[:, : task.n_labels], axis=0, return_counts=True)
        # np.unique sorts ascending: the later of two sets is the one with the earlier label.
        return np.tile(sets[::-1][counts[::-1].argmax()], (len(test), 1))
    counts = np.bincount(train[train != ABSENT], minlength=task.n_labels)
    if task.kind == "regression":
        return np.tile(np.argsort(-counts, kind="stable")[:NEAREST], (len(test), 1))
    return np.full(test.shape, counts.argmax(), test.dtype)
