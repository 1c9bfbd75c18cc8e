"""What a search can train: the main task alone, and with each candidate, with seed after seed.

Where the evidence comes with encoders of its auxiliaries, runs start from these, and no corpus of
an auxiliary is needed. Other candidates are trained from their corpora, with the evidence's recipe.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from taskrel.errors import DataError
from taskrel.meta.evidence.encoders import Encoders, read_encoders
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.search.belief import ALONE
from taskrel.recommendation.from_encoders import runs_from_encoders
from taskrel.recommendation.planned_like import other_data, planned_like, recipe_of
from taskrel.recommendation.trainable import ELSEWHERE, trainable
from taskrel.recommendation.workspace import Workspace
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.plan import Run

#: Folder of the store, in the workspace's folder, of runs from encoders.
FOLDER = "from_encoders"
#: Runs that an arm can have.
MOST_SEEDS = 20

log = logging.getLogger("taskrel")


@dataclass(frozen=True, eq=False)
class Arms:
    """The planned runs of a search.

    main : the main task
    study : all of them, in one part
    folder : of the store that keeps them
    runs : arm → its runs, seed after seed; `ALONE` first
    others : tasks of which only an encoder is there: name → digest, and what is known of it
    missing : candidate → why it cannot be trained here
    warnings : about the tasks
    """

    main: str
    study: PlannedStudy
    folder: Path
    runs: dict[str, list[Run]]
    others: dict[str, tuple[str, dict]]
    missing: dict[str, str]
    warnings: tuple[str, ...]

    @property
    def auxs(self) -> tuple[str, ...]:
        """The candidates that can be trained."""
        return tuple(arm for arm in self.runs if arm != ALONE)


def planned_arms(
    evidence: Evidence,
    main: str,
    candidates: Sequence[str],
    workspace: Workspace,
    remove_leaks: bool = False,
) -> Arms:
    """Read the tasks that have to be read, and plan `MOST_SEEDS` runs of each arm.

    Raises
    ------
    UsageError
        Where the main task has no card.
    EvidenceError
        Where the evidence's recipe is not one that can be trained here.
    DataError
        Where files of the main task are missing, or those of all candidates.
    """
    shipped = encoders_for(evidence, candidates, workspace)
    from_encoders = list(dict.fromkeys(aux for aux, _ in shipped))
    found = trainable(
        evidence, main, [aux for aux in candidates if aux not in from_encoders], workspace
    )
    if not found.auxs and not from_encoders:
        raise DataError(f"no candidate of {main} can be trained here ({found.why()}); {ELSEWHERE}")
    study = planned_like(
        evidence,
        [found.main, *found.auxs.values()],
        workspace,
        "search",
        range(MOST_SEEDS),
        main=main if found.auxs else None,
        remove_leaks=remove_leaks,
    )
    # Auxiliaries have names of their own there.
    folder = workspace.folder / FOLDER / main if from_encoders else workspace.folder
    (part,) = study.parts
    alone = [run for run in part.runs if run.tasks == (main,)]
    runs = {ALONE: alone}
    for run in part.runs:
        if len(run.tasks) > 1:
            (aux,) = (task for task in run.tasks if task != main)
            runs.setdefault(aux, []).append(run)
    own = runs_from_encoders(
        evidence, main, shipped, alone, len(study.tasks[main].splits["train"]), folder
    )
    part.runs.extend(run for of_aux in own.values() for run in of_aux)
    ordered = {arm: (runs | own)[arm] for arm in (ALONE, *candidates) if arm in runs or arm in own}
    warnings = other_data(study.tasks, evidence)
    for warning in warnings:
        log.warning("warning: %s", warning)
    return Arms(
        main,
        study,
        folder,
        ordered,
        {aux: (evidence.about["digest"][aux], _known(aux, evidence)) for aux in own},
        found.missing,
        (*study.warnings, *warnings),
    )


def encoders_for(evidence: Evidence, auxs: Sequence[str], workspace: Workspace) -> Encoders:
    """The encoders of these auxiliaries that a main task can be trained from.

    Those that come with evidence of transfer; a task of the user's own is trained from its corpus.
    """
    if recipe_of(evidence).schedule != "transfer":
        return {}
    return {
        (aux, seed): encoder
        for (aux, seed), encoder in read_encoders(evidence).items()
        if aux in auxs and aux not in workspace.own
    }


def _known(aux: str, evidence: Evidence) -> dict[str, str]:
    """What the store keeps of a task that is not read."""
    return {key: str(evidence.about[key][aux]) for key in ("kind", "metric", "family")}
