"""New tasks: train each alone, with the evidence's recipe, and add its features to the evidence."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.encoders import read_encoders
from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.evidence.from_store import evidence_of_tasks
from taskrel.meta.features.encoder_scores import encoder_scores
from taskrel.meta.features.measure import measure
from taskrel.meta.features.pair import profile_features
from taskrel.meta.features.task_info import task_info
from taskrel.recommendation.planned_like import planned_like
from taskrel.recommendation.workspace import Workspace
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.part import Part
from taskrel.study.runs.workers import WorkerDied, results
from taskrel.training.result import Encoder

#: One run gives the curve features; its cost is what a prediction costs.
SEED = 0

log = logging.getLogger("taskrel")


def with_new_tasks(evidence: Evidence, names: Sequence[str], workspace: Workspace) -> Evidence:
    """Evidence with further tasks, trained alone and measured.

    A run that the workspace's store has is not trained again. Of pairs with a task of the
    evidence, profiles give what features they can, and its encoders those that need one, where it
    has them; features that need the other corpus are missing. Where the evidence knows a capped
    task of the same card, a warning says so before anything is read.

    Parameters
    ----------
    evidence : Evidence
        With a recipe that can be trained here.
    names : sequence of str
        The tasks; each is in the workspace, or has a shipped card.
    workspace : Workspace
        Where data are, and where runs are kept.

    Raises
    ------
    UsageError
        For a task that has no card.
    EvidenceError
        Where the evidence's recipe cannot be trained here, or a run fails.
    """
    entries = [workspace.entry(name, evidence) for name in names]
    for entry in entries:
        if capped := evidence.capped(entry.card):
            log.warning(
                "warning: evidence %s has %s, made from the same card as %s, and answers about it "
                "without training; %s itself is trained now",
                evidence.name,
                " and ".join(capped),
                entry.name,
                entry.name,
            )
    study = planned_like(evidence, entries, workspace, "single", (SEED,))
    failed = study.train(workspace.folder, task_info, jobs=workspace.jobs, bar=workspace.progress)
    if failed:
        raise EvidenceError(
            f"{', '.join(names)}: single-task training failed, see above; the traceback is in "
            f"{workspace.folder}"
        )
    measure(study, workspace.folder, jobs=workspace.jobs, bar=workspace.progress)
    part = study.parts[0]
    new = evidence_of_tasks(workspace.folder, part.digest, names, SEED)
    return _joined(evidence, new, _on_shipped_encoders(evidence, study, part, workspace))


def _on_shipped_encoders(
    evidence: Evidence, study: PlannedStudy, part: Part, workspace: Workspace
) -> dict[tuple[str, str], dict[str, float]]:
    """(main, aux) → scores of each new task on the encoders that come with the evidence."""
    encoders: dict[str, dict[int, Encoder]] = {}
    for (aux, seed), encoder in read_encoders(evidence).items():
        encoders.setdefault(aux, {})[seed] = encoder
    if not encoders:
        return {}
    jobs = workspace.jobs or default_jobs(study.device)
    # A share of the encoders for each process: the scores of one task are independent.
    shares = [dict(list(encoders.items())[i::jobs]) for i in range(min(jobs, len(encoders)))]
    calls = [
        (task, share, part.recipe, part.pretrained)
        for task in study.tasks.values()
        for share in shares
    ]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for number, scores in results(encoder_scores, calls, jobs):
        if isinstance(scores, WorkerDied):
            raise EvidenceError(
                "a worker process ended twice while encoders were read: it was killed, or memory "
                "ran out; fewer --jobs need less memory"
            )
        found |= {(calls[number][0].name, aux): own for aux, own in scores.items()}
    return found


def _joined(
    evidence: Evidence, new: Evidence, scores: dict[tuple[str, str], dict[str, float]]
) -> Evidence:
    """`evidence` with the tasks of `new`, and pair features between all of them.

    scores : of pairs, in addition to what profiles give
    """
    profiles = evidence.profiles | new.profiles
    rows = {
        (main, aux): profile_features(profiles[main], profiles[aux])
        for a in new.tasks.index
        for b in profiles
        if a != b
        for main, aux in ((a, b), (b, a))
    }
    rows |= {pair: rows[pair] | own for pair, own in scores.items()}
    rows |= {pair: dict(row) for pair, row in new.pairs.iterrows()}
    index = pd.MultiIndex.from_tuples(list(rows), names=["main", "aux"])
    pairs = pd.DataFrame(list(rows.values()), index=index).reindex(columns=evidence.pairs.columns)
    return replace(
        evidence,
        tasks=pd.concat([evidence.tasks, new.tasks]),
        about=pd.concat([evidence.about, new.about])[list(ABOUT)],
        pairs=pd.concat([evidence.pairs, pairs.astype(float)]),
        profiles=profiles,
    )
