"""CNN: one vector per text, from the largest output of each filter."""

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.heads import inside, pool
from taskrel.models.precision import arithmetic
from taskrel.models.projection import dense


class CNN(Stack):
    """Convolution, max-pooling over the text, dense layer, as in Li et al. (2021), SoGMTL.

    Two levels: the states (B, T, F) of the convolution, one for each token in the middle
    of its window, and the states (B, U) of the texts. Both are rectified (ReLU). Behind
    the ends of a text, a window finds zeros, so that a text of one word has a state.

    Parameters
    ----------
    width : dimensions of a word vector, D
    filters : number of filters, F
    window : number of words that a filter reads
    units : units of the dense layer, U
    generator : source of the initial weights (Glorot and Bengio 2010); biases are 0
    precision : precision of both layers' arithmetic; weights and states are float32
    """

    def __init__(
        self,
        width: int,
        filters: int,
        window: int,
        units: int,
        generator: torch.Generator,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__()
        self.levels = nn.ModuleList(
            [
                _Convolution(width, filters, window, generator, precision),
                _Dense(filters, units, generator, precision),
            ]
        )


class _Convolution(Level):
    def __init__(
        self,
        width: int,
        filters: int,
        window: int,
        generator: torch.Generator,
        precision: torch.dtype,
    ):
        super().__init__(filters)
        self.around, self.precision = ((window - 1) // 2, window // 2), precision
        # Without storage first, because torch's initialisation draws from its global state.
        self.filters = nn.Conv1d(width, filters, window, device="meta").to_empty(device="cpu")
        nn.init.xavier_uniform_(self.filters.weight, generator=generator)
        nn.init.zeros_(self.filters.bias)

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, T, F)."""
        # Zeros behind the end, in place of padding or of what a gate made of it.
        x = below.masked_fill(~inside(below, lengths)[..., None], 0)
        x = F.pad(x.transpose(1, 2), self.around)  # (B, D, T + window − 1)
        with arithmetic(x, self.precision):
            return self.filters(x).relu().transpose(1, 2).float()


class _Dense(Level):
    def __init__(self, width: int, units: int, generator: torch.Generator, precision: torch.dtype):
        super().__init__(units, per_token=False)
        self.dense, self.precision = dense(width, units, generator), precision

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, U)."""
        pooled = pool(below, lengths, "max")
        with arithmetic(pooled, self.precision):
            return self.dense(pooled).relu().float()
