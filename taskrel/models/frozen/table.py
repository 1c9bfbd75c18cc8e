"""A table of states: what a batch of tokens looks up in place of word vectors."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn


class StateTable(nn.Module):
    """Rows of one or more arrays of states, numbered through; row 0 is padding.

    arrays : float16 (n, D) each, the states of all tokens of a split. A batch reads rows of
        one of them.
    """

    def __init__(self, arrays: Sequence[np.ndarray]):
        super().__init__()
        self.arrays = list(arrays)
        self.first = [1 + n for n in np.cumsum([0, *map(len, self.arrays)]).tolist()]

    @property
    def embedding_dim(self) -> int:
        """Features of a state, D."""
        return self.arrays[0].shape[1]

    def rows(self, number: int) -> np.ndarray:
        """Rows of array `number`, int64 (n,)."""
        return np.arange(self.first[number], self.first[number + 1])

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """States float32 (B, T, D) of rows (B, T); those of padding are meaningless."""
        rows = tokens.cpu().numpy()
        number = bisect_right(self.first, int(rows.max())) - 1
        states = self.arrays[number][np.maximum(rows - self.first[number], 0)]
        return torch.from_numpy(states).to(tokens.device).float()
