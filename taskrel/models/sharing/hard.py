"""Hard sharing and cascades: one encoder for all tasks."""

from collections.abc import Sequence

import torch
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Stack
from taskrel.models.sharing.model import Read, Sharing


class HardSharing(Sharing):
    """Hard parameter sharing (Caruana 1997): one word table, one encoder, a head per task.

    In a cascade the heads read different levels: those of auxiliary tasks a lower one, below
    the level of the main task (CRNN, Liang and Shu 2017).

    words : ``nn.Embedding`` of the run's vocabulary; None: the encoder reads rows
    dropout : applied to word vectors and to the states that heads read
    reads : the states that each head reads; None: the top level
    """

    def __init__(
        self,
        words: nn.Embedding | None,
        encoder: Stack,
        heads: Sequence[nn.Module],
        dropout: Dropout,
        reads: Sequence[Read] | None = None,
    ):
        super().__init__()
        self.words, self.encoder, self.dropout = words, encoder, dropout
        self.heads = nn.ModuleList(heads)
        self.reads = reads or [Read(len(encoder.levels) - 1, encoder.out)] * len(heads)

    def states(
        self, tasks: Sequence[int], tokens: torch.Tensor, lengths: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return the states that the heads of `tasks` read; see `Sharing.states`."""
        reads = [self.reads[task] for task in tasks]
        x = tokens if self.words is None else self.dropout(self.words(tokens))
        levels = self.encoder(x, lengths, 1 + max(read.level for read in reads))
        found = {read: self.dropout(read.of(levels)) for read in dict.fromkeys(reads)}
        return [found[read] for read in reads]
