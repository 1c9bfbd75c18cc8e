"""Faults: what a mistaken pipeline does to labels before training, and to answers before scoring.

Each is a small pure function, so that its effect on an otherwise correct run can be
measured: which of them turns our scores into somebody's published ones?
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from taskrel.tasks.task import ABSENT, Split, Task
from taskrel.training.seeds import numpy_stream

#: Texts of an evaluation batch, in which the order of answers may get lost.
BATCH = 32


def shuffled_labels(tasks: Sequence[Task], seed: int) -> list[Task]:
    """Deal the training labels of each task out anew to its texts; dev and test stay right.

    Labels that a batch pairs with other texts of the same batch come to the same, but for
    new wrong labels each time, so they are no fault of their own here.
    """
    shuffled = []
    for task in tasks:
        train = task.splits["train"]
        order = numpy_stream(seed, "shuffled labels", task.name).permutation(len(train))
        shuffled.append(_with(task, train=replace(train, targets=train.targets[order])))
    return shuffled


def concatenated(tasks: Sequence[Task], split: str = "train") -> list[Task]:
    """Put the texts of all tasks into `split` of each, label numbers colliding.

    What a data frame of two concatenated data sets with one column of label numbers does:
    each task has its own texts, then those of the others in order, and label k of a
    sentiment text is read as label k of an emotion text (see `read_as`). The tasks come to
    have one list of words; their other splits and labels stay as they are.
    """
    words = tuple(sorted({word for task in tasks for word in task.words}))
    code = {word: i for i, word in enumerate(words)}
    recoded = []
    for task in tasks:
        codes = np.array([code[word] for word in task.words], np.int32)
        recoded.append(
            replace(
                task,
                words=words,
                splits={
                    name: replace(part, tokens=codes[part.tokens])
                    for name, part in task.splits.items()
                },
            )
        )
    return [
        _with(task, **{split: _joined(task, [t for t in recoded if t is not task], split)})
        for task in recoded
    ]


def read_as(labels: np.ndarray, kind: str, n_labels: int) -> np.ndarray:
    """Read label numbers of one text task as those of another, of `kind` and `n_labels`.

    labels : int (n,), label codes or `ABSENT`, or 0/1 (n, L)

    Returns what the other task's targets look like: of several labels the first counts
    where there is room for one; a number that the other task does not have is no label,
    `ABSENT` or an empty set.
    """
    if kind == "multilabel":
        if labels.ndim == 2:
            kept = labels[:, :n_labels]
            return np.pad(kept, ((0, 0), (0, n_labels - kept.shape[1])))
        return (labels[:, None] == np.arange(n_labels)).astype(np.uint8)
    if labels.ndim == 2:
        labels = np.where(labels.any(1), labels.argmax(1), ABSENT)
    return np.where(labels < n_labels, labels, ABSENT).astype(np.int32)


def misaligned(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Answers in a shuffled order, gold labels in file order.

    This and the other faults of order are given the length of each text and return an int
    array (n,): which text's answer stands in each text's place.
    """
    return rng.permutation(len(lengths))


def misaligned_in_batches(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Answers shuffled within batches of texts of similar length, each batch in its place."""
    order = np.empty(len(lengths), int)
    for batch in batches_by_length(lengths):
        order[batch] = rng.permutation(batch)
    return order


def sorted_in_batches(lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Answers in the order of falling length within batches of texts in random order.

    What comes of sorting each batch for packed sequences and never sorting it back.
    """
    order = np.empty(len(lengths), int)
    for batch in _cut(rng.permutation(len(lengths))):
        order[batch] = batch[np.argsort(-lengths[batch], kind="stable")]
    return order


def batches_by_length(lengths: np.ndarray) -> list[np.ndarray]:
    """Indices of the texts of each batch of `BATCH`, shortest texts first."""
    return _cut(np.argsort(lengths, kind="stable"))


def _cut(order: np.ndarray) -> list[np.ndarray]:
    return np.split(order, range(BATCH, len(order), BATCH))


def _joined(task: Task, others: Sequence[Task], split: str) -> Split:
    parts = [t.splits[split] for t in (task, *others)]
    own = parts[0].targets
    width = own.shape[1] if task.kind == "multilabel" else task.n_labels
    foreign = [read_as(part.targets, task.kind, width) for part in parts[1:]]
    lengths = np.concatenate([part.lengths for part in parts])
    return Split(
        np.concatenate([part.tokens for part in parts]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([own, *foreign]),
    )


def _with(task: Task, **splits: Split) -> Task:
    return replace(task, splits={**task.splits, **splits})


#: Faults of training: (tasks, seed) → the tasks to train on.
TRAINING: dict[str, Callable[[Sequence[Task], int], list[Task]]] = {
    "none": lambda tasks, seed: list(tasks),
    "shuffled_labels": shuffled_labels,
    "concatenated": lambda tasks, seed: concatenated(tasks),
}

#: Faults of scoring that mix up whose answer is whose.
ORDERS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "misaligned": misaligned,
    "misaligned_in_batches": misaligned_in_batches,
    "sorted_in_batches": sorted_in_batches,
}
