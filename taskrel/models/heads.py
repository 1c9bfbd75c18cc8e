"""Heads: from encoder states to the logits, loss and predictions of one task.

Each head is a projection; what differs is what it projects (every token, or the
pooled text) and how its logits are scored. Self-attention may stand before it.
A regression's logits are a vector, and its predictions the labels that are nearest.
Tokens and texts without a label (`ABSENT`) carry no loss.
"""

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.attention import SelfAttention
from taskrel.tasks.task import ABSENT
from taskrel.tasks.words.label_vectors import NEAREST

#: Vectors compared with all labels at once: 10,000 labels fill 160 MB.
_ROWS = 4096


def inside(states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Bool mask (B, T): True within each text."""
    return torch.arange(states.shape[1], device=states.device) < lengths[:, None]


def pool(states: torch.Tensor, lengths: torch.Tensor, how: str) -> torch.Tensor:
    """One vector (B, W) per text from states (B, T, W): "max" or "mean" within its length.

    States (B, W), of an encoder that has one for the whole text, are that already.
    """
    if states.dim() == 2:
        return states
    mask = inside(states, lengths)[..., None]
    if how == "max":
        return states.masked_fill(~mask, -torch.inf).amax(1)
    return states.masked_fill(~mask, 0).sum(1) / lengths[:, None]


class _Head(nn.Module):
    """What all heads hold.

    project : module (…, W) → (…, L)
    attend : self-attention over the states, or None
    weights : (L,), factor on the loss of what has this label, or None: all weigh 1
    """

    def __init__(
        self,
        project: nn.Module,
        *,
        attend: SelfAttention | None = None,
        weights: torch.Tensor | None = None,
    ):
        super().__init__()
        self.project, self.attend = project, attend
        self.register_buffer("weights", weights, persistent=False)

    def _attended(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return states if self.attend is None else self.attend(states, lengths)


class TokenHead(_Head):
    """One label per token: a softmax over each token's state."""

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits (B, T, L)."""
        return self.project(self._attended(states, lengths))

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Weighted cross-entropy in nats, mean over the tokens that have a label."""
        return _cross_entropy(logits.flatten(0, 1), targets.flatten(), self.weights)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Best label codes of all tokens of the batch, one text behind the other."""
        return logits.argmax(-1)[inside(logits, lengths)]


class TextHead(_Head):
    """One label per text: a softmax over the pooled states.

    how : "max" or "mean", see `pool`
    """

    def __init__(self, project: nn.Module, how: str, **parts):
        super().__init__(project, **parts)
        self.how = how

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits (B, L)."""
        return self.project(pool(self._attended(states, lengths), lengths, self.how))

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Weighted cross-entropy in nats, mean over the texts that have a label."""
        return _cross_entropy(logits, targets, self.weights)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Best label code (B,) of each text."""
        return logits.argmax(-1)


class SigmoidTextHead(TextHead):
    """One label per text, learned as a yes or no for each label; the likeliest one counts.

    total : sum the loss over the labels instead of averaging it
    """

    def __init__(self, project: nn.Module, how: str, *, total: bool = False, **parts):
        super().__init__(project, how, **parts)
        self.total = total

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Binary cross-entropy in nats, mean over labels (or sum) and the labelled texts."""
        present = targets != ABSENT
        gold = targets.clamp(min=0)
        each = F.binary_cross_entropy_with_logits(
            logits, F.one_hot(gold, logits.shape[1]).to(logits.dtype), reduction="none"
        ).mean(1)
        each = each * logits.shape[1] if self.total else each
        if self.weights is not None:
            each = each * self.weights[gold]
        return (each * present).sum() / present.sum().clamp(min=1)


class RegressionHead(_Head):
    """A label's vector per text or token; the labels that lie nearest are predicted.

    project : module (…, W) → (…, D), D dimensions of a label's vector
    vectors : (L, D), unit length, of the task's labels
    how : "max" or "mean", see `pool`; None: a vector per token

    Liang and Shu (2017): tanh output, mean squared error, nearest cosine.
    """

    def __init__(self, project: nn.Module, vectors: torch.Tensor, how: str | None, **parts):
        super().__init__(project, **parts)
        self.how = how
        self.register_buffer("vectors", vectors, persistent=False)

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Vectors (B, D) or, per token, (B, T, D), within ±1."""
        states = self._attended(states, lengths)
        if self.how is not None:
            states = pool(states, lengths, self.how)
        return self.project(states).tanh()

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Weighted squared distance to the label's vector, mean over what has a label.

        A sum over the dimensions, so that it is of the size of a cross-entropy beside which
        it stands: vectors have length 1, and predicting the zero vector costs 1.
        """
        present = targets != ABSENT
        gold = targets[present]
        each = (logits[present] - self.vectors[gold]).square().sum(-1)
        if self.weights is not None:
            each = each * self.weights[gold]
        return each.sum() / present.sum().clamp(min=1)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Codes of the `NEAREST` labels by cosine, best first, of each text or token.

        Shape (B, 4) or (tokens of the batch, 4), one text behind the other; a task
        with fewer labels has fewer columns.
        """
        found = logits if self.how is not None else logits[inside(logits, lengths)]
        k = min(NEAREST, len(self.vectors))
        # The labels' vectors have length 1, and the length of what is found changes no order.
        return torch.cat([(rows @ self.vectors.T).topk(k).indices for rows in found.split(_ROWS)])


class MultiLabelHead(TextHead):
    """Any number of labels per text: a sigmoid for each label over the pooled states.

    threshold : probability from which on a label is predicted
    total : sum the loss over the labels instead of averaging it
    """

    def __init__(
        self, project: nn.Module, how: str, threshold: float, *, total: bool = False, **parts
    ):
        super().__init__(project, how, **parts)
        self.threshold, self.total = threshold, total

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Binary cross-entropy in nats, mean over labels (or sum) and texts.

        Weights count for a yes.
        """
        mean = F.binary_cross_entropy_with_logits(logits, targets, pos_weight=self.weights)
        return mean * logits.shape[1] if self.total else mean

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """0/1 matrix (B, L): labels whose probability reaches the threshold."""
        return (logits.sigmoid() >= self.threshold).to(torch.uint8)


def _cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor | None
) -> torch.Tensor:
    # A sum over a count that is at least one: a batch without any label costs 0, not NaN.
    # Divided by the count, not by the sum of weights, which would take them back for a
    # batch of one label.
    total = F.cross_entropy(logits, targets, weights, ignore_index=ABSENT, reduction="sum")
    return total / (targets != ABSENT).sum().clamp(min=1)
