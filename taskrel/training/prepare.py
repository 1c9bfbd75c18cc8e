"""Preparing a run: from tasks, recipe and seed to a model and the records of its training."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from taskrel.models.frozen.pieces import Table
from taskrel.models.sharing import Sharing
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model, build_optimiser
from taskrel.training.gradients import joint_gradients
from taskrel.training.inputs import inputs_of
from taskrel.training.loop import Evaluate, Gradients, Optimiser, Update, train
from taskrel.training.recipes.budget import budgets_of, updates_between
from taskrel.training.recipes.recipe import MetaTraining, Recipe
from taskrel.training.result import Encoder
from taskrel.training.schedules.maml import meta_gradients
from taskrel.training.schedules.modulation import Modulated
from taskrel.training.schedules.schedules import SCHEDULES, schedule_name
from taskrel.training.seeds import numpy_stream
from taskrel.training.start import start_from


class Prepared(NamedTuple):
    """A run before its first step.

    batchers : for each task, split → batches
    budgets : number of updates of each task
    table : the words or states that rows of a batch stand for
    every : number of updates of each task between two dev evaluations; more than all budgets
        where it is not evaluated
    records : the records of `loop.train`; to take the next one is to continue the training
    """

    model: Sharing
    table: Table
    batchers: list[dict[str, Batcher]]
    budgets: list[int]
    every: list[int]
    records: Iterator[Update | Evaluate]


def prepare(
    tasks: Sequence[Task],
    recipe: Recipe,
    seed: int,
    pretrained: Vectors | Pretrained | None = None,
    device: str = "cpu",
    start: Encoder | None = None,
) -> Prepared:
    """Prepare a run; the arguments are those of `run.run`."""
    batchers, table = inputs_of(tasks, recipe, pretrained)
    model = build_model(tasks, table, recipe, seed, device, pretrained)
    if start is not None:
        start_from(start, model, table)
    batches = [
        b["train"].endless(recipe.batch, _batch_stream(task, recipe, seed), recipe.bucketed)
        for task, b in zip(tasks, batchers, strict=True)
    ]
    budgets = budgets_of([len(task.splits["train"]) for task in tasks], recipe)
    every = [
        sum(budgets) + 1 if i and recipe.evaluate == "main" else updates_between(budget, recipe)
        for i, budget in enumerate(budgets)
    ]
    schedule = SCHEDULES[schedule_name(recipe.schedule)](budgets, numpy_stream(seed, "schedule"))
    records = train(
        model,
        _optimiser(model, recipe, budgets),
        batches,
        schedule,
        every,
        recipe.clip,
        _gradients(recipe),
    )
    return Prepared(model, table, batchers, budgets, every, records)


def _batch_stream(task: Task, recipe: Recipe, seed: int) -> np.random.Generator:
    """Generator of the task's batches: its own, or the same for all tasks over the same texts."""
    if not recipe.common_batches:
        return numpy_stream(seed, "batches", task.name)
    texts = hashlib.sha256("\n".join(task.texts("train")).encode("utf-8", "surrogatepass"))
    return numpy_stream(seed, "common batches", texts.hexdigest())


def _optimiser(model: Sharing, recipe: Recipe, budgets: list[int]) -> Optimiser:
    """One optimiser, or one for each of several tasks if their rates differ."""
    if recipe.schedule != "modulated" or len(budgets) == 1:
        return build_optimiser(model, recipe.optimiser)
    # A budget in steps has no epochs: the periods between evaluations are used instead.
    return Modulated(
        [build_optimiser(model, recipe.optimiser) for _ in budgets],
        budgets,
        recipe.epochs or recipe.evaluations,
    )


def _gradients(recipe: Recipe) -> Gradients:
    if isinstance(recipe.schedule, MetaTraining):
        return partial(meta_gradients, spec=recipe.schedule)
    return joint_gradients
