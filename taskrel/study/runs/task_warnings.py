"""Warnings about tasks whose scores may mislead: few test texts, overlapping splits."""

import logging

from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.overlap import contamination, split_overlap
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")

#: Overlaps above this share of a split cause a warning.
MUCH = 0.01
#: So do test splits with fewer texts than this.
FEW = 50


def task_warnings(tasks: dict[str, Task], together: set[tuple[str, str]]) -> list[str]:
    """Sentences about few test texts and large overlaps; small overlaps go to the log.

    An automated task has the texts of its base task, which is checked itself.
    """
    tasks = {name: task for name, task in tasks.items() if not is_automated(name)}
    found = []
    overlaps = [
        (
            f"{name}: {{}} of {len(task.splits[split])} {split} texts are also in its training split",
            n,
            len(task.splits[split]),
        )
        for name, task in tasks.items()
        for split, n in split_overlap(task).items()
    ]
    overlaps += [
        (
            f"contamination: {{}} of {len(tasks[main].splits['test'])} test texts of {main} "
            f"are in the training split of {aux}",
            n,
            len(tasks[main].splits["test"]),
        )
        for (main, aux), n in contamination(tasks).items()
        if (main, aux) in together
    ]
    for name, task in tasks.items():
        n = len(task.splits["test"])
        if n < FEW:
            found.append(
                f"{name}: only {n} test texts, so one of them is {100 / n:.0f} % of the score"
            )
            log.warning("warning: %s", found[-1])
    for text, n, of in overlaps:
        if n > MUCH * of:
            found.append(text.format(n))
            log.warning("warning: %s", found[-1])
        elif n:
            log.debug("note: %s", text.format(n))
    return found
