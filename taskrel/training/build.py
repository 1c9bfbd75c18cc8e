"""From tasks and a recipe to a model and its optimiser."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from taskrel.errors import TaskrelError
from taskrel.models.dropout import Dropout
from taskrel.models.encoders import BiLSTM
from taskrel.models.heads import MultiLabelHead, TextHead, TokenHead
from taskrel.models.sharing import HardSharing
from taskrel.tasks.task import Task
from taskrel.tasks.vocabulary import UNKNOWN, Vocabulary
from taskrel.training.optimisers import LazyAdadelta
from taskrel.training.recipe import Adadelta, Adam, Recipe
from taskrel.training.seeds import torch_stream, word_stream

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def build_model(tasks: Sequence[Task], vocabulary: Vocabulary, recipe: Recipe, seed: int,
                device: str = "cpu", scale: float = 0.1) -> HardSharing:
    """Build the model of a run; each part draws its initial weights from its own stream.

    scale : standard deviation of word vectors that start at random
    """
    words = word_table(vocabulary, recipe.width, scale, recipe.tune_vectors, seed)
    encoder = build_encoder(words.embedding_dim, recipe, seed)
    heads = [build_head(task, encoder.out, recipe, seed) for task in tasks]
    dropout = Dropout(recipe.dropout, torch_stream(seed, "dropout", device=device))
    return HardSharing(words, encoder, heads, dropout).to(device)


def build_encoder(width: int, recipe: Recipe, seed: int) -> BiLSTM:
    """Encoder of word vectors of `width`, with the weights that a run of this seed starts from."""
    return BiLSTM(width, recipe.encoder.units, recipe.encoder.layers,
                  torch_stream(seed, "encoder"), PRECISIONS[recipe.precision])


def word_table(vocabulary: Vocabulary, width: int, scale: float, tune: bool,
               seed: int) -> nn.Embedding:
    """Word vectors as an embedding with sparse gradients.

    A row without a pre-trained vector is normal with standard deviation
    `scale`; it depends on the seed and the word alone, so that a word starts
    alike in every run, whatever other words that run reads. Padding is 0.
    """
    n = len(vocabulary.pretrained)
    width = vocabulary.pretrained.shape[1] or width
    weight = np.zeros((len(vocabulary), width), np.float32)
    if n:
        weight[2:2 + n] = vocabulary.pretrained
    for row in (UNKNOWN, *range(2 + n, len(vocabulary))):
        weight[row] = scale * word_stream(seed, vocabulary.words[row]).standard_normal(width)
    return nn.Embedding.from_pretrained(torch.from_numpy(weight), freeze=not tune, sparse=True)


def build_head(task: Task, width: int, recipe: Recipe, seed: int) -> nn.Module:
    """Head for one task by its kind, on states of `width` features."""
    generator = torch_stream(seed, "head", task.name)
    if task.kind == "tagging":
        return TokenHead(width, task.n_labels, generator)
    if task.kind == "classification":
        return TextHead(width, task.n_labels, generator, recipe.pool)
    if task.kind == "multilabel":
        return MultiLabelHead(width, task.n_labels, generator, recipe.pool, recipe.threshold)
    raise TaskrelError(f"task {task.name}: no head for kind {task.kind!r} yet")


class Optimisers:
    """One or more torch optimisers that step together."""

    def __init__(self, *parts: torch.optim.Optimizer):
        self.parts = parts

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for part in self.parts:
            part.zero_grad()

    def step(self) -> None:
        """Step every part."""
        for part in self.parts:
            part.step()


def build_optimiser(model: HardSharing, spec: Adadelta | Adam) -> Optimisers:
    """Optimiser of all trainable parameters, sparse for the word table, as `spec` says."""
    rows = [p for p in model.words.parameters() if p.requires_grad]
    dense = [p for name, p in model.named_parameters() if not name.startswith("words.")]
    if isinstance(spec, Adadelta):
        return Optimisers(LazyAdadelta(rows + dense, lr=spec.lr, rho=spec.rho, eps=spec.eps))
    betas = {"lr": spec.lr, "betas": (spec.beta1, spec.beta2), "eps": spec.eps}
    parts = [torch.optim.Adam(dense, fused=True, **betas)]
    if rows:
        parts.append(torch.optim.SparseAdam(rows, **betas))
    return Optimisers(*parts)
