"""The training loop: a generator of records, which leaves curves and checkpoints to the caller.

In each step, the schedule names the tasks to update, their batches give losses and
gradients, the gradients are clipped, and the optimiser steps.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from taskrel.errors import TaskrelError
from taskrel.models.sharing import Sharing
from taskrel.training.batches import Batch, Batcher
from taskrel.training.gradients import joint_gradients

#: Called with the model, the tasks of a step and the batches of all tasks; it adds to
#: ``.grad`` and returns the loss of each task of the step.
Gradients = Callable[[Sharing, Sequence[int], Sequence[Iterator[Batch]]], list[torch.Tensor]]


class Optimiser(Protocol):
    """The methods of `build.Optimisers` and `modulation.Modulated` that the loop calls."""

    def zero_grad(self) -> None:
        """Reset all gradients."""

    def step(self, tasks: Sequence[int]) -> None:
        """Step with the gradients of these tasks."""


class Update(NamedTuple):
    """One task's part of one step; `updates` counts the updates of this task, from 1."""

    step: int
    task: int
    updates: int
    loss: float


class Evaluate(NamedTuple):
    """Request to evaluate this task on dev, after `updates` updates."""

    task: int
    updates: int


def train(
    model: Sharing,
    optimiser: Optimiser,
    batches: Sequence[Iterator[Batch]],
    schedule: Iterable[tuple[int, ...]],
    every: Sequence[int],
    clip: float | None = None,
    gradients: Gradients = joint_gradients,
) -> Iterator[Update | Evaluate]:
    """Train `model`, and yield an `Update` for each task of each step.

    An `Evaluate` follows every `every[task]`-th update of a task. The caller may use the
    model between two records but must not change its weights.

    Raises `TaskrelError` if a loss is not finite.
    """
    updates = [0] * len(batches)
    model.train()
    for step, tasks in enumerate(schedule, 1):
        optimiser.zero_grad()
        losses = gradients(model, tasks, batches)
        if clip is not None:
            _clip(model, clip)
        optimiser.step(tasks)
        for task, loss in zip(tasks, map(torch.Tensor.item, losses), strict=True):
            if not math.isfinite(loss):
                raise TaskrelError(
                    f"training diverged: the loss is {loss} at step {step}; try a smaller "
                    "optimiser.lr, or set clip"
                )
            updates[task] += 1
            yield Update(step, task, updates[task], loss)
        for task in tasks:
            if updates[task] % every[task] == 0:
                yield Evaluate(task, updates[task])


def _clip(model: Sharing, norm: float) -> None:
    """Scale all gradients so that the norm of all of them together is at most `norm`."""
    grads = [
        p.grad.coalesce().values() if p.grad.is_sparse else p.grad
        for p in model.parameters()
        if p.grad is not None
    ]
    scale = norm / max(torch.nn.utils.get_total_norm(grads).item(), norm)
    if scale < 1:
        for p in model.parameters():
            if p.grad is not None:
                p.grad *= scale


@torch.no_grad()
def predict(
    model: Sharing, task: int, batcher: Batcher, size: int = 128
) -> tuple[np.ndarray, float]:
    """Predictions of one task on a whole split, and the mean loss.

    Returns predictions in the order of the split's flat targets: label codes of shape
    (n_tokens,) or (n,), 0/1 of shape (n, L), or nearest labels (n, k) or (n_tokens, k).
    In the mean loss, the weight of a batch is the number of its targets with a loss.
    """
    was_training = model.training
    model.eval()
    head = model.heads[task]
    order, parts, losses, weights = [], [], [], []
    for examples, batch in batcher.ordered(size):
        batch = Batch(*(part.to(model.device) for part in batch))
        logits = model(task, batch.tokens, batch.lengths)
        losses.append(head.loss(logits, batch.targets).item())
        weights.append(batcher.weight(batch))
        parts.append(head.predict(logits, batch.lengths).cpu().numpy())
        order.append(examples)
    model.train(was_training)
    predicted = batcher.restore(np.concatenate(order), np.concatenate(parts))
    return predicted, float(np.average(losses, weights=np.maximum(weights, 1e-9)))
