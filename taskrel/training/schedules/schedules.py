"""Schedules: which tasks the next step updates.

A schedule is an iterator of tuples of task indices, one tuple a step. It is
given the budget of each task, its number of updates; `n_steps` says how many
steps it takes to spend them.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from taskrel.training.recipes.recipe import MetaTraining

Steps = Iterator[tuple[int, ...]]


def uniform(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Draw one task a step; in all as many steps as there are updates.

    Where budgets are equal all tasks are equally likely, the paper's schedule
    (Bingel & Søgaard 2017, section 3); else in proportion to their budgets. Each
    task gets its budget in expectation, and exactly that when it is alone.
    """
    n_tasks, total = len(updates), sum(updates)
    share = None if len(set(updates)) == 1 else np.divide(updates, total)
    for start in range(0, total, 1024):
        n = min(1024, total - start)
        drawn = rng.integers(n_tasks, size=n) if share is None else rng.choice(n_tasks, n, p=share)
        yield from ((int(t),) for t in drawn)


def simultaneous(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Update all tasks in each step, on the sum of their losses.

    A task with a smaller budget than the largest sits out steps at even
    distances, so that all of them end together.
    """
    longest = max(updates)
    for step in range(longest):
        yield tuple(
            task
            for task, budget in enumerate(updates)
            if (step + 1) * budget // longest > step * budget // longest
        )


def sequential(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Train on the auxiliaries first, the last named one first of all, then on the main task.

    Transfer: the first task is the main one, and its whole budget comes last.
    """
    for task in reversed(range(len(updates))):
        yield from ((task,) for _ in range(updates[task]))


def modulated(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Update one task a step, in turn: the auxiliaries, the last named one first, then the main.

    Budgets are spread as in `simultaneous`. Rates of learning are no matter of the
    schedule, see `modulation`.
    """
    for together in simultaneous(updates, rng):
        yield from ((task,) for task in reversed(together))


#: In meta training, see `meta`, a step is one update of every task.
SCHEDULES = {
    "uniform": uniform,
    "simultaneous": simultaneous,
    "sequential": sequential,
    "modulated": modulated,
    "meta": simultaneous,
}


def schedule_name(schedule: str | MetaTraining) -> str:
    """Name in `SCHEDULES` of what a recipe calls its schedule."""
    return schedule if isinstance(schedule, str) else schedule.__struct_config__.tag


def n_steps(schedule: str | MetaTraining, updates: Sequence[int]) -> int:
    """Number of optimisation steps in which `schedule` spends these budgets."""
    together = SCHEDULES[schedule_name(schedule)] is simultaneous
    return max(updates) if together else sum(updates)
