"""Texts that two splits share: within one task, and between a main and an auxiliary task.

A pair leaks if dev or test texts of the main task are in the training split of the auxiliary:
the score of the pair is then too high. Texts are compared in lower case and without blanks, so
that tokens of two tokenisers agree; each is kept as a hash of 8 bytes.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from taskrel.errors import DataError
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS, Task

#: Shorter texts ("thank you .") may recur by chance.
MIN_TOKENS = 5

#: Shares of a split from which on shared texts are many; short ones recur by chance, unless the
#: split has hardly any others.
MANY, MANY_SHORT = 0.01, 0.1

#: What `without_leaks` counts in `Task.left_out`.
REMOVED = "training texts that are in dev or test of another task"


Key = TypeVar("Key", bound=Hashable)


class Shared(NamedTuple):
    """How many texts of a split are in a training split, too.

    texts : their number
    short : how many of them have fewer than `MIN_TOKENS` tokens
    of : size of the split
    mostly_short : whether at least half of the split's texts have so few tokens
    """

    texts: int
    short: int
    of: int
    mostly_short: bool = False

    @property
    def long(self) -> int:
        """The number of those that do not recur by chance."""
        return self.texts - self.short

    @property
    def many(self) -> bool:
        """Whether they are so many that a score is no longer one on unknown texts.

        >>> Shared(3, 0, 200).many, Shared(3, 3, 200).many, Shared(3, 3, 200, True).many
        (True, False, True)
        """
        counted = self.texts if self.mostly_short else self.long
        return counted > MANY * self.of or self.texts > MANY_SHORT * self.of

    def in_words(self, what: str) -> str:
        """The counts of `what`, as part of a sentence.

        >>> Shared(9, 3, 20).in_words("test texts of shop")
        '9 of 20 test texts of shop (3 of them shorter than 5 tokens)'
        """
        short = f" ({self.short:,} of them shorter than {MIN_TOKENS} tokens)" if self.short else ""
        return f"{self.texts:,} of {self.of:,} {what}{short}"


def shared(task: Task, split: str, other: Task) -> Shared:
    """Count the texts of a split of `task` that are in the training split of `other`."""
    return _count(task, split, np.isin(task.text_hashes[split], other.text_hashes["train"]))


def _count(task: Task, split: str, there: np.ndarray) -> Shared:
    short = task.splits[split].lengths < MIN_TOKENS
    return Shared(
        int(there.sum()),
        int((there & short).sum()),
        len(there),
        bool(2 * short.sum() >= len(short)),
    )


def split_overlap(task: Task) -> dict[str, Shared]:
    """Split → its texts that are also in training, for dev and test."""
    return {split: shared(task, split, task) for split in ("dev", "test")}


def contamination(tasks: Mapping[str, Task]) -> dict[tuple[str, str], Shared]:
    """(main, aux) → test texts of main in the training split of aux, where there are any."""
    tests = [task.text_hashes["test"] for task in tasks.values()]
    ends = np.cumsum([len(hashes) for hashes in tests])
    found = {}
    for aux, other in tasks.items():
        there = np.isin(np.concatenate(tests), other.text_hashes["train"])
        for (main, task), own in zip(tasks.items(), np.split(there, ends[:-1]), strict=True):
            if main != aux and own.any():
                found[main, aux] = _count(task, "test", own)
    return found


def without_leaks(
    tasks: Mapping[Key, Task], mains: Collection[Key]
) -> tuple[dict[Key, Task], list[str]]:
    """Remove training texts that also occur in the dev or test split of a main task.

    tasks : none of them automated; automated tasks are made from what is returned
    mains : keys of the main tasks; none is compared with itself, so that the training split of
        a single main task is never changed

    Short texts are removed, too. A task that loses texts counts them in `Task.left_out` and has
    another digest; the others are returned as they are.

    Returns the tasks, and a sentence about each that lost texts. Raises `DataError` where fewer
    than two labels remain in training.
    """
    whose = "another task" if len(mains) > 1 else "".join(tasks[key].name for key in mains)
    found, said = dict(tasks), []
    for key, task in tasks.items():
        others = [tasks[main] for main in mains if main != key]
        if not others:
            continue
        held = [t.text_hashes[split] for t in others for split in ("dev", "test")]
        leaks = np.isin(task.text_hashes["train"], np.concatenate(held))
        if n := int(leaks.sum()):
            found[key] = _without(task, leaks)
            said.append(
                f"{n:,} of {len(leaks):,} training texts of {task.name} were taken out, because "
                f"they are in dev or test of {whose}"
            )
    return found, said


def _without(task: Task, leaks: np.ndarray) -> Task:
    """The task without these training texts; the inventory is that of the others."""
    parts = {split: [Example(*e) for e in task.examples(split)] for split in SPLITS}
    parts["train"] = [e for e, leak in zip(parts["train"], leaks, strict=True) if not leak]
    try:
        return encode(
            parts,
            kind=task.kind,
            metric=task.metric,
            name=task.name,
            outside=task.outside,
            scheme=task.scheme,
            family=task.family,
            language=task.language,
            left_out=dict(task.left_out) | {REMOVED: int(leaks.sum())},
            unit=task.unit,
            causal=task.causal,
        )
    except DataError as e:
        raise DataError(f"once its leaks are removed: {e}; or leave the task out") from None
