"""From tasks and a recipe to a model and its optimiser."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.attention import Attention
from taskrel.models.encoders.bilstm import BiLSTM
from taskrel.models.encoders.cnn import CNN
from taskrel.models.encoders.lstm import LSTM
from taskrel.models.encoders.stack import Stack
from taskrel.models.frozen.pieces import PieceTable, Table
from taskrel.models.frozen.table import StateTable
from taskrel.models.gates import gate
from taskrel.models.sharing import Branches, GatedSharing, HardSharing, Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.words.label_vectors import LEARNED_SCALE
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import UNKNOWN, Vocabulary, build_vocabulary, spelt_vocabulary
from taskrel.training.build_heads import build_head, readings
from taskrel.training.optimisers import LazyAdadelta, RowAdam
from taskrel.training.recipes import recipe as spec
from taskrel.training.recipes.recipe import Recipe
from taskrel.training.seeds import torch_stream, word_stream

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def vocabulary_of(
    tasks: Sequence[Task], recipe: Recipe, pretrained: Vectors | Pretrained | None
) -> Vocabulary:
    """Vocabulary of the run's word table, or of the words whose pieces a transformer reads."""
    if isinstance(recipe.encoder, spec.Transformer):
        return spelt_vocabulary(tasks)
    return build_vocabulary(tasks, pretrained)


def build_model(
    tasks: Sequence[Task],
    table: Table,
    recipe: Recipe,
    seed: int,
    device: str = "cpu",
    pretrained: Vectors | Pretrained | None = None,
) -> Sharing:
    """Build the model of a run; each part draws its initial weights from its own stream.

    Encoders of several tasks start with the same weights, as in single-task runs. The
    first task is the main one in recipes that distinguish it. With one task, sharing has
    no effect.

    table : the words, or the frozen states, that the model reads
    pretrained : word vectors (None: learned), or the transformer that the recipe names

    Raises `RecipeError` if the tasks do not fit the recipe.
    """
    sharing = recipe.sharing if len(tasks) > 1 else "hard"
    gated = isinstance(sharing, spec.Gated)
    own = len(tasks) if gated or sharing == "branches" else 1
    dropout = Dropout(recipe.dropout, torch_stream(seed, "dropout", device=device))
    if isinstance(recipe.encoder, spec.Transformer):
        words, encoders = [None], [_transformer(pretrained, table, recipe, seed, device)]
    else:
        words = [
            table if isinstance(table, StateTable) else _word_table(table, recipe, pretrained, seed)
            for _ in range(own if gated else 1)
        ]
        encoders = [build_encoder(words[0].embedding_dim, recipe, seed) for _ in range(own)]
    levels = encoders[0].levels
    reads = readings(tasks, levels, recipe)
    heads = [
        build_head(task, read.features, recipe, seed, device, pretrained)
        for task, read in zip(tasks, reads, strict=True)
    ]
    if gated:
        gates = _gates(
            tasks, [words[0].embedding_dim, *(level.out for level in levels)], sharing, seed
        )
        model = GatedSharing(words, encoders, gates, heads, dropout, reads)
    elif sharing == "branches":
        model = Branches(words[0], encoders, heads, dropout, reads)
    else:
        model = HardSharing(words[0], encoders[0], heads, dropout, reads)
    return model.to(device)


def _transformer(
    pretrained: Pretrained,
    table: Vocabulary | PieceTable,
    recipe: Recipe,
    seed: int,
    device: str,
) -> Stack:
    # transformers is an extra, and slow to import.
    from taskrel.models.top_layers import TopLayers
    from taskrel.models.transformer import Transformer

    generator = torch_stream(seed, "transformer dropout", device=device)
    options = {"dropout": recipe.encoder.dropout, "precision": PRECISIONS[recipe.precision]}
    if isinstance(table, PieceTable):
        return TopLayers(pretrained.path, table, recipe.encoder.trained, generator, **options)
    return Transformer(pretrained.path, table.words, generator, **options)


def build_encoder(width: int, recipe: Recipe, seed: int) -> Stack:
    """Encoder of word vectors of `width`, with the initial weights of a run of this seed."""
    encoder, precision = recipe.encoder, PRECISIONS[recipe.precision]
    generator = torch_stream(seed, "encoder")
    if isinstance(encoder, spec.CNN):
        return CNN(width, encoder.filters, encoder.window, encoder.dense, generator, precision)
    if isinstance(encoder, spec.Attention):
        return Attention(width, encoder.units, generator, precision)
    if isinstance(encoder, spec.LSTM):
        return LSTM(
            width, encoder.units, encoder.layers, generator, skip=encoder.skip, precision=precision
        )
    return BiLSTM(width, encoder.units, encoder.layers, generator, precision)


def _gates(
    tasks: Sequence[Task], widths: Sequence[int], sharing: spec.Gated, seed: int
) -> dict[int, list[nn.Module]]:
    """Gates of the levels that the recipe names, one per task; `widths` are those of all levels."""
    levels = range(len(widths)) if sharing.levels is None else sharing.levels
    return {
        level: [
            gate(sharing.gate, widths[level], torch_stream(seed, "gate", task.name, str(level)))
            for task in tasks
        ]
        for level in levels
    }


def _word_table(
    vocabulary: Vocabulary, recipe: Recipe, vectors: Vectors | None, seed: int
) -> nn.Embedding:
    scale = vectors.scale if vectors else LEARNED_SCALE
    return word_table(vocabulary, recipe.width, scale, recipe.tune_vectors, seed)


def word_table(
    vocabulary: Vocabulary, width: int, scale: float, tune: bool, seed: int
) -> nn.Embedding:
    """Word vectors as an embedding with sparse gradients.

    A row without a pre-trained vector is normal with standard deviation `scale`. It
    depends on the seed and the word alone, so that a word starts from the same vector in
    every run of a seed, whichever other words the run has. Padding is 0.
    """
    n = len(vocabulary.pretrained)
    width = vocabulary.pretrained.shape[1] or width
    weight = np.zeros((len(vocabulary), width), np.float32)
    if n:
        weight[2 : 2 + n] = vocabulary.pretrained
    for row in (UNKNOWN, *range(2 + n, len(vocabulary))):
        weight[row] = scale * word_stream(seed, vocabulary.words[row]).standard_normal(width)
    return nn.Embedding.from_pretrained(torch.from_numpy(weight), freeze=not tune, sparse=True)


class Optimisers:
    """One or more torch optimisers that step together."""

    def __init__(self, *parts: torch.optim.Optimizer):
        self.parts = parts

    def zero_grad(self) -> None:
        """Reset all gradients."""
        for part in self.parts:
            part.zero_grad()

    def step(self, tasks: Sequence[int]) -> None:
        """Step every part, for any tasks."""
        for part in self.parts:
            part.step()


def build_optimiser(model: Sharing, optimiser: spec.Adadelta | spec.Adam) -> Optimisers:
    """Optimiser of all trainable parameters, with sparse updates of word tables."""
    tables = {
        id(part.weight)
        for part in model.modules()
        if isinstance(part, nn.Embedding) and part.sparse
    }
    trained = [p for p in model.parameters() if p.requires_grad]
    rows = [p for p in trained if id(p) in tables]
    dense = [p for p in trained if id(p) not in tables]
    if isinstance(optimiser, spec.Adadelta):
        return Optimisers(
            LazyAdadelta(rows + dense, lr=optimiser.lr, rho=optimiser.rho, eps=optimiser.eps)
        )
    betas = {"lr": optimiser.lr, "betas": (optimiser.beta1, optimiser.beta2), "eps": optimiser.eps}
    parts = [torch.optim.Adam(dense, fused=True, **betas)]
    if rows:
        parts.append(RowAdam(rows, **betas))
    return Optimisers(*parts)
