"""From a task and a recipe to the head, and to the states that it reads."""

from collections.abc import Sequence

import torch
from torch import nn

from taskrel.errors import RecipeError, TaskrelError
from taskrel.models.attention import SelfAttention
from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Level
from taskrel.models.heads import (
    MultiLabelHead,
    RegressionHead,
    SigmoidTextHead,
    TextHead,
    TokenHead,
)
from taskrel.models.projection import projection
from taskrel.models.sharing import Read
from taskrel.tasks.task import Task
from taskrel.tasks.words.label_vectors import label_vectors
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.recipes.recipe import Gated, Recipe
from taskrel.training.seeds import torch_stream


def readings(tasks: Sequence[Task], levels: Sequence[Level], recipe: Recipe) -> list[Read]:
    """States that the head of each task reads in an encoder with these levels.

    The first task is the main one. Raises `RecipeError` if a task does not fit the recipe,
    or if the tasks cannot be trained together with it.
    """
    sharing = recipe.sharing if len(tasks) > 1 else "hard"
    gate = sharing.gate if isinstance(sharing, Gated) else None
    if gate and len(tasks) != 2:
        raise RecipeError(
            "recipe: field 'sharing': expected two tasks for gates between two towers, "
            f"found {len(tasks)} ({', '.join(t.name for t in tasks)}); train pairs, or use "
            "another sharing"
        )
    return [
        reading(task, levels[:1] if sharing == "cascade" and i else levels, recipe, gate)
        for i, task in enumerate(tasks)
    ]


def reading(task: Task, levels: Sequence[Level], recipe: Recipe, gate: str | None = None) -> Read:
    """States that the head of `task` reads in an encoder with these levels: the top level.

    For a token-level task: the highest level with a state for each token.
    For a causal task: those features of the highest level possible that do not depend on
    later tokens.

    gate : name of the gate between the encoder and that of another task

    Raises `RecipeError` if the encoder has no such states.
    """
    name = recipe.encoder.__struct_config__.tag
    top = max(n for n, level in enumerate(levels) if level.per_token or not task.per_token)
    read = Read(top, levels[top].out)
    if task.causal and recipe.states:
        raise RecipeError(
            f"task {task.name}: its targets come later in the text, and the frozen states of all "
            "tokens depend on the whole text; use a recipe without states, or missing_word as "
            "auxiliary"
        )
    if task.causal:
        read = next(
            (
                Read(n, levels[n].causal)
                for n in reversed(range(len(levels)))
                if levels[n].causal and not _lets_future_in(gate, levels[n])
            ),
            None,
        )
        if read is None:
            found, use = repr(name), "encoder 'lstm' or 'bilstm'"
            if any(level.causal for level in levels):  # the gate mixes in later tokens
                found, use = f"{name!r} behind gates {gate!r}", "gate 'sig' or 'silg'"
            raise RecipeError(
                f"task {task.name}: its targets come later in the text, and all states of "
                f"encoder {found} depend on them; use {use}, or missing_word as auxiliary"
            )
    if recipe.head.attention and not levels[read.level].per_token:
        raise RecipeError(
            f"recipe: field 'head.attention': expected 0 for encoder {name!r}, whose top "
            f"level has one state per text, found {recipe.head.attention}"
        )
    return read


def _lets_future_in(gate: str | None, level: Level) -> bool:
    """Whether a gate makes the causal features of `level` depend on later tokens."""
    # Cross attention reads all tokens, and a softmax over all features those of the backward
    # half. The other gates treat each feature separately.
    return gate in ("cag", "cag_reverse") or (gate == "sog" and level.causal < level.out)


def build_head(
    task: Task,
    width: int,
    recipe: Recipe,
    seed: int,
    device: str = "cpu",
    pretrained: Vectors | Pretrained | None = None,
) -> nn.Module:
    """Head for one task, which depends on its kind, on states of `width` features.

    pretrained : word vectors, from which those of a regression's labels are computed
    """
    generator, spec = torch_stream(seed, "head", task.name), recipe.head
    attend = None
    if spec.attention:
        if width % spec.attention:
            raise RecipeError(
                "recipe: field 'head.attention': expected a divisor of the encoder's "
                f"{width} features, found {spec.attention}"
            )
        attend = SelfAttention(width, spec.attention, generator, causal=task.causal)
    dropout = Dropout(spec.dropout, torch_stream(seed, "head dropout", task.name, device=device))
    parts = {"attend": attend, "weights": _class_weights(task, recipe)}

    def project(out: int) -> nn.Module:
        return projection(width, out, generator, spec.hidden, spec.activation, dropout)

    total = recipe.loss == "sigmoid_sum"
    if task.kind == "regression":
        vectors = torch.from_numpy(
            label_vectors(
                task.labels,
                pretrained if isinstance(pretrained, Vectors) else None,
                recipe.width,
                seed,
            )
        )
        how = None if task.per_token else recipe.pool
        return RegressionHead(project(vectors.shape[1]), vectors, how, **parts)
    if task.kind == "tagging":
        return TokenHead(project(task.n_labels), **parts)
    if task.kind == "classification":
        if recipe.loss == "softmax":
            return TextHead(project(task.n_labels), recipe.pool, **parts)
        return SigmoidTextHead(project(task.n_labels), recipe.pool, total=total, **parts)
    if task.kind == "multilabel":
        return MultiLabelHead(
            project(task.n_labels),
            recipe.pool,
            recipe.threshold,
            total=total or recipe.multilabel == "sum",
            **parts,
        )
    raise TaskrelError(f"task {task.name}: no head for kind {task.kind!r} yet")


def _class_weights(task: Task, recipe: Recipe) -> torch.Tensor | None:
    """Weights of the task's labels, shape (L,); None if all are 1."""
    weights = [recipe.class_weights.get(label, 1.0) for label in task.labels]
    return torch.tensor(weights) if set(weights) != {1.0} else None
