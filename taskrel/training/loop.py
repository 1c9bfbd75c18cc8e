"""The loop: a generator of records, so that curves, progress and checkpoints are the caller's.

A step in reading order: the schedule names the tasks to update, each gives a
batch and a loss, the losses are summed, one backward pass, one optimiser step.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from taskrel.errors import TaskrelError
from taskrel.models.sharing import HardSharing
from taskrel.training.batches import Batch, Batcher
from taskrel.training.build import Optimisers


class Update(NamedTuple):
    """One task's part of one step; `updates` counts this task's own, from 1."""

    step: int
    task: int
    updates: int
    loss: float


class Evaluate(NamedTuple):
    """Time to evaluate this task on dev; the model stands as after `updates` updates."""

    task: int
    updates: int


def train(model: HardSharing, optimiser: Optimisers, batches: Sequence[Iterator[Batch]],
          schedule: Iterable[tuple[int, ...]], every: Sequence[int],
          clip: float | None = None) -> Iterator[Update | Evaluate]:
    """Train `model`, yielding an `Update` per task and step.

    An `Evaluate` follows every `every[task]`-th update of a task; the caller may look
    at the model between two records but must leave its weights alone.
    """
    updates = [0] * len(batches)
    model.train()
    for step, tasks in enumerate(schedule, 1):
        losses = _losses(model, tasks, [next(batches[task]) for task in tasks])
        optimiser.zero_grad()
        sum(losses).backward()
        if clip is not None:
            _clip(model, clip)
        optimiser.step()
        for task, loss in zip(tasks, map(torch.Tensor.item, losses), strict=True):
            if not math.isfinite(loss):
                raise TaskrelError(f"training diverged: the loss is {loss} at step {step}; try a "
                                   "smaller optimiser.lr, or clip")
            updates[task] += 1
            yield Update(step, task, updates[task], loss)
        for task in tasks:
            if updates[task] % every[task] == 0:
                yield Evaluate(task, updates[task])


def _losses(model: HardSharing, tasks: Sequence[int], batches: Sequence[Batch]
            ) -> list[torch.Tensor]:
    """Loss of each task on its batch; neighbours that read the same texts encode them once."""
    losses, tokens, states = [], None, None
    for task, batch in zip(tasks, batches, strict=True):
        # Compared before the move: on a GPU a comparison would wait for it.
        if tokens is None or not torch.equal(tokens, batch.tokens):
            tokens = batch.tokens
            lengths = batch.lengths.to(model.device)
            states = model.encode(tokens.to(model.device), lengths)
        head = model.heads[task]
        losses.append(head.loss(head(states, lengths), batch.targets.to(model.device)))
    return losses


def _clip(model: HardSharing, norm: float) -> None:
    """Scale all gradients so that their joint norm is at most `norm`."""
    grads = [p.grad.coalesce().values() if p.grad.is_sparse else p.grad
             for p in model.parameters() if p.grad is not None]
    scale = norm / max(torch.nn.utils.get_total_norm(grads).item(), norm)
    if scale < 1:
        for p in model.parameters():
            if p.grad is not None:
                p.grad *= scale


@torch.no_grad()
def predict(model: HardSharing, task: int, batcher: Batcher,
            size: int = 128) -> tuple[np.ndarray, float]:
    """Predictions of one task over a whole split, and the mean loss of its batches.

    Returns predictions in the order of the split's flat targets: (n_tokens,)
    label codes, (n,) label codes or (n, L) 0/1; the loss weighs each batch by
    the number of its targets that can carry a loss.
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
