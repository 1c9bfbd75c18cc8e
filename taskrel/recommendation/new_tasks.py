"""New tasks: train each alone, with the evidence's recipe, and add its features to the evidence."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import ABOUT, Evidence
from taskrel.meta.evidence.from_store import evidence_of_tasks
from taskrel.meta.features.measure import measure
from taskrel.meta.features.pair import profile_features
from taskrel.recommendation.train_like import train_like
from taskrel.recommendation.workspace import Workspace

#: One run gives the curve features; its cost is what a prediction costs.
SEED = 0

log = logging.getLogger("taskrel")


def with_new_tasks(evidence: Evidence, names: Sequence[str], workspace: Workspace) -> Evidence:
    """Evidence with further tasks, trained alone and measured.

    A run that the workspace's store has is not trained again. Of pairs with a task of the
    evidence, profiles give what features they can; features that need the other corpus or
    encoder are missing. Where the evidence knows a capped task of the same card, a warning
    says so before anything is read.

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
    study, failed = train_like(evidence, entries, workspace, name="single", seeds=(SEED,))
    if failed:
        raise EvidenceError(
            f"{', '.join(names)}: single-task training failed, see above; the traceback is in "
            f"{workspace.folder}"
        )
    measure(study, workspace.folder, jobs=workspace.jobs, bar=workspace.progress)
    new = evidence_of_tasks(workspace.folder, study.parts[0].digest, names, SEED)
    return _joined(evidence, new)


def _joined(evidence: Evidence, new: Evidence) -> Evidence:
    """`evidence` with the tasks of `new`, and pair features between all of them."""
    profiles = evidence.profiles | new.profiles
    rows = {
        (main, aux): profile_features(profiles[main], profiles[aux])
        for a in new.tasks.index
        for b in profiles
        if a != b
        for main, aux in ((a, b), (b, a))
    }
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
