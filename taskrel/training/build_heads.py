"""From a task and a recipe to its head, and to what that reads of the encoder."""

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
    """What the head of each task reads of an encoder of these levels; the first is the main task.

    Raises `RecipeError` where the tasks do not fit the recipe, each or together.
    """
    sharing = recipe.sharing if len(tasks) > 1 else "hard"
    gate = sharing.gate if isinstance(sharing, Gated) else None
    if gate and len(tasks) != 2:
        raise RecipeError(
            "recipe: field 'sharing': gates stand between the towers of two tasks, "
            f"found {len(tasks)} tasks ({', '.join(t.name for t in tasks)}); train "
            "pairs, or use another sharing"
        )
    return [
        reading(task, levels[:1] if sharing == "cascade" and i else levels, recipe, gate)
        for i, task in enumerate(tasks)
    ]


def reading(task: Task, levels: Sequence[Level], recipe: Recipe, gate: str | None = None) -> Read:
    """What the head of `task` reads of an encoder of these levels: the top level, as a rule.

    The head of a causal task reads the highest level with states that have not seen the
    future, and of that those features alone.

    gate : the gate, by its name, that stands between the encoder and that of another task

    Raises `RecipeError` where the encoder has no such states.
    """
    name = recipe.encoder.__struct_config__.tag
    read = Read(len(levels) - 1, levels[-1].out)
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
            if any(level.causal for level in levels):  # it is the gate's doing
                found, use = f"{name!r} behind gates {gate!r}", "gate 'sig' or 'silg'"
            raise RecipeError(
                f"task {task.name}: its targets lie ahead in the text, and encoder "
                f"{found} has no states that have not seen them; use {use}, or "
                "take missing words as an auxiliary"
            )
    if not levels[read.level].per_token:
        if task.per_token:
            raise RecipeError(
                f"task {task.name}: expected an encoder with a state for each "
                f"token, found {name!r}, whose top level has one for the whole "
                "text; use encoder 'bilstm' or 'lstm'"
            )
        if recipe.head.attention:
            raise RecipeError(
                "recipe: field 'head.attention': expected 0 beside encoder "
                f"{name!r}, whose top level has one state for the whole text, "
                f"found {recipe.head.attention}"
            )
    return read


def _lets_future_in(gate: str | None, level: Level) -> bool:
    """Whether a gate mixes what has seen the future into the causal features of `level`."""
    # Cross attention asks all tokens; a softmax over all features asks those of the
    # backward half. The other gates work on each feature by itself.
    return gate in ("cag", "cag_reverse") or (gate == "sog" and level.causal < level.out)


def build_head(
    task: Task,
    width: int,
    recipe: Recipe,
    seed: int,
    device: str = "cpu",
    pretrained: Vectors | Pretrained | None = None,
) -> nn.Module:
    """Head for one task by its kind, on states of `width` features.

    pretrained : word vectors, from which a regression's labels have theirs
    """
    generator, spec = torch_stream(seed, "head", task.name), recipe.head
    attend = None
    if spec.attention:
        if width % spec.attention:
            raise RecipeError(
                f"recipe: field 'head.attention': expected a divisor of the "
                f"encoder's {width} features, found {spec.attention}"
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
    """Weights of the task's labels, shape (L,); None where the recipe changes none of them."""
    weights = [recipe.class_weights.get(label, 1.0) for label in task.labels]
    return torch.tensor(weights) if set(weights) != {1.0} else None
