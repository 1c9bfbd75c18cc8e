"""Schedules: the tasks that each step updates.

A schedule is an iterator of tuples of task indices, one tuple per step. Its arguments are
the budgets, the number of updates of each task; `n_steps` is the number of steps that it
needs for them.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from taskrel.training.recipes.recipe import MetaTraining

Steps = Iterator[tuple[int, ...]]


def uniform(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Draw one task per step, with as many steps as there are updates in all budgets.

    With equal budgets all tasks are equally likely, the schedule of Bingel and Søgaard
    (2017, section 3); else in proportion to their budgets. Each task gets its budget in
    expectation, and exactly its budget in a single-task run.
    """
    n_tasks, total = len(updates), sum(updates)
    share = None if len(set(updates)) == 1 else np.divide(updates, total)
    for start in range(0, total, 1024):
        n = min(1024, total - start)
        drawn = rng.integers(n_tasks, size=n) if share is None else rng.choice(n_tasks, n, p=share)
        yield from ((int(t),) for t in drawn)


def simultaneous(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Update all tasks in each step, on the sum of their losses.

    A task with a smaller budget than the largest has no update in some steps, at even
    distances, so that all tasks end together.
    """
    longest = max(updates)
    for step in range(longest):
        yield tuple(
            task
            for task, budget in enumerate(updates)
            if (step + 1) * budget // longest > step * budget // longest
        )


def sequential(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Train the tasks one after the other, from the last to the first, which is the main task.

    This is transfer: the whole budget of the main task comes last.
    """
    for task in reversed(range(len(updates))):
        yield from ((task,) for _ in range(updates[task]))


def auxiliary_first(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Train the auxiliary tasks for half of their budgets, then all tasks, drawn as in `uniform`.

    An auxiliary has then been learned in part when the main task's updates begin.
    """
    main, *others = updates
    first = [n // 2 for n in others]
    yield from ((1 + task,) for (task,) in (uniform(first, rng) if others else ()))
    yield from uniform([main, *(n - half for n, half in zip(others, first, strict=True))], rng)


def modulated(updates: Sequence[int], rng: np.random.Generator) -> Steps:
    """Update one task per step, in turn, from the last to the first, which is the main task.

    Budgets are distributed as in `simultaneous`. Learning rates are set in `modulation`.
    """
    for together in simultaneous(updates, rng):
        yield from ((task,) for task in reversed(together))


#: In meta-training, see `maml`, a step is one update of every task.
SCHEDULES = {
    "uniform": uniform,
    "simultaneous": simultaneous,
    "sequential": sequential,
    "modulated": modulated,
    "auxiliary_first": auxiliary_first,
    "transfer": sequential,  # of one run; the auxiliary has a run of its own
    "meta": simultaneous,
}


def schedule_name(schedule: str | MetaTraining) -> str:
    """Key in `SCHEDULES` of a recipe's schedule."""
    return schedule if isinstance(schedule, str) else schedule.__struct_config__.tag


def n_steps(schedule: str | MetaTraining, updates: Sequence[int]) -> int:
    """Number of optimisation steps that `schedule` needs for these budgets."""
    together = SCHEDULES[schedule_name(schedule)] is simultaneous
    return max(updates) if together else sum(updates)
