"""How much the splits of one task, and the texts of two tasks, overlap.

Test texts of the main task inside the auxiliary's training part are
contamination: the pair's score then says more than it should.
"""

from collections.abc import Mapping

from taskrel.tasks.task import Task

#: Shorter texts ("thank you .") recur by chance and prove nothing.
MIN_TOKENS = 5


def _long(task: Task, split: str) -> list[str]:
    lengths = task.splits[split].lengths
    return [text for text, n in zip(task.texts(split), lengths, strict=True) if n >= MIN_TOKENS]


def split_overlap(task: Task) -> dict[str, int]:
    """Dev and test texts (of five tokens or more) that training has, too, lower-cased."""
    train = set(_long(task, "train"))
    return {split: sum(text in train for text in _long(task, split)) for split in ("dev", "test")}


def contamination(tasks: Mapping[str, Task]) -> dict[tuple[str, str], int]:
    """(main, aux) → number of main test texts in aux's training texts; pairs with any."""
    test = {name: _long(task, "test") for name, task in tasks.items()}
    train = {name: set(_long(task, "train")) for name, task in tasks.items()}
    counts = {
        (main, aux): sum(text in train[aux] for text in test[main])
        for main in tasks
        for aux in tasks
        if main != aux
    }
    return {pair: n for pair, n in counts.items() if n}
