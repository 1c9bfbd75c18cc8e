"""BiLSTM: states that depend on the whole text, read in both directions."""

import torch
from torch import nn

from taskrel.models.encoders.lstm import recurrence
from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.precision import arithmetic


class BiLSTM(Stack):
    """Bidirectional LSTM that never reads padding.

    The backward half of a level reads each text reversed within its own length. Padding
    is then behind the end for both halves, and both run as ordinary LSTMs, which the CPU
    library computes faster than packed sequences.

    Parameters
    ----------
    width : dimensions of a word vector, D
    units : units of one direction, H
    layers : number of levels; states are (B, T, 2H), with the forward features first
    generator : source of the initial weights, uniform within ±1/√H (torch's default)
    precision : precision of the recurrences' arithmetic; weights and states are float32
    """

    def __init__(
        self,
        width: int,
        units: int,
        layers: int,
        generator: torch.Generator,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__()
        # Half by half, not level by level: results depend on the order of the draws, and on that
        # of the parameters, over which the norm of the gradients is summed.
        widths = [width] + [2 * units] * (layers - 1)
        self.forward_halves = nn.ModuleList(recurrence(w, units, generator) for w in widths)
        self.backward_halves = nn.ModuleList(recurrence(w, units, generator) for w in widths)
        self.levels = tuple(  # a tuple, so that nothing is registered twice
            _BiLSTMLevel(ahead, back, units if i == 0 else 0, precision)
            for i, (ahead, back) in enumerate(
                zip(self.forward_halves, self.backward_halves, strict=True)
            )
        )


class _BiLSTMLevel(Level):
    """One level; above the lowest level, forward features also depend on the whole text."""

    def __init__(self, ahead: nn.LSTM, back: nn.LSTM, causal: int, precision: torch.dtype):
        super().__init__(2 * ahead.hidden_size, causal=causal)
        self.ahead, self.back, self.precision = ahead, back, precision

    def forward(
        self, words: torch.Tensor, below: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """States (B, T, 2H)."""
        reverse = reversal(lengths, below.shape[1])
        with arithmetic(below, self.precision):
            forward = self.ahead(below)[0]  # (B, T, H)
            backward = permute(self.back(permute(below, reverse))[0], reverse)
            return torch.cat([forward, backward], -1).float()


def reversal(lengths: torch.Tensor, size: int) -> torch.Tensor:
    """Flat positions (B·T,) that reverse each text within its length and keep padding in place.

    >>> reversal(torch.tensor([3, 2]), 3).tolist()
    [2, 1, 0, 4, 3, 5]
    """
    t = torch.arange(size, device=lengths.device)
    inside = lengths[:, None] - 1 - t
    place = torch.where(inside >= 0, inside, t)  # (B, T)
    return (place + torch.arange(len(lengths), device=lengths.device)[:, None] * size).flatten()


class _Permute(torch.autograd.Function):
    """Reorder rows by a permutation that is its own inverse, and thus its own gradient."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(order)
        return x.flatten(0, 1).index_select(0, order).view_as(x)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> tuple[torch.Tensor, None]:
        (order,) = ctx.saved_tensors
        return grad.flatten(0, 1).index_select(0, order).view_as(grad), None


def permute(x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """Reorder the B·T rows of x (B, T, D) by an involution `order` (see `reversal`)."""
    return _Permute.apply(x, order)
