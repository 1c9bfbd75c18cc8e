"""Starting a run from an encoder that another task has trained: transfer."""

import numpy as np
import torch

from taskrel.models.frozen.pieces import Table
from taskrel.models.sharing import Sharing
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.vocabulary import UNKNOWN, Vocabulary
from taskrel.training.result import Encoder


@torch.no_grad()
def start_from(encoder: Encoder, model: Sharing, table: Table) -> None:
    """Give `model` the weights of `encoder`, and its vectors of the words that both have.

    Heads and frozen states stay as they are.
    """
    model.encoder.load_state_dict({k: torch.from_numpy(w) for k, w in encoder.weights.items()})
    if isinstance(table, Vocabulary):
        hashes = word_hashes(table.words)
        _, mine, theirs = np.intersect1d(hashes, encoder.hashes, return_indices=True)
        own = mine >= UNKNOWN  # padding stays 0
        model.words.weight[mine[own]] = torch.from_numpy(encoder.rows[theirs[own]])
