"""Confirm a ranking: train its best pairs as the evidence was measured, and see who was right."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.task_info import task_info
from taskrel.meta.predictor.prediction import Confirmed, Prediction
from taskrel.recommendation.as_measured import check_vectors, recipe_of, runs_folder
from taskrel.recommendation.trainable import Trainable
from taskrel.study.analysis.results import collect
from taskrel.study.experiment.experiment import Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")

#: Of experiment and recipe, in messages.
NAME = "confirm"
#: Random seeds of each run, unless others are asked for.
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Confirmation:
    """What came of it beside the answers' own gains.

    seeds : of each run
    skipped : better-ranked auxiliary → why it was not trained
    failed : number of runs that failed
    warnings : about the tasks
    """

    seeds: tuple[int, ...]
    skipped: dict[str, str]
    failed: int
    warnings: tuple[str, ...]


def confirm(
    answers: Sequence[Prediction],
    evidence: Evidence,
    found: Trainable,
    n: int,
    *,
    seeds: Sequence[int] | None = None,
    data: str | None = None,
    out: str | None = None,
    jobs: int | None = None,
    bar: bool = True,
) -> tuple[list[Prediction], Confirmation]:
    """Train the `n` best-ranked pairs that can be, and the main task alone at the same seeds.

    All are read before any is trained. What the store in `out` has is not trained
    again, unless it failed.

    Parameters
    ----------
    answers : sequence of Prediction
        For one main task, the most promising auxiliary first.
    evidence : Evidence
        Its recipe is used.
    found : Trainable
        With `n` auxiliaries or more.
    n : int
        Number of pairs.
    seeds : sequence of int or None
        Default `SEEDS`.
    data, out, jobs, bar
        As in `with_new_tasks`.

    Returns
    -------
    answers : list of Prediction
        The same, those of the trained pairs with `confirmed`.
    confirmation : Confirmation
    """
    main, seeds = answers[0].main, tuple(dict.fromkeys(seeds or SEEDS))
    ranks = {p.aux: rank for rank, p in enumerate(answers, 1)}
    chosen = [aux for aux in ranks if aux in found.auxs][:n]
    skipped = {
        aux: found.missing[aux] for aux in [*ranks][: ranks[chosen[-1]]] if aux in found.missing
    }
    entries = (found.main, *(found.auxs[aux] for aux in chosen))
    experiment = Experiment(
        NAME, entries, seeds, {NAME: recipe_of(evidence)}, (NAME,), runs={NAME: Runs(alone=(main,))}
    )
    study = prepare_study(experiment, data=data, main=main)
    check_vectors(study.parts[0], evidence)
    warnings = _other_data(study.tasks, evidence)
    for warning in warnings:
        log.warning("warning: %s", warning)
    folder = runs_folder(out)
    failed = study.train(folder, task_info, jobs=jobs, retry_failed=True, bar=bar)
    measured = collect(study, folder).asked.set_index("aux").to_dict("index")
    both = [
        replace(p, confirmed=_confirmed(p, ranks[p.aux], measured[p.aux]))
        if p.aux in measured
        else p
        for p in answers
    ]
    return both, Confirmation(seeds, skipped, failed, (*study.warnings, *warnings))


def _confirmed(p: Prediction, rank: int, row: Mapping) -> Confirmed:
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
    """Sentences about tasks that are not what the evidence measured under their name."""
    digests = evidence.about["digest"]
    return [
        f"{name} holds other data than evidence {evidence.name} measured (digest "
        f"{task.digest[:8]}… here, {digests[name][:8]}… there), so the prediction is about "
        "another task"
        for name, task in tasks.items()
        if digests.get(name, "") not in ("", task.digest)
    ]
