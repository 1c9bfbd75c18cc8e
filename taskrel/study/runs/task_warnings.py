"""Warnings about the tasks of a study: what their reports say, and leaks between two of them."""

import logging
from collections.abc import Collection, Mapping

from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.inspect.report import Report
from taskrel.tasks.overlap import contamination
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")


def task_warnings(
    tasks: Mapping[str, Task],
    reports: Mapping[str, Report],
    together: Collection[tuple[str, str]],
) -> list[str]:
    """Collect warnings of the tasks' reports, and of test texts in an auxiliary's training split.

    tasks : name → the task; for an automated one, the task that it is made from
    together : (main, auxiliary) of the pairs that are trained

    Few shared texts are logged only. Texts of the main task itself are in the automated tasks
    that are made from it.
    """
    found = [f"{name}: {text}" for name, report in reports.items() for text in report.warnings]
    for (main, aux), shared in contamination(tasks).items():
        if is_automated(main) or tasks[main] is tasks[aux]:
            continue
        what = f"{shared.in_words(f'test texts of {main}')} are in the training split of {aux}"
        if (main, aux) in together and shared.many:
            found.append(f"{what}; --remove-leaks takes them out of it")
        elif (main, aux) in together:
            log.debug("note: %s", what)
    return found
