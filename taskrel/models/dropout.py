"""Dropout that draws from its own generator, not from torch's global state."""

import torch
from torch import nn


class Dropout(nn.Module):
    """Inverted dropout: a value becomes 0 with probability `p`, else is scaled by 1/(1 − p)."""

    def __init__(self, p: float, generator: torch.Generator):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return a tensor of the shape of `x`; in evaluation, `x` itself."""
        if not self.training or not self.p:
            return x
        # On a CPU, uniform numbers are several times as fast as torch.bernoulli with a generator.
        keep = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.p
        return x * keep.div(1 - self.p)
