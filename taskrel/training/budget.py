"""Budgets: how many updates a task gets, alone or beside others."""

from taskrel.tasks.task import Task
from taskrel.training.recipe import Recipe


def updates_of(task: Task, recipe: Recipe) -> int:
    """Updates of one task: ``recipe.steps``, or the batches of ``recipe.epochs`` passes.

    A pass has ⌈training texts / batch⌉ batches, texts without a label included.
    """
    if recipe.epochs is None:
        return recipe.steps
    return recipe.epochs * -(-len(task.splits["train"]) // recipe.batch)
