"""Kept states of the pieces of a run's texts, for the layers above that are trained."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from taskrel.models.frozen.table import StateTable
from taskrel.models.pieces import Pieces
from taskrel.tasks.words.vocabulary import PAD, Vocabulary

#: Texts whose pieces are counted at once.
_BATCH = 256


class PieceStates(NamedTuple):
    """States of the texts of one split.

    words : int64 (n_tokens,), rows of the run's vocabulary
    offsets : int64 (n + 1,), first token of each text
    states : float16 (n_pieces, W), of all pieces of its texts in turn, marks included
    """

    words: np.ndarray
    offsets: np.ndarray
    states: np.ndarray


class PieceTable(nn.Module):
    """What a batch looks up: each token of the run has a row; row 0 is padding.

    words : names of the rows of the vocabulary
    splits : the splits that batches are made of
    """

    def __init__(self, words: Sequence[str], splits: Sequence[PieceStates]):
        super().__init__()
        self.words, self.splits = words, splits
        self.states = StateTable([split.states for split in splits])
        self.first = [1 + n for n in np.cumsum([0, *(len(s.words) for s in splits)]).tolist()]
        self.word = torch.from_numpy(np.concatenate([[PAD], *(s.words for s in splits)]))

    def rows(self, number: int) -> np.ndarray:
        """Rows of the tokens of split `number`, int64 (n_tokens,)."""
        return np.arange(self.first[number], self.first[number + 1])

    def starts(self, pieces: Pieces) -> torch.Tensor:
        """For each token the row in `states` of its text's first piece, int64 (1 + n_tokens,)."""
        found = [np.zeros(1, np.int64)]
        for number, split in enumerate(self.splits):
            lengths = np.diff(split.offsets)
            sizes = _n_pieces(split, pieces)
            begin = self.states.first[number] + np.cumsum(sizes) - sizes
            found.append(np.repeat(begin, lengths))
        return torch.from_numpy(np.concatenate(found))


#: What the rows of a run's batches stand for.
Table = Vocabulary | StateTable | PieceTable


def _n_pieces(split: PieceStates, pieces: Pieces) -> np.ndarray:
    """Number of pieces of each text that are read, marks included."""
    words, lengths = torch.from_numpy(split.words), np.diff(split.offsets)
    sizes = [np.zeros(0, np.int64)]
    for begin in range(0, len(lengths), _BATCH):
        own = split.offsets[begin : begin + _BATCH + 1]
        texts = [words[a:b] for a, b in pairwise(own)]
        batch = nn.utils.rnn.pad_sequence(texts, True, PAD)
        read = pieces(batch, torch.from_numpy(lengths[begin : begin + _BATCH]))
        sizes.append(read.mask.sum(1).numpy())
    return np.concatenate(sizes)
