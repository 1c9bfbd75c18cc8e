"""Sharing: how the models of several tasks hang together."""

import torch
from torch import nn

from taskrel.models.dropout import Dropout


class HardSharing(nn.Module):
    """Hard parameter sharing (Caruana 1997): one word table, one encoder, a head per task.

    words : ``nn.Embedding`` of the run's vocabulary
    encoder : module (B, T, D), (B,) → list of levels
    heads : one head per task, in the order of the run's tasks; reads the top level
    dropout : applied to word vectors and to the encoder's output
    """

    def __init__(self, words: nn.Embedding, encoder: nn.Module, heads: list[nn.Module],
                 dropout: Dropout):
        super().__init__()
        self.words, self.encoder, self.dropout = words, encoder, dropout
        self.heads = nn.ModuleList(heads)

    def forward(self, task: int, tokens: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits of the head of task number `task` for rows `tokens` (B, T)."""
        levels = self.encoder(self.dropout(self.words(tokens)), lengths)
        return self.heads[task](self.dropout(levels[-1]), lengths)
