"""Linear probe: how well the frozen encoder of an auxiliary predicts the main task's labels.

A ridge regression predicts the main task's labels from the encoder's states. Only the main
task's training and dev splits are used.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import torch

from taskrel.models.encoders.stack import Stack
from taskrel.models.frozen.table import StateTable
from taskrel.models.heads import inside, pool
from taskrel.tasks.task import ABSENT, Task
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.label_vectors import LEARNED_SCALE, label_vectors
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import Vocabulary
from taskrel.training.batches import Batch, Batcher
from taskrel.training.build import build_encoder, word_table
from taskrel.training.build_heads import reading
from taskrel.training.inputs import inputs_of
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.result import Encoder
from taskrel.training.seeds import numpy_stream

#: Texts of the main task's training and dev splits that are used, drawn at random.
TEXTS = {"train": 1500, "dev": 1000}
#: The same of token-level tasks, whose sentences have many examples each.
SENTENCES = {"train": 1000, "dev": 500}
#: Ridge penalty per example, on states scaled to unit variance.
PENALTY = 0.1
_BATCH = 100


class Examples(NamedTuple):
    """States float32 (n, W) that the main task's head reads, and their targets.

    Targets are label codes (n,), or 0/1 (n, L) for sets of labels. An example is a token or a
    text, as the main task has labels; those whose label is not in training are left out.
    """

    states: torch.Tensor
    targets: torch.Tensor


class Sample:
    """Examples of the main task that all encoders read: words or frozen states."""

    def __init__(
        self, main: Task, recipe: Recipe, seed: int, pretrained: Vectors | Pretrained | None
    ):
        self.main, self.recipe, self.seed = main, recipe, seed
        (batchers,), table = inputs_of([main], recipe, pretrained)
        self.batches = {split: list(self._batches(split, batchers[split])) for split in TEXTS}
        vectors = pretrained if isinstance(pretrained, Vectors) else None
        self.frozen = table if isinstance(table, StateTable) else None
        self.hashes, self.rows = word_hashes(()), torch.empty(0, 0)
        if isinstance(table, Vocabulary):
            self.hashes = word_hashes(table.words)
            scale = vectors.scale if vectors else LEARNED_SCALE
            self.rows = word_table(table, recipe.width, scale, False, seed).weight
        # Targets of the probe: one-hot labels, or the vectors of a regression.
        self.codes = (
            torch.from_numpy(label_vectors(main.labels, vectors, recipe.width, seed))
            if main.kind == "regression"
            else torch.eye(main.n_labels)
        )

    def _batches(self, split: str, batcher: Batcher) -> Iterator[Batch]:
        """Batches of the split's sample, by length."""
        n = (SENTENCES if self.main.per_token else TEXTS)[split]
        rng = numpy_stream(self.seed, "probe", self.main.name, split)
        drawn = rng.permutation(len(batcher.lengths))[:n]
        drawn = drawn[np.argsort(batcher.lengths[drawn], kind="stable")]
        for start in range(0, len(drawn), _BATCH):
            yield batcher.batch(drawn[start : start + _BATCH])

    @torch.no_grad()
    def read_by(self, kept: Encoder | None) -> dict[str, Examples]:
        """Split → examples as this encoder reads them; None: the one that a run starts from.

        The vector of a word is its row in `kept`, else the row that a run would start from:
        pre-trained, or random where there is none.

        Raises `RecipeError` where the main task's head cannot read the encoder's states.
        """
        width = self.frozen.embedding_dim if self.frozen else self.rows.shape[1]
        encoder = build_encoder(width, self.recipe, self.seed).eval()
        rows = self.rows
        if kept is not None:
            encoder.load_state_dict({k: torch.from_numpy(w) for k, w in kept.weights.items()})
            _, mine, theirs = np.intersect1d(self.hashes, kept.hashes, return_indices=True)
            if len(mine):
                rows = rows.clone()
                rows[mine] = torch.from_numpy(kept.rows[theirs])
        words = self.frozen or rows.__getitem__
        return {split: self._examples(split, words, encoder) for split in TEXTS}

    def _examples(
        self, split: str, words: Callable[[torch.Tensor], torch.Tensor], encoder: Stack
    ) -> Examples:
        read = reading(self.main, encoder.levels, self.recipe)
        states, labels = [], []
        for tokens, lengths, targets in self.batches[split]:
            found = read.of(encoder(words(tokens), lengths))  # (B, T, W) or (B, W)
            if self.main.per_token:
                found, targets = (a[inside(found, lengths)] for a in (found, targets))
            else:
                found = pool(found, lengths, self.recipe.pool)
            states.append(found)
            labels.append(targets)
        x, targets = torch.cat(states), torch.cat(labels)
        if self.main.kind == "multilabel":
            return Examples(x, targets)
        return Examples(x[targets != ABSENT], targets[targets != ABSENT])

    def explained(self, read: Mapping[str, Examples]) -> float:
        """Share of the variance of the dev labels that the probe explains.

        R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over examples and labels 0/1 (regression: dimensions of
        the label's vector), ȳ of each from training. Not accuracy: where nearly every label is
        "outside", all probes have the accuracy of always predicting it.
        """
        (x, y), (x_dev, y_dev) = (
            (own.states, own.targets if self.main.kind == "multilabel" else self.codes[own.targets])
            for own in (read["train"], read["dev"])
        )
        rest = (y_dev - ridge(x, y, x_dev)).square().sum()
        return 1 - (rest / (y_dev - y.mean(0)).square().sum()).item()


def ridge(x: torch.Tensor, y: torch.Tensor, x_new: torch.Tensor) -> torch.Tensor:
    """Ridge regression of y (n, L) on x (n, W), and its scores (m, L) for x_new (m, W).

    Columns of x are scaled to unit variance, since the states of an untrained encoder are small.
    The penalty is `PENALTY` · n · ‖w‖², without the constant. Solved by torch, not scikit-learn,
    so that it uses torch's one thread.
    """
    mean, scale, level = x.mean(0), x.std(0, correction=0).clamp(min=1e-9), y.mean(0)
    x, x_new = (x - mean) / scale, (x_new - mean) / scale
    gram = x.T @ x + PENALTY * len(x) * torch.eye(x.shape[1])
    return x_new @ torch.linalg.solve(gram, x.T @ (y - level)) + level
