"""Dropout that draws from a generator of its own, never from torch's global state."""

import torch
from torch import nn


class Dropout(nn.Module):
    """Inverted dropout: zero a value with probability `p`, scale the others by 1/(1 − p)."""

    def __init__(self, p: float, generator: torch.Generator):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return a tensor of x's shape; x itself while evaluating."""
        if not self.training or not self.p:
            return x
        # Uniform numbers: several times as fast on a CPU as Bernoulli's from a generator.
        keep = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.p
        return x * keep.div(1 - self.p)
