"""Warnings about the tasks of a study: few test texts, and texts in training and in test."""

import logging

from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.overlap import contamination, split_overlap
from taskrel.tasks.task import SPLITS, Task

log = logging.getLogger("taskrel")

#: Largest share of a split's texts that may be in training without a warning.
MUCH = 0.01
#: Smallest number of test texts without a warning.
FEW = 50


def task_warnings(tasks: dict[str, Task], together: set[tuple[str, str]]) -> list[str]:
    """Warn of small test splits and of large overlaps; small overlaps are logged.

    together : (main, auxiliary) of the pairs that are trained
    Automated tasks are left out: they have the texts of the tasks that they are made from.
    """
    tasks = {name: task for name, task in tasks.items() if not is_automated(name)}
    size = {(name, split): len(t.splits[split]) for name, t in tasks.items() for split in SPLITS}
    found = [
        f"{name}: only {size[name, 'test']} test texts, so that each is "
        f"{100 / size[name, 'test']:.1f} % of the score"
        for name in tasks
        if size[name, "test"] < FEW
    ]
    overlaps = [
        (n, size[name, split], f"{split} texts of {name} are also in its training split")
        for name, task in tasks.items()
        for split, n in split_overlap(task).items()
    ]
    overlaps += [
        (n, size[main, "test"], f"test texts of {main} are in the training split of {aux}")
        for (main, aux), n in contamination(tasks).items()
        if (main, aux) in together
    ]
    for n, of, what in overlaps:
        if n > MUCH * of:
            found.append(f"{n} of {of} {what}")
        elif n:
            log.debug("note: %d of %d %s", n, of, what)
    for text in found:
        log.warning("warning: %s", text)
    return found
