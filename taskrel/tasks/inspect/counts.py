"""Counts of a task's splits: labels, lengths, examples without a label, repeated texts."""

from dataclasses import dataclass

import numpy as np

from taskrel.tasks.task import ABSENT, Task


@dataclass(frozen=True)
class SplitCounts:
    """What one split has.

    examples : number of texts or sentences
    labels : label → how often it occurs (token-level: tokens; else texts), most frequent first;
        labels that do not occur are left out
    unlabelled : tokens or texts without a label
    shortest, median, longest : length of an example in tokens
    repeated : number of texts that occur earlier in the split, too
    """

    examples: int
    labels: dict[str, int]
    unlabelled: int
    shortest: int
    median: float
    longest: int
    repeated: int


def split_counts(task: Task, split: str) -> SplitCounts:
    """Count what a split of a task has."""
    part = task.splits[split]
    targets, names = part.targets, task.all_labels
    if task.kind == "multilabel":
        counts = targets.sum(axis=0, dtype=int)
        unlabelled = int((targets.sum(axis=1) == 0).sum())
    else:
        present = targets[targets != ABSENT]
        counts = np.bincount(present, minlength=len(names))
        unlabelled = len(targets) - len(present)
    order = np.argsort(-counts, kind="stable")
    lengths = part.lengths if len(part) else np.zeros(1, int)
    return SplitCounts(
        len(part),
        {names[code]: int(counts[code]) for code in order if counts[code]},
        unlabelled,
        int(lengths.min()),
        float(np.median(lengths)),
        int(lengths.max()),
        len(part) - len(np.unique(task.text_hashes[split])),
    )
