"""Frozen states of a study's tasks, computed before the first run so that no two runs do it."""

import logging
import time
from collections.abc import Mapping, Sequence

from taskrel.models.frozen.cache import Frozen
from taskrel.study.runs.plan import Run
from taskrel.study.runs.workers import WorkerDied, results
from taskrel.tasks.task import SPLITS, Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.inputs import cut_texts, frozen_of

log = logging.getLogger("taskrel")


def compute_states(
    runs: Sequence[Run],
    tasks: Mapping[str, Task],
    pretrained: Vectors | Pretrained | None,
    jobs: int,
) -> None:
    """Compute the states that `runs`, of one recipe, read and the cache folder lacks, if any.

    A task whose worker dies is left to its runs, which then fail with a reason.
    """
    start, frozen = time.perf_counter(), frozen_of(runs[0].recipe, pretrained)
    if frozen is None:
        return
    most = runs[0].recipe.max_tokens
    named = [tasks[name] for name in dict.fromkeys(name for run in runs for name in run.read)]
    calls = [(task, most, frozen) for task in named]
    seconds = 0.0
    for done, (number, took) in enumerate(results(_compute, calls, jobs), 1):
        if not isinstance(took, WorkerDied):
            seconds += took
            if took > 1:
                log.info(
                    "states of %s computed, %.0f s (%d of %d tasks)",
                    named[number].name,
                    took,
                    done,
                    len(named),
                )
    if seconds > 1:
        log.info("all states computed, %.0f s; they are kept", time.perf_counter() - start)


def _compute(task: Task, most: int, frozen: Frozen) -> float:
    """Compute the states of a task that are not in the cache; returns the seconds it took."""
    start = time.perf_counter()
    for split in SPLITS:
        frozen.states(task.words, cut_texts(task, split, most))
    return time.perf_counter() - start
