"""CNN: what a filter finds anywhere in the text, as one vector for the whole of it."""

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.heads import inside, pool
from taskrel.models.precision import arithmetic
from taskrel.models.projection import dense


class CNN(Stack):
    """Convolution, max-pooling over the text, dense layer, as in Li et al. (2021), SoGMTL.

    Two levels: the convolution's states (B, T, F), one for each token as the middle of
    its window, and the text's (B, U). Both are rectified (ReLU). The window of a text's
    first and last words reaches over its ends, where it finds zeros, so that a text of
    one word has a state, too.

    Parameters
    ----------
    width : dimensions of a word vector, D
    filters : F; window : words that a filter sees; units : of the dense layer, U
    generator : source of the initial weights (Glorot and Bengio 2010); biases are 0
    precision : arithmetic of both layers; weights and states stay float32
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
        # Made without storage first: torch's own initialisation would draw from its global state.
        self.filters = nn.Conv1d(width, filters, window, device="meta").to_empty(device="cpu")
        nn.init.xavier_uniform_(self.filters.weight, generator=generator)
        nn.init.zeros_(self.filters.bias)

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, T, F)."""
        # Whatever lies behind the end, padding or what a gate made of it, is as good as none.
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
