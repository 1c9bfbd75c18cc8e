"""Overlap of the splits of one task, and contamination between two tasks.

A pair is contaminated if test texts of the main task are in the training split of the
auxiliary: the score of the pair is then too high.
"""

from collections.abc import Mapping

from taskrel.tasks.task import Task

#: Shorter texts ("thank you .") recur by chance.
MIN_TOKENS = 5


def _long(task: Task, split: str) -> list[str]:
    lengths = task.splits[split].lengths
    return [text for text, n in zip(task.texts(split), lengths, strict=True) if n >= MIN_TOKENS]


def split_overlap(task: Task) -> dict[str, int]:
    """Number of dev and of test texts, of five tokens or more, that are also in training."""
    train = set(_long(task, "train"))
    return {split: sum(text in train for text in _long(task, split)) for split in ("dev", "test")}


def contamination(tasks: Mapping[str, Task]) -> dict[tuple[str, str], int]:
    """(main, aux) → number of test texts of main in the training split of aux, where any are."""
    test = {name: _long(task, "test") for name, task in tasks.items()}
    train = {name: set(_long(task, "train")) for name, task in tasks.items()}
    counts = {
        (main, aux): sum(text in train[aux] for text in test[main])
        for main in tasks
        for aux in tasks
        if main != aux
    }
    return {pair: n for pair, n in counts.items() if n}
