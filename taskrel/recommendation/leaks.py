"""Leaks between a main task and new candidates, or a new one and all of them.

That is, test texts of the main task in an auxiliary's training split.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from taskrel.errors import TaskrelError
from taskrel.io.paths import data_folder
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.workspace import Workspace
from taskrel.study.runs.read_tasks import read_bases
from taskrel.tasks.automated.names import split_name
from taskrel.tasks.overlap import Shared, shared
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")


@dataclass(frozen=True)
class Leaks:
    """What was found in the training splits of the candidates.

    shared : auxiliary → test texts of the main task in its training split, where there are any
    unchecked : auxiliary → why its texts could not be read
    """

    shared: dict[str, Shared] = field(default_factory=dict)
    unchecked: dict[str, str] = field(default_factory=dict)


def find_leaks(evidence: Evidence, main: str, auxs: Sequence[str], workspace: Workspace) -> Leaks:
    """Read the candidates and look for the test texts of `main`.

    Candidates whose files, or whose main task's, cannot be read are named as unchecked. Of an
    automated task, the texts are those of the task that it is made from; if that is the main task
    itself, there is nothing to look for.
    """
    found = Leaks()
    auxs = [aux for aux in auxs if split_name(aux)[0] != main]
    if not auxs:
        return found
    try:
        task = _read(main, evidence, workspace)
    except TaskrelError as e:
        return Leaks(unchecked=dict.fromkeys(auxs, str(e)))
    log.info("looking for test texts of %s in the training texts of %d tasks", main, len(auxs))
    for aux in auxs:
        try:
            counts = shared(task, "test", _read(aux, evidence, workspace))
        except TaskrelError as e:
            found.unchecked[aux] = str(e)
        else:
            if counts.texts:
                found.shared[aux] = counts
    return found


def _read(name: str, evidence: Evidence, workspace: Workspace) -> Task:
    entry = workspace.entry(name, evidence).base
    return read_bases((entry,), data_folder(workspace.data), workspace.tasks)[entry]
