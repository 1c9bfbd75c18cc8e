"""Heads: from encoder states to the logits, loss and predictions of one task.

Each head is a dense projection; what differs is what it projects (every token,
or the pooled text) and how its logits are scored.
"""

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.tasks.task import ABSENT


def _dense(width: int, n_labels: int, generator: torch.Generator) -> nn.Linear:
    layer = nn.Linear(width, n_labels, device="meta").to_empty(device="cpu")
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def inside(states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Bool mask (B, T): True within each text."""
    return torch.arange(states.shape[1], device=states.device) < lengths[:, None]


def pool(states: torch.Tensor, lengths: torch.Tensor, how: str) -> torch.Tensor:
    """One vector (B, W) per text from states (B, T, W): "max" or "mean" within its length."""
    mask = inside(states, lengths)[..., None]
    if how == "max":
        return states.masked_fill(~mask, -torch.inf).amax(1)
    return states.masked_fill(~mask, 0).sum(1) / lengths[:, None]


class TokenHead(nn.Module):
    """One label per token: a softmax over each token's state."""

    def __init__(self, width: int, n_labels: int, generator: torch.Generator):
        super().__init__()
        self.project = _dense(width, n_labels, generator)

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits (B, T, L)."""
        return self.project(states)

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over the tokens that have a label, in nats."""
        return _cross_entropy(logits.flatten(0, 1), targets.flatten())

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Best label codes of all tokens of the batch, one text behind the other."""
        return logits.argmax(-1)[inside(logits, lengths)]


class TextHead(nn.Module):
    """One label per text: a softmax over the pooled states."""

    def __init__(self, width: int, n_labels: int, generator: torch.Generator, how: str):
        super().__init__()
        self.project, self.how = _dense(width, n_labels, generator), how

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits (B, L)."""
        return self.project(pool(states, lengths, self.how))

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over the texts that have a label, in nats."""
        return _cross_entropy(logits, targets)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Best label code (B,) of each text."""
        return logits.argmax(-1)


class MultiLabelHead(TextHead):
    """Any number of labels per text: a sigmoid for each label over the pooled states."""

    def __init__(self, width: int, n_labels: int, generator: torch.Generator, how: str,
                 threshold: float):
        super().__init__(width, n_labels, generator, how)
        self.threshold = threshold

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean binary cross-entropy over texts and labels, in nats."""
        return F.binary_cross_entropy_with_logits(logits, targets)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """0/1 matrix (B, L): labels whose probability reaches the threshold."""
        return (logits.sigmoid() >= self.threshold).to(torch.uint8)


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    # A sum over a count that is at least one: a batch without any label costs 0, not NaN.
    total = F.cross_entropy(logits, targets, ignore_index=ABSENT, reduction="sum")
    return total / (targets != ABSENT).sum().clamp(min=1)
