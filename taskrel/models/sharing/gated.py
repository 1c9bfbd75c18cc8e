"""Gated sharing: two towers without common weights that use each other's states."""

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Stack
from taskrel.models.sharing.model import Read, Sharing


class GatedSharing(Sharing):
    """Two towers, each a word table and an encoder, with gates between them (Li et al. 2021).

    Both towers read the same text, and head i reads tower i. The gates behind a level
    compute new states of each tower from the states of both, and the next level reads
    these. Word vectors are also read behind their gates.

    words : word table of each tower
    towers : encoder of each tower, with the same levels
    gates : level → gates of both towers behind it; 0 the word vectors, 1 the lowest
        level of the encoder
    dropout : applied to word vectors before the gate, and to the states that heads read
    reads : the states that each head reads in its tower, behind the gate
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
        """Return the states that the heads of `tasks` read; see `Sharing.states`."""
        levels = self._levels(tokens, lengths)[1:]
        return [
            self.dropout(self.reads[task].of([pair[task] for pair in levels])) for task in tasks
        ]

    def similarities(self, tokens: torch.Tensor, lengths: torch.Tensor) -> dict[int, torch.Tensor]:
        """Cosine of the two towers' states behind the gates of each level.

        Shape (B, T), meaningless behind a text's end, or (B,) for a level with one state
        per text.
        """
        levels = self._levels(tokens, lengths)
        return {
            int(level): F.cosine_similarity(*levels[int(level)], dim=-1) for level in self.gates
        }

    def _levels(self, tokens: torch.Tensor, lengths: torch.Tensor) -> list[list[torch.Tensor]]:
        """States of both towers behind the gates of each level, starting with word vectors."""
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
