"""Similarity of the states of two towers behind their gates, over a split."""

from collections import defaultdict

import torch

from taskrel.models.heads import inside
from taskrel.models.sharing import GatedSharing
from taskrel.training.batches import Batcher


@torch.no_grad()
def mean_similarities(model: GatedSharing, batcher: Batcher, size: int = 128) -> dict[int, float]:
    """Level → mean cosine, in [−1, 1], behind the gates of that level.

    The mean is over all tokens of the split, or over its texts for a level with one state
    per text, without padding and without dropout.
    """
    was_training = model.training
    model.eval()
    sums: dict[int, float] = defaultdict(float)
    counts: dict[int, int] = defaultdict(int)
    for _, batch in batcher.ordered(size):
        lengths = batch.lengths.to(model.device)
        cosines = model.similarities(batch.tokens.to(model.device), lengths)
        for level, cosine in cosines.items():
            kept = cosine if cosine.dim() == 1 else cosine[inside(cosine, lengths)]
            sums[level] += kept.double().sum().item()
            counts[level] += len(kept)
    model.train(was_training)
    return {level: sums[level] / counts[level] for level in sums}
