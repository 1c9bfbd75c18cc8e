"""Linear probe: how well the frozen encoder of an auxiliary predicts the main task's labels.

A ridge regression predicts the main task's labels from the encoder's states, once with the
auxiliary's single-task encoder and once with the untrained encoder that its training started
from. Only the main task's training and dev splits are used.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from taskrel.errors import RecipeError
from taskrel.models.encoders.stack import Stack
from taskrel.models.heads import inside, pool
from taskrel.study.store.encoders import load_encoder
from taskrel.tasks.task import ABSENT, Task
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.label_vectors import LEARNED_SCALE, label_vectors
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import Vocabulary, build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_encoder, word_table
from taskrel.training.build_heads import reading
from taskrel.training.pairs import cut_pairs
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


def probes(
    main: Task, encoders: Iterable[Path], recipe: Recipe, seed: int, vectors: Vectors | None
) -> Iterator[float]:
    """Yield for each encoder's file how much better it is than an untrained one, 1 at most.

    The value is `Sample.explained` with the kept encoder minus the same with the encoder that a
    run of `seed` starts from; NaN where the main task's head cannot read the recipe's encoder.
    """
    sample = Sample(main, recipe, seed, vectors)
    try:
        untrained = sample.explained(None)
    except RecipeError:
        yield from (np.nan for _ in encoders)
        return
    for path in encoders:
        yield sample.explained(load_encoder(path)) - untrained


class Sample:
    """Examples of the main task that all probes use, as rows of its own word table."""

    def __init__(self, main: Task, recipe: Recipe, seed: int, vectors: Vectors | None):
        self.main, self.recipe, self.seed = main, recipe, seed
        vocabulary = build_vocabulary([main], vectors)
        self.hashes = word_hashes(vocabulary.words)
        scale = vectors.scale if vectors else LEARNED_SCALE
        self.rows = word_table(vocabulary, recipe.width, scale, False, seed).weight
        self.batches = {split: list(self._batches(split, vocabulary)) for split in TEXTS}
        # Targets of the probe: one-hot labels, or the vectors of a regression.
        self.codes = (
            torch.from_numpy(label_vectors(main.labels, vectors, recipe.width, seed))
            if main.kind == "regression"
            else torch.eye(main.n_labels)
        )

    def _batches(self, split: str, vocabulary: Vocabulary) -> Iterator:
        """Batches of the split's sample, by length."""
        limit = self.recipe.max_tokens
        part = cut_pairs(self.main, split, limit)
        batcher = Batcher(part, vocabulary.rows[0], self.main.per_token, self.main.n_labels, limit)
        n = (SENTENCES if self.main.per_token else TEXTS)[split]
        drawn = numpy_stream(self.seed, "probe", self.main.name, split).permutation(len(part))[:n]
        drawn = drawn[np.argsort(batcher.lengths[drawn], kind="stable")]
        for start in range(0, len(drawn), _BATCH):
            yield batcher.batch(drawn[start : start + _BATCH])

    def explained(self, kept: Encoder | None) -> float:
        """Share of the variance of the dev labels that the probe explains; None: untrained encoder.

        R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over examples and labels 0/1 (regression: dimensions of
        the label's vector), ȳ of each from training. Not accuracy: where nearly every label is
        "outside", all probes have the accuracy of always predicting it. An example is a token
        or a text, as the main task has labels. The vector of a word is its row in `kept`, else
        the row that a run would start from: pre-trained, or random where there is none.

        Raises `RecipeError` where the main task's head cannot read the encoder's states.
        """
        encoder = build_encoder(self.rows.shape[1], self.recipe, self.seed).eval()
        rows = self.rows
        if kept is not None:
            encoder.load_state_dict({k: torch.from_numpy(w) for k, w in kept.weights.items()})
            _, mine, theirs = np.intersect1d(self.hashes, kept.hashes, return_indices=True)
            rows = rows.clone()
            rows[mine] = torch.from_numpy(kept.rows[theirs])
        x, y = self._states("train", rows, encoder)
        x_dev, y_dev = self._states("dev", rows, encoder)
        rest = (y_dev - ridge(x, y, x_dev)).square().sum()
        return 1 - (rest / (y_dev - y.mean(0)).square().sum()).item()

    @torch.no_grad()
    def _states(
        self, split: str, rows: torch.Tensor, encoder: Stack
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """States (n, W) of the examples that the main task's head reads, and their labels (n, L).

        Labels are 0/1 or, for a regression, vectors. Examples whose label is not in training are
        left out.
        """
        read = reading(self.main, encoder.levels, self.recipe)
        states, labels = [], []
        for tokens, lengths, targets in self.batches[split]:
            found = read.of(encoder(rows[tokens], lengths))  # (B, T, W) or (B, W)
            if self.main.per_token:
                found, targets = (a[inside(found, lengths)] for a in (found, targets))
            else:
                found = pool(found, lengths, self.recipe.pool)
            states.append(found)
            labels.append(targets)
        x, targets = torch.cat(states), torch.cat(labels)
        if self.main.kind == "multilabel":
            return x, targets
        x, targets = x[targets != ABSENT], targets[targets != ABSENT]
        return x, self.codes[targets]


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
