"""The base of all models, of one task or several."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn


class Read(NamedTuple):
    """The states that a head reads: the leading `features` of level number `level`, from 0."""

    level: int
    features: int

    def of(self, levels: Sequence[torch.Tensor]) -> torch.Tensor:
        """Select states (B, T, features) or (B, features) from those of all levels."""
        states = levels[self.level]
        return states if states.shape[-1] == self.features else states[..., : self.features]


class Sharing(nn.Module):
    """A model of one or several tasks; subclasses set `heads` and `reads`.

    heads : one head per task, in the order of the run's tasks
    reads : the states that each head reads
    """

    heads: nn.ModuleList
    reads: Sequence[Read]

    @property
    def device(self) -> torch.device:
        """Device of the weights."""
        return next(self.parameters()).device

    def states(
        self, tasks: Sequence[int], tokens: torch.Tensor, lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return the states that the head of each of `tasks` reads, (B, T, W) or (B, W).

        tokens : (B, T), rows of the vocabulary; lengths : (B,). States that several tasks
        share are computed once, with the same dropout.
        """
        raise NotImplementedError

    def forward(self, task: int, tokens: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits of the head of task number `task` for rows `tokens` (B, T)."""
        (states,) = self.states([task], tokens, lengths)
        return self.heads[task](states, lengths)
