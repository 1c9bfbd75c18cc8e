"""What a run reads: batches of rows of a table, and the table, of words or of frozen states."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from taskrel.models.frozen.cache import Frozen
from taskrel.models.frozen.pieces import PieceStates, PieceTable, Table
from taskrel.models.frozen.table import StateTable
from taskrel.tasks.task import SPLITS, Split, Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import spelt_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import vocabulary_of
from taskrel.training.pairs import cut_pairs
from taskrel.training.recipes.recipe import Recipe, Transformer


class Inputs(NamedTuple):
    """Batches of each task by split, and what their rows are: words, or frozen states."""

    batchers: list[dict[str, Batcher]]
    table: Table


def inputs_of(
    tasks: Sequence[Task], recipe: Recipe, pretrained: Vectors | Pretrained | None
) -> Inputs:
    """Inputs of a run of these tasks; frozen states that are not in the cache are computed."""
    frozen = frozen_of(recipe, pretrained)
    if frozen is not None:
        return _states(tasks, recipe, frozen)
    vocabulary = vocabulary_of(tasks, recipe, pretrained)
    batchers = [
        {
            split: batcher_of(task, cut_pairs(task, split, recipe.max_tokens), rows, recipe, rare)
            for split in SPLITS
        }
        for task, rows, rare in zip(tasks, vocabulary.rows, vocabulary.rare, strict=True)
    ]
    return Inputs(batchers, vocabulary)


def frozen_of(recipe: Recipe, pretrained: Vectors | Pretrained | None) -> Frozen | None:
    """What the states that a recipe reads are computed with; None where it reads words."""
    if not isinstance(pretrained, Pretrained):
        return None
    model, bfloat16 = (pretrained.path, pretrained.sha256), recipe.precision == "bfloat16"
    if recipe.states:
        return Frozen(*model, recipe.states.layer, recipe.states.dims, bfloat16)
    if isinstance(recipe.encoder, Transformer) and recipe.encoder.trained:
        return Frozen(*model, -recipe.encoder.trained, None, bfloat16, pieces=True)
    return None


def _states(tasks: Sequence[Task], recipe: Recipe, frozen: Frozen) -> Inputs:
    parts = [
        (task, split, *states_of(task, split, recipe.max_tokens, frozen))
        for task in tasks
        for split in SPLITS
    ]
    table = _of_pieces(tasks, parts) if frozen.pieces else StateTable([p[-1] for p in parts])
    batchers: list[dict[str, Batcher]] = [{} for _ in tasks]
    for number, (task, split, part, _) in enumerate(parts):
        # Each token has its own row.
        own = replace(part, tokens=np.arange(len(part.tokens), dtype=np.int32))
        batcher = batcher_of(task, own, table.rows(number), recipe)
        batchers[number // len(SPLITS)][split] = batcher
    return Inputs(batchers, table)


def state_inputs(
    task: Task, split: str, recipe: Recipe, frozen: Frozen
) -> tuple[Batcher, StateTable]:
    """Batches of one split, and the states of its tokens, which are kept nowhere."""
    part = cut_texts(task, split, recipe.max_tokens)
    table = StateTable([frozen.computed(task.words, part)])
    own = replace(part, tokens=np.arange(len(part.tokens), dtype=np.int32))
    return batcher_of(task, own, table.rows(0), recipe), table


def _of_pieces(
    tasks: Sequence[Task], parts: Sequence[tuple[Task, str, Split, np.ndarray]]
) -> PieceTable:
    vocabulary = spelt_vocabulary(tasks)
    return PieceTable(
        vocabulary.words,
        [
            PieceStates(vocabulary.rows[n // len(SPLITS)][part.tokens], part.offsets, states)
            for n, (_, _, part, states) in enumerate(parts)
        ],
    )


@lru_cache(maxsize=512)
def states_of(task: Task, split: str, most: int, frozen: Frozen) -> tuple[Split, np.ndarray]:
    """Return a split whose texts are cut to `most` tokens, and the states of these tokens."""
    part = cut_texts(task, split, most)
    return part, frozen.states(task.words, part)


def cut_texts(task: Task, split: str, most: int) -> Split:
    """A split without the tokens behind the first `most` of each text that has one label.

    Sentences with a label per token are not cut.
    """
    part = cut_pairs(task, split, most)
    if task.per_token or (part.lengths <= most).all():
        return part
    position = np.arange(len(part.tokens)) - np.repeat(part.offsets[:-1], part.lengths)
    ends = np.cumsum(np.minimum(part.lengths, most))
    return Split(part.tokens[position < most], np.concatenate([[0], ends]), part.targets)


def batcher_of(
    task: Task, part: Split, rows: np.ndarray, recipe: Recipe, rare: np.ndarray | None = None
) -> Batcher:
    """Batches of a split; `rows` and `rare` by the codes of its words."""
    return Batcher(part, rows, task.per_token, task.n_labels, recipe.max_tokens, rare)
