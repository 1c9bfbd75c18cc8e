"""Gates between two towers (SoGMTL, Li et al. 2021): what a tower takes of the other's states.

Each gate maps a tower's own states c and the other's c', of one shape, to states h of that
shape: (B, T, W), or (B, W) where a level has one state for the whole text.
"""

import torch
from torch import nn

from taskrel.models.heads import inside


class NoGate(nn.Module):
    """h = c: the towers keep to themselves."""

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return the tower's own states."""
        return own


class SiG(nn.Module):
    """Sigmoid gate, h = c + σ(c')."""

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return gated states of own's shape."""
        return own + other.sigmoid()


class SiLG(nn.Module):
    """Sigmoid-weighted linear gate, h = c + σ(c') · c'."""

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return gated states of own's shape."""
        return own + other.sigmoid() * other


class SoG(nn.Module):
    """Softmax-weighted gate, h = c + softmax(c') · c', the softmax over a state's features."""

    def forward(
        self, own: torch.Tensor, other: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        """Return gated states of own's shape."""
        return own + other.softmax(-1) * other


class CAG(nn.Module):
    """Cross-attention gate, over the tokens j of a text.

    The other tower asks, the own states answer: m_ij = c'_i W c_j, α = softmax_j(m),
    h_i = c_i + Σ_j α_ij c_j. With `reverse` the own states ask and the other's answer:
    m_ij = c_i W c'_j, h_i = c_i + Σ_j α_ij c'_j. Padding never answers.

    A state for the whole text is a text of one token: α is 1 whatever W is, so that
    h = 2c, or with `reverse` h = c + c'.

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
        ask, answer = (own, other) if self.reverse else (other, own)
        if own.dim() == 2:
            return own + answer
        match = ask @ self.weight @ answer.transpose(1, 2)  # (B, T, T)
        match = match.masked_fill(~inside(answer, lengths)[:, None], -torch.inf)
        return own + match.softmax(-1) @ answer


def gate(name: str, width: int, generator: torch.Generator) -> nn.Module:
    """Gate by the name that a recipe has for it, for states of `width` features."""
    if name in ("cag", "cag_reverse"):
        return CAG(width, generator, reverse=name == "cag_reverse")
    return {"none": NoGate, "sig": SiG, "silg": SiLG, "sog": SoG}[name]()
