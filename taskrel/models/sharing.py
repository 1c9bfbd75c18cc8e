"""Sharing: how the models of several tasks hang together."""

import torch
from torch import nn

from taskrel.models.dropout import Dropout


class HardSharing(nn.Module):
    """Hard parameter sharing (Caruana 1997): one word table, one encoder, a head per task.

    words : ``nn.Embedding`` of the run's vocabulary; None: the encoder reads its rows itself
    encoder : module (B, T, D) or, without `words`, (B, T), and (B,) → list of levels
    heads : one head per task, in the order of the run's tasks; reads the top level
    dropout : applied to word vectors and to the encoder's output
    """

    def __init__(self, words: nn.Embedding | None, encoder: nn.Module, heads: list[nn.Module],
                 dropout: Dropout):
        super().__init__()
        self.words, self.encoder, self.dropout = words, encoder, dropout
        self.heads = nn.ModuleList(heads)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def encode(self, tokens: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """States (B, T, W) of rows `tokens` (B, T), the same for all tasks."""
        read = tokens if self.words is None else self.dropout(self.words(tokens))
        return self.dropout(self.encoder(read, lengths)[-1])

    def forward(self, task: int, tokens: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Logits of the head of task number `task` for rows `tokens` (B, T)."""
        return self.heads[task](self.encode(tokens, lengths), lengths)
