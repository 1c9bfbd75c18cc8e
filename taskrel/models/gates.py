"""Gates between two towers (SoGMTL, Li et al. 2021): how a tower uses the other's states.

A gate maps a tower's own states c and the other tower's states c' to states h. All three
have the same shape, (B, T, W), or (B, W) for a level with one state per text.
"""

from collections.abc import Callable

import torch
from torch import nn

from taskrel.models.heads import inside

#: Gate → what is added to a tower's own states, of the other tower's states; "none": nothing.
ADDED: dict[str, Callable[[torch.Tensor], torch.Tensor] | None] = {
    "none": None,  # h = c
    "sig": torch.sigmoid,  # sigmoid gate: h = c + σ(c')
    "silg": lambda other: other.sigmoid() * other,  # sigmoid-weighted linear: h = c + σ(c') · c'
    # softmax-weighted, over a state's features: h = c + softmax(c') · c'
    "sog": lambda other: other.softmax(-1) * other,
}


class Pointwise(nn.Module):
    """A gate without weights, which treats each state separately.

    name : a key of `ADDED`
    """

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return gated states of own's shape."""
        added = ADDED[self.name]
        return own if added is None else own + added(other)


class CAG(nn.Module):
    """Cross-attention gate, over the tokens j of a text.

    Queries are the other tower's states, keys and values the own ones: m_ij = c'_i W c_j,
    α = softmax_j(m), h_i = c_i + Σ_j α_ij c_j. With `reverse`, queries are the own states,
    keys and values the other tower's: m_ij = c_i W c'_j, h_i = c_i + Σ_j α_ij c'_j. Padding
    is no key.

    A state for the whole text is treated as a text of one token. Then α is 1 for any W, so
    that h = 2c, or with `reverse` h = c + c'.

    Parameters
    ----------
    width : features of a state, W
    generator : source of the initial weights (Glorot and Bengio 2010)
    """

    def __init__(self, width: int, generator: torch.Generator, *, reverse: bool = False):
        super().__init__()
        self.weight, self.reverse = nn.Parameter(torch.empty(width, width)), reverse
        nn.init.xavier_uniform_(self.weight, generator=generator)

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return gated states of own's shape."""
        queries, values = (own, other) if self.reverse else (other, own)
        if own.dim() == 2:
            return own + values
        match = queries @ self.weight @ values.transpose(1, 2)  # (B, T, T)
        match = match.masked_fill(~inside(values, lengths)[:, None], -torch.inf)
        return own + match.softmax(-1) @ values


def gate(name: str, width: int, generator: torch.Generator) -> nn.Module:
    """Return the gate that a recipe names, for states of `width` features."""
    if name in ADDED:
        return Pointwise(name)
    return CAG(width, generator, reverse=name == "cag_reverse")
