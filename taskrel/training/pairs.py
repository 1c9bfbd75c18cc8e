"""Pairs of texts that are longer than a recipe allows: the longer text is cut first."""

import numpy as np
import torch

from taskrel.models.pieces import first_read
from taskrel.tasks.task import Split, Task
from taskrel.tasks.text import PAIR_SEPARATOR


def cut_pairs(task: Task, split: str, most: int) -> Split:
    """A split whose pairs have `most` tokens at most, with the separator; it may be the task's own.

    Sentences with a label per token are not cut. A batch cuts a text at its end, and would so cut
    the second text of a pair away where the first one is long.
    """
    part = task.splits[split]
    if task.per_token or PAIR_SEPARATOR not in task.words or (part.lengths <= most).all():
        return part
    n, lengths = len(part), part.lengths
    example = np.repeat(np.arange(n), lengths)
    position = np.arange(len(part.tokens)) - part.offsets[example]
    place = np.where(part.tokens == task.words.index(PAIR_SEPARATOR), position, lengths[example])
    first = np.minimum.reduceat(place, part.offsets[:-1])  # (n,), tokens before the separator
    pair = (first < lengths).astype(np.int64)
    second = lengths - first - pair
    read_first = first_read(*map(torch.from_numpy, (first, second, most - pair))).numpy()
    kept = np.where(
        position < first[example],
        position < read_first[example],
        position - first[example] <= (most - pair - read_first)[example],
    )
    ends = np.cumsum(np.bincount(example[kept], minlength=n))
    return Split(part.tokens[kept], np.concatenate([[0], ends]), part.targets)
