"""Attention pooling: one vector per text, a weighted mean of the states of its words."""

import torch
from torch import nn

from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.heads import inside
from taskrel.models.precision import arithmetic
from taskrel.models.projection import dense


class Attention(Stack):
    """Dense layer for each word, then attention over the text (Yang et al. 2016, section 2.2).

    Two levels: the states h (B, T, U) = tanh(W x + b) of the words, and those of the texts
    (B, U), Σ α h with α = softmax over the text of u · h. It knows no order of words, so it is
    meant for the states of a pre-trained model.

    Parameters
    ----------
    width : dimensions of a word vector, D
    units : units of the dense layer, U
    generator : source of the initial weights (Glorot and Bengio 2010); biases are 0
    precision : precision of both levels' arithmetic; weights and states are float32
    """

    def __init__(
        self,
        width: int,
        units: int,
        generator: torch.Generator,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__()
        self.levels = nn.ModuleList(
            [_Words(width, units, generator, precision), _Text(units, generator, precision)]
        )


class _Words(Level):
    def __init__(self, width: int, units: int, generator: torch.Generator, precision: torch.dtype):
        super().__init__(units)
        self.dense, self.precision = dense(width, units, generator), precision

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, T, U)."""
        with arithmetic(below, self.precision):
            return self.dense(below).tanh().float()


class _Text(Level):
    def __init__(self, units: int, generator: torch.Generator, precision: torch.dtype):
        super().__init__(units, per_token=False)
        self.query, self.precision = dense(units, 1, generator), precision

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, U)."""
        below = below.masked_fill(~inside(below, lengths)[..., None], 0)
        with arithmetic(below, self.precision):
            weight = self.query(below).float()  # (B, T, 1)
            weight = weight.masked_fill(~inside(below, lengths)[..., None], -torch.inf).softmax(1)
            return (weight * below).sum(1).float()
