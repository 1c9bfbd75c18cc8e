"""Gated sharing: two towers that share no weights but look at each other's states."""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Stack
from taskrel.models.sharing.model import Read, Sharing


class GatedSharing(Sharing):
    """Two towers, each a word table and an encoder, with gates between them (Li et al. 2021).

    Both towers read the same text; head i reads tower i. A gate behind a level replaces the
    states of both towers, each from both, before the next level reads them. The next level
    reads words as they are behind their gate, too.

    words : word table of each tower
    towers : encoder of each, alike in all their levels
    gates : level → the gate of each tower behind it; 0 the word vectors, 1 the lowest
        level of the encoder
    dropout : applied to word vectors, before the gate, and to what heads read
    reads : what each head reads of its tower, behind the gate
    """

    def __init__(
        self,
        words: Sequence[nn.Embedding],
        towers: Sequence[Stack],
        gates: Mapping[int, Sequence[nn.Module]],
        heads: Sequence[nn.Module],
        dropout: Dropout,
        reads: Sequence[Read],
    ):
        super().__init__()
        self.words, self.towers = nn.ModuleList(words), nn.ModuleList(towers)
        self.gates = nn.ModuleDict(
            {str(level): nn.ModuleList(pair) for level, pair in gates.items()}
        )
        self.dropout, self.reads, self.heads = dropout, reads, nn.ModuleList(heads)

    def states(
        self, tasks: Sequence[int], tokens: torch.Tensor, lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return what the heads of `tasks` read; see `Sharing.states`."""
        levels = self._levels(tokens, lengths)[1:]
        return [
            self.dropout(self.reads[task].of([pair[task] for pair in levels])) for task in tasks
        ]

    def similarities(self, tokens: torch.Tensor, lengths: torch.Tensor) -> dict[int, torch.Tensor]:
        """Cosine between the towers' states behind each gate, by the gate's level.

        Shape (B, T), meaningless behind a text's end, or (B,) where a level has one
        state for the whole text.
        """
        levels = self._levels(tokens, lengths)
        return {
            int(level): F.cosine_similarity(*levels[int(level)], dim=-1) for level in self.gates
        }

    def _levels(self, tokens: torch.Tensor, lengths: torch.Tensor) -> list[list[torch.Tensor]]:
        """States of both towers behind each level's gate, the word vectors' first."""
        words = self._exchange(0, [self.dropout(table(tokens)) for table in self.words], lengths)
        levels = [words]
        for n, pair in enumerate(zip(*(tower.levels for tower in self.towers), strict=True), 1):
            states = [
                level(x, below, lengths)
                for level, x, below in zip(pair, words, levels[-1], strict=True)
            ]
            levels.append(self._exchange(n, states, lengths))
        return levels

    def _exchange(
        self, level: int, states: list[torch.Tensor], lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        if str(level) not in self.gates:
            return states
        first, second = self.gates[str(level)]
        return [first(*states, lengths), second(*reversed(states), lengths)]
