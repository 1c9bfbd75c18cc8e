"""Heads: from encoder states to the logits, the loss and the predictions of one task.

A head is a projection of each token's state or of the pooled text, with or without
self-attention before it. The logits of a regression are a vector, and its predictions
are the nearest labels. Tokens and texts without a label (`ABSENT`) have no loss.
"""

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.attention import SelfAttention
from taskrel.tasks.task import ABSENT
from taskrel.tasks.words.label_vectors import NEAREST

#: Number of vectors that are compared with all labels at once; 10,000 labels need 160 MB.
_ROWS = 4096


def inside(states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Bool mask (B, T): True inside each text, False for padding."""
    return torch.arange(states.shape[1], device=states.device) < lengths[:, None]


def pool(states: torch.Tensor, lengths: torch.Tensor, how: str) -> torch.Tensor:
    """Pool states (B, T, W) to one vector (B, W) per text: their "max" or "mean".

    States (B, W), of an encoder with one state per text, are returned as they are.
    """
    if states.dim() == 2:
        return states
    mask = inside(states, lengths)[..., None]
    if how == "max":
        return states.masked_fill(~mask, -torch.inf).amax(1)
    return states.masked_fill(~mask, 0).sum(1) / lengths[:, None]


class _Head(nn.Module):
    """Base of all heads.

    project : module (…, W) → (…, L)
    attend : self-attention over the states, or None
    weights : (L,), factor on the loss of each label; None: all are 1
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
    """One label per token: a softmax over the logits of each token."""

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits (B, T, L)."""
        return self.project(self._attended(states, lengths))

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Weighted cross-entropy in nats, mean over the tokens that have a label."""
        return _cross_entropy(logits.flatten(0, 1), targets.flatten(), self.weights)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Best label codes of all tokens of the batch, text by text."""
        return logits.argmax(-1)[inside(logits, lengths)]


class TextHead(_Head):
    """One label per text: a softmax over the logits of the pooled states.

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
    """One label per text, learned as a binary decision for each label; predicts the likeliest.

    total : the loss is the sum over the labels, not their mean
    """

    def __init__(self, project: nn.Module, how: str, *, total: bool = False, **parts):
        super().__init__(project, how, **parts)
        self.total = total

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Binary cross-entropy in nats, mean (or sum) over labels, mean over labelled texts."""
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
    """The vector of a label, per text or token; predicts the labels with the nearest vectors.

    project : module (…, W) → (…, D), D dimensions of a label's vector
    vectors : (L, D), vectors of the task's labels, of length 1
    how : "max" or "mean", see `pool`; None: a vector per token

    Source: Liang and Shu (2017), with tanh output, mean squared error and nearest cosine.
    """

    def __init__(self, project: nn.Module, vectors: torch.Tensor, how: str | None, **parts):
        super().__init__(project, **parts)
        self.how = how
        self.register_buffer("vectors", vectors, persistent=False)

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Vectors (B, D) or, per token, (B, T, D), with values in [−1, 1]."""
        states = self._attended(states, lengths)
        if self.how is not None:
            states = pool(states, lengths, self.how)
        return self.project(states).tanh()

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Weighted squared distance to the label's vector, mean over labelled texts or tokens.

        The distance is a sum over the dimensions, so that the loss is comparable with a
        cross-entropy: vectors have length 1, and the zero vector has loss 1.
        """
        present = targets != ABSENT
        gold = targets[present]
        each = (logits[present] - self.vectors[gold]).square().sum(-1)
        if self.weights is not None:
            each = each * self.weights[gold]
        return each.sum() / present.sum().clamp(min=1)

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Codes of the `NEAREST` labels of each text or token by cosine, best first.

        Shape (B, 4) or (tokens of the batch, 4), text by text; fewer columns for a task
        with fewer labels.
        """
        found = logits if self.how is not None else logits[inside(logits, lengths)]
        k = min(NEAREST, len(self.vectors))
        # Labels' vectors have length 1, and the length of a predicted one changes no rank.
        return torch.cat([(rows @ self.vectors.T).topk(k).indices for rows in found.split(_ROWS)])


class MultiLabelHead(TextHead):
    """Any number of labels per text: a sigmoid of each logit of the pooled states.

    threshold : smallest probability with which a label is predicted
    total : the loss is the sum over the labels, not their mean
    """

    def __init__(
        self, project: nn.Module, how: str, threshold: float, *, total: bool = False, **parts
    ):
        super().__init__(project, how, **parts)
        self.threshold, self.total = threshold, total

    def loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Binary cross-entropy in nats, mean (or sum) over labels, mean over texts.

        Weights are those of positive labels.
        """
        mean = F.binary_cross_entropy_with_logits(logits, targets, pos_weight=self.weights)
        return mean * logits.shape[1] if self.total else mean

    def predict(self, logits: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """0/1 matrix (B, L): 1 where the probability reaches the threshold."""
        return (logits.sigmoid() >= self.threshold).to(torch.uint8)


def _cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor | None
) -> torch.Tensor:
    # Divided by at least one, so that a batch without labels has loss 0 and not NaN; and not
    # by the sum of the weights, which would cancel them in a batch with one label.
    total = F.cross_entropy(logits, targets, weights, ignore_index=ABSENT, reduction="sum")
    return total / (targets != ABSENT).sum().clamp(min=1)
