"""Confirm a ranking: train its best pairs with the evidence's recipe, and compare."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.task_info import task_info
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.recommendation.planned_like import planned_like
from taskrel.recommendation.recommendation import Confirmation
from taskrel.recommendation.trainable import Trainable
from taskrel.recommendation.workspace import Workspace
from taskrel.study.analysis.results import collect
from taskrel.tasks.overlap import REMOVED
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")

#: Random seeds of each run, unless others are asked for.
SEEDS = (0, 1, 2)


def confirm(
    predictions: Sequence[Prediction],
    evidence: Evidence,
    found: Trainable,
    n: int,
    workspace: Workspace,
    seeds: Sequence[int] | None = None,
    remove_leaks: bool = False,
) -> tuple[list[Prediction], Confirmation]:
    """Train the `n` best-ranked pairs that can be trained, and the main task alone.

    All tasks are read before any is trained. What the workspace's store has is not trained
    again, unless it failed.

    Parameters
    ----------
    predictions : sequence of Prediction
        For one main task, the most promising auxiliary first.
    evidence : Evidence
        Its recipe is used.
    found : Trainable
        With `n` auxiliaries or more.
    n : int
        Number of pairs.
    workspace : Workspace
        Where data are, and where runs are kept.
    seeds : sequence of int or None
        Default `SEEDS`.
    remove_leaks : bool
        Whether to train without the main task's dev and test texts in the auxiliaries.

    Returns
    -------
    predictions : list of Prediction
        The same; those of the trained pairs have `confirmed`.
    confirmation : Confirmation
    """
    main, seeds = predictions[0].main, tuple(dict.fromkeys(seeds or SEEDS))
    ranks = {p.aux: rank for rank, p in enumerate(predictions, 1)}
    chosen = [aux for aux in ranks if aux in found.auxs][:n]
    skipped = {
        aux: found.missing[aux] for aux in [*ranks][: ranks[chosen[-1]]] if aux in found.missing
    }
    entries = [found.main, *(found.auxs[aux] for aux in chosen)]
    study = planned_like(
        evidence, entries, workspace, "confirm", seeds, main=main, remove_leaks=remove_leaks
    )
    failed = study.train(
        workspace.folder,
        task_info,
        jobs=workspace.jobs,
        retry_failed=True,
        bar=workspace.progress,
    )
    warnings = _other_data(study.tasks, evidence)
    for warning in warnings:
        log.warning("warning: %s", warning)
    measured = collect(study, workspace.folder).asked.set_index("aux").to_dict("index")
    both = [
        replace(p, confirmed=confirmed(p, ranks[p.aux], measured[p.aux]))
        if p.aux in measured
        else p
        for p in predictions
    ]
    return both, Confirmation(seeds, skipped, failed, (*study.warnings, *warnings))


def confirmed(p: Prediction, rank: int, row: Mapping) -> Confirmed:
    """What was measured of a pair.

    rank : of the prediction; row : of `gains`
    """
    gain = float(row["gain"])
    within = None if np.isnan([gain, p.low]).any() else bool(p.low <= gain <= p.high)
    return Confirmed(
        gain,
        float(row["low"]),
        float(row["high"]),
        int(row["n_seeds"]),
        rank,
        row["verdict"],
        within,
    )


def _other_data(tasks: Mapping[str, Task], evidence: Evidence) -> list[str]:
    """Sentences about tasks whose data are not what the evidence measured under their name."""
    digests = evidence.about["digest"]
    return [
        f"the data of {name} are not those that evidence {evidence.name} measured (digest "
        f"{task.digest[:8]}… here, {digests[name][:8]}… there), so the prediction is about "
        "another task"
        for name, task in tasks.items()
        if digests.get(name, "") not in ("", task.digest) and REMOVED not in task.left_out
    ]
