"""Gradients of a training step: those of the sum of its tasks' losses."""

from collections.abc import Iterator, Sequence

import torch

from taskrel.models.sharing import Sharing
from taskrel.training.batches import Batch


def joint_gradients(
    model: Sharing, tasks: Sequence[int], batches: Sequence[Iterator[Batch]]
) -> list[torch.Tensor]:
    """Add the gradients of the tasks' summed losses to ``.grad``; return each task's loss."""
    losses = task_losses(model, tasks, [next(batches[task]) for task in tasks])
    sum(losses).backward()
    return losses


def task_losses(
    model: Sharing, tasks: Sequence[int], batches: Sequence[Batch]
) -> list[torch.Tensor]:
    """Loss of each task on its batch; successive batches of the same texts are read once."""
    losses = []
    for group in _same_texts(batches):
        first = batches[group.start]
        lengths = first.lengths.to(model.device)
        states = model.states(tasks[group], first.tokens.to(model.device), lengths)
        for task, read, batch in zip(tasks[group], states, batches[group], strict=True):
            head = model.heads[task]
            losses.append(head.loss(head(read, lengths), batch.targets.to(model.device)))
    return losses


def _same_texts(batches: Sequence[Batch]) -> Iterator[slice]:
    """Yield the runs of successive batches with the same tokens."""
    start = 0
    for stop in range(1, len(batches) + 1):
        # Compared before the move to the device: on a GPU the comparison would wait for it.
        if stop == len(batches) or not torch.equal(batches[start].tokens, batches[stop].tokens):
            yield slice(start, stop)
            start = stop
