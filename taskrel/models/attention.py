"""Self-attention of a head: each token's state becomes a mixture of the states of its text."""

import torch
from torch import nn


class SelfAttention(nn.Module):
    """Multi-head scaled dot-product self-attention (Vaswani et al. 2017, section 3.2.2).

    Padding is never attended to. There is no residual connection and no normalisation.

    Parameters
    ----------
    width : features of a state, W; a multiple of `heads`
    heads : number of attention heads
    generator : source of the initial weights
    causal : no token attends to later tokens
    """

    def __init__(self, width: int, heads: int, generator: torch.Generator, *, causal: bool = False):
        super().__init__()
        self.causal = causal
        # Without storage first, because torch's initialisation draws from its global state.
        self.mix = nn.MultiheadAttention(width, heads, batch_first=True, device="meta").to_empty(
            device="cpu"
        )
        for weight in (self.mix.in_proj_weight, self.mix.out_proj.weight):
            nn.init.xavier_uniform_(weight, generator=generator)
        for bias in (self.mix.in_proj_bias, self.mix.out_proj.bias):
            nn.init.zeros_(bias)

    def forward(self, states: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Return mixed states (B, T, W) of states (B, T, W); lengths : (B,)."""
        size, device = states.shape[1], states.device
        padding = torch.arange(size, device=device) >= lengths[:, None]
        future = (
            torch.ones(size, size, dtype=torch.bool, device=device).triu(1) if self.causal else None
        )
        return self.mix(
            states, states, states, key_padding_mask=padding, attn_mask=future, need_weights=False
        )[0]
