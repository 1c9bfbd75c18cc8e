"""Budgets: the number of updates of each task, in single-task and multi-task runs."""

from taskrel.tasks.task import Task
from taskrel.training.recipes.recipe import Recipe


def updates_of(task: Task, recipe: Recipe) -> int:
    """Updates of one task: ``recipe.steps``, or those of ``recipe.epochs`` passes."""
    return updates_over(len(task.splits["train"]), recipe)


def updates_over(n: int, recipe: Recipe) -> int:
    """Updates of a task with `n` training texts."""
    return recipe.steps if recipe.epochs is None else recipe.epochs * updates_per_epoch(n, recipe)


def updates_per_epoch(n: int, recipe: Recipe) -> int:
    """Batches of one pass over `n` training texts: ⌈n / batch⌉, texts without a label included."""
    return -(-n // recipe.batch)


def updates_between(budget: int, recipe: Recipe) -> int:
    """Updates of a task between two of its dev evaluations."""
    return max(1, budget // recipe.evaluations)
