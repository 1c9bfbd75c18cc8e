"""Schedules: which tasks the next step updates.

A schedule is an iterator of tuples of task indices, one tuple a step; a budget
counts the updates of each task.
"""

from collections.abc import Iterator

import numpy as np


def uniform(n_tasks: int, updates: int, rng: np.random.Generator) -> Iterator[tuple[int, ...]]:
    """Draw one task a step, all equally likely; n_tasks × updates steps.

    The paper's schedule (Bingel & Søgaard 2017, section 3): each task gets
    `updates` updates in expectation, and exactly that many when it is alone.
    """
    for start in range(0, n_tasks * updates, 1024):
        n = min(1024, n_tasks * updates - start)
        yield from ((int(t),) for t in rng.integers(n_tasks, size=n))


SCHEDULES = {"uniform": uniform}
