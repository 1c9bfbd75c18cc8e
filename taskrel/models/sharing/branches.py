"""Branches: a shared lowest level, and separate upper levels for each task."""

from collections.abc import Sequence

import torch
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Stack
from taskrel.models.sharing.model import Read, Sharing


class Branches(Sharing):
    """Tasks share words and the lowest level (MRNN, Liang and Shu 2017).

    words : ``nn.Embedding`` of the run's vocabulary
    stacks : an encoder for each task; the lowest level of the first one is shared, and
        those of the others are not used
    dropout : applied to word vectors and to the states that heads read
    reads : the states that each head reads
    """

    def __init__(
        self,
        words: nn.Embedding,
        stacks: Sequence[Stack],
        heads: Sequence[nn.Module],
        dropout: Dropout,
        reads: Sequence[Read],
    ):
        super().__init__()
        self.words, self.dropout, self.reads = words, dropout, reads
        self.shared = stacks[0].levels[0]
        self.branches = nn.ModuleList(
            nn.ModuleList(stack.levels[1 : 1 + read.level])
            for stack, read in zip(stacks, reads, strict=True)
        )
        self.heads = nn.ModuleList(heads)

    def states(
        self, tasks: Sequence[int], tokens: torch.Tensor, lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return the states that the heads of `tasks` read; see `Sharing.states`."""
        words = self.dropout(self.words(tokens))
        lowest = self.shared(words, words, lengths)
        found = []
        for task in tasks:
            levels = [lowest]
            for level in self.branches[task]:
                levels.append(level(words, levels[-1], lengths))
            found.append(self.dropout(self.reads[task].of(levels)))
        return found
