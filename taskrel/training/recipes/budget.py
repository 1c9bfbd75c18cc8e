"""Budgets: the number of updates of each task, in single-task and multi-task runs."""

from collections.abc import Sequence

from taskrel.training.recipes.recipe import Recipe


def budgets_of(sizes: Sequence[int], recipe: Recipe) -> list[int]:
    """Updates of each task of a run, from their numbers of training texts, main task first.

    They are ``recipe.steps`` or those of ``recipe.epochs`` passes; of an auxiliary task
    ``recipe.aux_steps``, if there are any.
    """
    return [updates_over(n, recipe.of_auxiliary if i else recipe) for i, n in enumerate(sizes)]


def updates_over(n: int, recipe: Recipe) -> int:
    """Updates of a task with `n` training texts."""
    return recipe.steps if recipe.epochs is None else recipe.epochs * updates_per_epoch(n, recipe)


def updates_per_epoch(n: int, recipe: Recipe) -> int:
    """Batches of one pass over `n` training texts: ⌈n / batch⌉, texts without a label included."""
    return -(-n // recipe.batch)


def updates_between(budget: int, recipe: Recipe) -> int:
    """Updates of a task between two of its dev evaluations."""
    return max(1, budget // recipe.evaluations)
