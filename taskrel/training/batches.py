"""Batches: examples of similar length together, each example equally often.

An epoch is one pass over the split, in which every example occurs exactly once: examples
are shuffled, sorted by length (ties stay shuffled) and divided into batches, and the
batches are shuffled. There is then little padding, and how often an example is drawn does
not depend on its length.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch

from taskrel.tasks.task import ABSENT, Split
from taskrel.tasks.words.vocabulary import PAD, UNKNOWN


class Batch(NamedTuple):
    """One padded batch.

    tokens : int64 tensor (B, T), rows of the word table, `PAD` behind the end
    lengths : int64 tensor (B,)
    targets : int64 (B, T) for a label per token, `ABSENT` behind the end; int64 (B,) for
        a label per text; float32 (B, L) for multilabel
    """

    tokens: torch.Tensor
    lengths: torch.Tensor
    targets: torch.Tensor


class Batcher:
    """Makes padded batches from the flat arrays of one split.

    split : the split
    rows : word code → row of the word table
    per_token : whether each token has a target
    n_labels : number of labels; higher codes, of labels unseen in training, become
        `ABSENT`, because they have no logit
    max_tokens : longer texts are cut there, except those with a label per token
    rare : bool per word code, the words that train the unknown row
    """

    def __init__(
        self,
        split: Split,
        rows: np.ndarray,
        per_token: bool,
        n_labels: int,
        max_tokens: int | None = None,
        rare: np.ndarray | None = None,
    ):
        self.per_token, self.n_labels = per_token, n_labels
        self.tokens = rows[split.tokens]
        self.rare = None if rare is None or not rare.any() else rare[split.tokens]
        self.starts = split.offsets[:-1]
        full = split.lengths
        self.lengths = full if max_tokens is None or per_token else np.minimum(full, max_tokens)
        if split.targets.ndim == 2:  # sets of labels
            self.targets = split.targets[:, :n_labels].astype(np.float32)
        else:
            self.targets = np.where(split.targets >= n_labels, ABSENT, split.targets)
            self.targets = self.targets.astype(np.int64)

    def batch(self, examples: np.ndarray, rng: np.random.Generator | None = None) -> Batch:
        """Pad the examples of these indices, in this order, to one batch.

        With `rng`, in training, each rare word gets the unknown row half of the time.
        """
        lengths = self.lengths[examples]
        position = np.arange(lengths.max())
        inside = position < lengths[:, None]  # (B, T)
        index = np.where(inside, self.starts[examples, None] + position, 0)
        tokens = self.tokens[index]
        if rng is not None and self.rare is not None:
            tokens[self.rare[index] & (rng.random(index.shape) < 0.5)] = UNKNOWN
        tokens[~inside] = PAD
        if self.per_token:
            targets = self.targets[index]
            targets[~inside] = ABSENT
        else:
            targets = self.targets[examples]
        return Batch(torch.from_numpy(tokens), torch.from_numpy(lengths), torch.from_numpy(targets))

    def endless(
        self, size: int, rng: np.random.Generator, bucketed: bool = True
    ) -> Iterator[Batch]:
        """Yield training batches without end, epoch after epoch."""
        while True:
            for examples in epoch(self.lengths, size, rng, bucketed):
                yield self.batch(examples, rng)

    def ordered(self, size: int) -> Iterator[tuple[np.ndarray, Batch]]:
        """Yield batches with every example once, sorted by length, and the examples' indices."""
        order = np.argsort(self.lengths, kind="stable")
        for start in range(0, len(order), size):
            examples = order[start : start + size]
            yield examples, self.batch(examples)

    def weight(self, batch: Batch) -> int:
        """Number of targets of a batch that have a loss."""
        if batch.targets.is_floating_point():  # sets of labels, of which none is absent
            return len(batch.targets)
        return int((batch.targets != ABSENT).sum())

    def restore(self, order: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        """Sort predictions of examples in this `order` into the order of the split."""
        if not self.per_token:
            back = np.empty_like(predicted)
            back[order] = predicted
            return back
        lengths = self.lengths[order]
        begin = np.cumsum(lengths) - lengths  # where each example starts in `predicted`
        source = np.repeat(begin[np.argsort(order)] - self.starts, self.lengths)
        return predicted[source + np.arange(len(predicted))]


def epoch(
    lengths: np.ndarray, size: int, rng: np.random.Generator, bucketed: bool = True
) -> list[np.ndarray]:
    """Index arrays of one epoch's batches, all of `size` except one.

    The smaller batch is at a random position of the order by length, so that it is not
    always that of the longest texts.
    """
    n = len(lengths)
    order = rng.permutation(n)
    if bucketed:
        order = order[np.argsort(lengths[order], kind="stable")]
    n_batches = -(-n // size)
    sizes = np.full(n_batches, size)
    sizes[rng.integers(n_batches)] -= n_batches * size - n
    batches = np.split(order, np.cumsum(sizes)[:-1])
    return [batches[i] for i in rng.permutation(n_batches)]
