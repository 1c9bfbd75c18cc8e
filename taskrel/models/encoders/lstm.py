"""LSTM that reads from left to right: no state depends on later tokens."""

import torch
from torch import nn

from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.precision import arithmetic


class LSTM(Stack):
    """Levels of forward LSTMs.

    Parameters
    ----------
    width : dimensions of a word vector, D
    units : features of a state, H
    layers : number of levels
    generator : source of the initial weights, uniform within ±1/√H (torch's default)
    skip : upper levels read [word vectors; states below], so that they have the words
        whatever the lowest level is trained for (Liang and Shu 2017)
    precision : precision of the recurrences' arithmetic; weights and states are float32
    """

    def __init__(
        self,
        width: int,
        units: int,
        layers: int,
        generator: torch.Generator,
        *,
        skip: bool = False,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__()
        upper = units + (width if skip else 0)
        self.levels = nn.ModuleList(
            _LSTMLevel(recurrence(w, units, generator), skip and i > 0, precision)
            for i, w in enumerate([width] + [upper] * (layers - 1))
        )


class _LSTMLevel(Level):
    def __init__(self, ahead: nn.LSTM, skip: bool, precision: torch.dtype):
        super().__init__(ahead.hidden_size, causal=ahead.hidden_size)
        self.ahead, self.skip, self.precision = ahead, skip, precision

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, T, H); padding is read after the text and has no effect on it."""
        x = torch.cat([words, below], -1) if self.skip else below
        with arithmetic(x, self.precision):
            return self.ahead(x)[0].float()


def recurrence(width: int, units: int, generator: torch.Generator) -> nn.LSTM:
    """One LSTM layer with weights drawn from `generator`, uniform within ±1/√units."""
    # Without storage first, because torch's initialisation draws from its global state.
    lstm = nn.LSTM(width, units, batch_first=True, device="meta").to_empty(device="cpu")
    for p in lstm.parameters():
        nn.init.uniform_(p, -(units**-0.5), units**-0.5, generator=generator)
    return lstm
