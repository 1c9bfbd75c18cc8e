"""From tasks and a recipe to a model and its optimiser."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from taskrel.errors import RecipeError, TaskrelError
from taskrel.models.attention import SelfAttention
from taskrel.models.dropout import Dropout
from taskrel.models.encoders import BiLSTM
from taskrel.models.heads import MultiLabelHead, SigmoidTextHead, TextHead, TokenHead
from taskrel.models.projection import projection
from taskrel.models.sharing import HardSharing
from taskrel.tasks.pretrained import Pretrained
from taskrel.tasks.task import Task
from taskrel.tasks.vectors import Vectors
from taskrel.tasks.vocabulary import UNKNOWN, Vocabulary, build_vocabulary, spelt_vocabulary
from taskrel.training.optimisers import LazyAdadelta
from taskrel.training.recipe import Adadelta, Adam, Recipe, Transformer
from taskrel.training.seeds import torch_stream, word_stream

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def vocabulary_of(tasks: Sequence[Task], recipe: Recipe,
                  pretrained: Vectors | Pretrained | None) -> Vocabulary:
    """Rows of the run's word table, or the spelt words whose pieces a transformer reads."""
    if isinstance(recipe.encoder, Transformer):
        return spelt_vocabulary(tasks)
    return build_vocabulary(tasks, pretrained)


def build_model(tasks: Sequence[Task], vocabulary: Vocabulary, recipe: Recipe, seed: int,
                device: str = "cpu",
                pretrained: Vectors | Pretrained | None = None) -> HardSharing:
    """Build the model of a run; each part draws its initial weights from its own stream.

    pretrained : word vectors (None: learned), or the transformer that the recipe names
    """
    dropout = Dropout(recipe.dropout, torch_stream(seed, "dropout", device=device))
    if isinstance(recipe.encoder, Transformer):
        words, encoder = None, _transformer(pretrained, vocabulary, recipe, seed, device)
    else:
        words = word_table(vocabulary, recipe.width, pretrained.scale if pretrained else 0.1,
                           recipe.tune_vectors, seed)
        encoder = build_encoder(words.embedding_dim, recipe, seed)
    heads = [build_head(task, encoder.out, recipe, seed, device) for task in tasks]
    return HardSharing(words, encoder, heads, dropout).to(device)


def _transformer(pretrained: Pretrained, vocabulary: Vocabulary, recipe: Recipe, seed: int,
                 device: str) -> nn.Module:
    # transformers is an extra, and slow to import.
    from taskrel.models.transformer import Transformer as Encoder

    return Encoder(pretrained.path, vocabulary.words,
                   torch_stream(seed, "transformer dropout", device=device),
                   dropout=recipe.encoder.dropout, precision=PRECISIONS[recipe.precision])


def build_encoder(width: int, recipe: Recipe, seed: int) -> BiLSTM:
    """BiLSTM of word vectors of `width`, with the weights that a run of this seed starts from."""
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


def build_head(task: Task, width: int, recipe: Recipe, seed: int,
               device: str = "cpu") -> nn.Module:
    """Head for one task by its kind, on states of `width` features."""
    generator, spec = torch_stream(seed, "head", task.name), recipe.head
    attend = None
    if spec.attention:
        if width % spec.attention:
            raise RecipeError(f"recipe: field 'head.attention': expected a divisor of the "
                              f"encoder's {width} features, found {spec.attention}")
        attend = SelfAttention(width, spec.attention, generator)
    dropout = Dropout(spec.dropout, torch_stream(seed, "head dropout", task.name, device=device))
    project = projection(width, task.n_labels, generator, spec.hidden, spec.activation, dropout)
    parts = {"attend": attend, "weights": _class_weights(task, recipe)}
    total = recipe.loss == "sigmoid_sum"
    if task.kind == "tagging":
        return TokenHead(project, **parts)
    if task.kind == "classification":
        if recipe.loss == "softmax":
            return TextHead(project, recipe.pool, **parts)
        return SigmoidTextHead(project, recipe.pool, total=total, **parts)
    if task.kind == "multilabel":
        return MultiLabelHead(project, recipe.pool, recipe.threshold, total=total, **parts)
    raise TaskrelError(f"task {task.name}: no head for kind {task.kind!r} yet")


def _class_weights(task: Task, recipe: Recipe) -> torch.Tensor | None:
    """Weights of the task's labels, shape (L,); None where the recipe changes none of them."""
    weights = [recipe.class_weights.get(label, 1.0) for label in task.labels]
    return torch.tensor(weights) if set(weights) != {1.0} else None


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
    rows = [p for p in model.words.parameters() if p.requires_grad] if model.words else []
    dense = [p for name, p in model.named_parameters() if not name.startswith("words.")]
    if isinstance(spec, Adadelta):
        return Optimisers(LazyAdadelta(rows + dense, lr=spec.lr, rho=spec.rho, eps=spec.eps))
    betas = {"lr": spec.lr, "betas": (spec.beta1, spec.beta2), "eps": spec.eps}
    parts = [torch.optim.Adam(dense, fused=True, **betas)]
    if rows:
        parts.append(torch.optim.SparseAdam(rows, **betas))
    return Optimisers(*parts)
