"""Encoders: from word vectors to one state per token, level by level."""

import torch
from torch import nn


class BiLSTM(nn.Module):
    """Bidirectional LSTM that never reads padding.

    The backward half reads each text reversed within its own length, so that
    padding lies behind the end for both halves, and both run as plain LSTMs
    (the fast path of the CPU library, which packed sequences miss).

    Parameters
    ----------
    width : dimensions of a word vector, D
    units : of one direction, H
    layers : number of levels
    generator : source of the initial weights, uniform within ±1/√H (torch's default)
    precision : arithmetic of the recurrences; weights and states stay float32
    """

    def __init__(self, width: int, units: int, layers: int, generator: torch.Generator,
                 precision: torch.dtype = torch.float32):
        super().__init__()
        self.out, self.precision = 2 * units, precision
        widths = [width] + [2 * units] * (layers - 1)
        self.forward_halves = nn.ModuleList(_lstm(w, units, generator) for w in widths)
        self.backward_halves = nn.ModuleList(_lstm(w, units, generator) for w in widths)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> list[torch.Tensor]:
        """Return one float32 tensor (B, T, 2H) a level, lowest first; forward states lead.

        x : (B, T, D); lengths : (B,). States behind a text's end are meaningless.
        """
        reverse = reversal(lengths, x.shape[1])
        levels = []
        with torch.autocast(x.device.type, torch.bfloat16,
                            enabled=self.precision == torch.bfloat16):
            for ahead, back in zip(self.forward_halves, self.backward_halves, strict=True):
                forward = ahead(x)[0]  # (B, T, H)
                backward = permute(back(permute(x, reverse))[0], reverse)
                x = torch.cat([forward, backward], -1).float()
                levels.append(x)
        return levels


def _lstm(width: int, units: int, generator: torch.Generator) -> nn.LSTM:
    # Made without storage first: torch's own initialisation would draw from its global state.
    lstm = nn.LSTM(width, units, batch_first=True, device="meta").to_empty(device="cpu")
    for p in lstm.parameters():
        nn.init.uniform_(p, -units ** -0.5, units ** -0.5, generator=generator)
    return lstm


def reversal(lengths: torch.Tensor, size: int) -> torch.Tensor:
    """Flat positions (B·T,) that reverse each text within its length; padding stays.

    >>> reversal(torch.tensor([3, 2]), 3).tolist()
    [2, 1, 0, 4, 3, 5]
    """
    t = torch.arange(size, device=lengths.device)
    inside = lengths[:, None] - 1 - t
    place = torch.where(inside >= 0, inside, t)  # (B, T)
    return (place + torch.arange(len(lengths), device=lengths.device)[:, None] * size).flatten()


class _Permute(torch.autograd.Function):
    """Reorder rows by a permutation that is its own inverse, hence its own gradient."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(order)
        return x.flatten(0, 1)[order].view_as(x)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> tuple[torch.Tensor, None]:
        (order,) = ctx.saved_tensors
        return grad.flatten(0, 1)[order].view_as(grad), None


def permute(x: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """Reorder the B·T rows of x (B, T, D) by an involution `order` (see `reversal`)."""
    return _Permute.apply(x, order)
