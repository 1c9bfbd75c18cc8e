"""Train a run once more, and keep its weights.

Training is repeatable, so that the weights are those of the run whose scores are known; no run has
to keep its weights for the case that somebody wants them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from taskrel.errors import RecipeError
from taskrel.models.frozen.table import StateTable
from taskrel.models.sharing import Branches, GatedSharing, Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.text import PAIR_SEPARATOR
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import Vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import vocabulary_of
from taskrel.training.inputs import frozen_of
from taskrel.training.recipes.recipe import Recipe, Transformer, canonical
from taskrel.training.result import Encoder, RunResult
from taskrel.training.run import run
from taskrel.training.saved.parts import SCHEMA, Saved, Stub


@dataclass(frozen=True, eq=False)
class Kept:
    """A trained model, ready to be written.

    saved : all about it but its weights
    weights : name → float array
    words : names of the rows of its word table, and of further vectors; empty without a table
    more : float16 array (n_more, width), vectors of words that no text of the run had
    result : of the run
    """

    saved: Saved
    weights: dict[str, np.ndarray]
    words: tuple[str, ...]
    more: np.ndarray
    result: RunResult


def train_kept(
    tasks: Sequence[Task],
    main: str,
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None = None,
    start: Encoder | None = None,
    every_vector: Vectors | None = None,
    others: Sequence[str] = (),
) -> Kept:
    """Train a run, and keep the weights with which it predicts one of its tasks.

    Parameters
    ----------
    tasks, recipe, seed, pretrained, start
        Those of `training.run.run`.
    main : str
        The task that the model is to predict; heads of others are not kept.
    every_vector : Vectors or None
        All rows of the vector file, so that the model knows words that no text of the run had.
    others : sequence of str
        Tasks of which only an encoder is there, in `start`; for people.

    Raises
    ------
    RecipeError
        Where only the top layers of a transformer were trained.
    """
    if isinstance(recipe.encoder, Transformer) and recipe.encoder.trained:
        raise RecipeError(
            "recipe: field 'encoder.trained': a model of which only the top layers are trained "
            "cannot be saved; leave the field out"
        )
    held: dict[str, np.ndarray] = {}
    models: list[Sharing] = []

    def look(i: int, model: Sharing, tests: list[Batcher]) -> None:
        if tasks[i].name == main:
            models.append(model)
            held.update({k: v.detach().cpu().numpy().copy() for k, v in model.state_dict().items()})

    result = run(tasks, recipe, seed, pretrained, start=start, look=look)
    in_model = in_run = tasks[:1] if recipe.schedule == "transfer" else tasks
    own = [task.name for task in in_model].index(main)
    several = isinstance(models[0], Branches | GatedSharing)
    weights = {
        name: array
        for name, array in held.items()
        if not name.startswith("heads.") or name.startswith(f"heads.{own}.")
    }
    if not several:  # one encoder: built as for one task
        weights = {k.replace(f"heads.{own}.", "heads.0.", 1): v for k, v in weights.items()}
        in_model, own = [in_model[own]], 0
    if in_model[own].kind == "regression":
        weights["vectors"] = _label_vectors(in_model[own], recipe, pretrained, seed)
    vocabulary = _vocabulary(in_run, recipe, pretrained)
    words, more = _more(vocabulary, every_vector)
    saved = Saved(
        schema=SCHEMA,
        tasks=tuple(Stub.of(task, PAIR_SEPARATOR in task.words) for task in in_model),
        index=own,
        trained_with=(main, *(t.name for t in tasks if t.name != main), *others),
        recipe=canonical(recipe),
        seed=seed,
        checksum=pretrained.sha256 if pretrained else None,
        n_pretrained=len(vocabulary.pretrained) if vocabulary else 0,
        n_more=len(more),
        width=_width(models[0]),
        scores=_scores(result, main, recipe),
    )
    return Kept(saved, weights, words, more, result)


def _width(model: Sharing) -> int:
    """Features of the frozen states that a model reads; 0 where it reads none."""
    tables = [module for module in model.modules() if isinstance(module, StateTable)]
    return tables[0].embedding_dim if tables else 0


def _vocabulary(
    tasks: Sequence[Task], recipe: Recipe, pretrained: Vectors | Pretrained | None
) -> Vocabulary | None:
    """The word table of the run; None where it reads frozen states or pieces of words."""
    if frozen_of(recipe, pretrained) or isinstance(recipe.encoder, Transformer):
        return None
    return vocabulary_of(tasks, recipe, pretrained)


def _more(
    vocabulary: Vocabulary | None, vectors: Vectors | None
) -> tuple[tuple[str, ...], np.ndarray]:
    """Words of the table and of further vectors, and these vectors."""
    if vocabulary is None:
        return (), np.empty((0, 0), np.float16)
    if vectors is None:
        return vocabulary.words, np.empty((0, 0), np.float16)
    known = {*vocabulary.words}
    rows = [i for i, word in enumerate(vectors.words) if word not in known]
    return (
        (*vocabulary.words, *(vectors.words[i] for i in rows)),
        vectors.matrix[rows].astype(np.float16),
    )


def _label_vectors(
    task: Task, recipe: Recipe, pretrained: Vectors | Pretrained | None, seed: int
) -> np.ndarray:
    from taskrel.tasks.words.label_vectors import label_vectors

    vectors = pretrained if isinstance(pretrained, Vectors) else None
    return label_vectors(task.labels, vectors, recipe.width, seed)


def _scores(result: RunResult, main: str, recipe: Recipe) -> dict[str, dict[str, float]]:
    """Split → metric → score of the saved weights."""
    found: dict[str, dict[str, float]] = {}
    for (task, split, checkpoint, metric), value in result.scores.items():
        if task == main and checkpoint == recipe.checkpoint:
            found.setdefault(split, {})[metric] = round(float(value), 6)
    return found
