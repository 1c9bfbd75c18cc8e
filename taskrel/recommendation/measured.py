"""Measure a ranking: train the main task from each encoder that comes with the evidence.

No auxiliary corpus is needed, and a run takes seconds, so that all auxiliaries can be tried in
place of a few. Runs are kept, and those that are there are not trained again.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from taskrel.errors import UsageError
from taskrel.meta.evidence.encoders import Encoders, read_encoders
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.task_info import task_info
from taskrel.meta.predictor.gain_interval import LEVEL
from taskrel.meta.predictor.prediction import Prediction
from taskrel.recommendation.confirm import SEEDS, confirmed
from taskrel.recommendation.planned_like import planned_like, recipe_of
from taskrel.recommendation.recommendation import Confirmation
from taskrel.recommendation.workspace import Workspace
from taskrel.study.analysis.gains import gains, gains_per_seed
from taskrel.study.analysis.records import record_scores
from taskrel.study.analysis.smoothed import SMOOTHED, with_smoothed
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.plan import Run
from taskrel.study.store.encoders import kept_path, save_encoder
from taskrel.study.store.store import Store
from taskrel.training.recipes.budget import budgets_of
from taskrel.training.result import Encoder

#: Folder of the store, in the workspace's folder: auxiliaries have names of their own there.
FOLDER = "from_encoders"
#: Standard deviations in half a prediction interval, if it were that of a normal distribution.
_HALF = NormalDist().inv_cdf((1 + LEVEL) / 2)

log = logging.getLogger("taskrel")


def measurable(evidence: Evidence, auxs: Sequence[str]) -> Encoders:
    """The encoders of these auxiliaries that come with the evidence.

    Raises `UsageError` where there is none, or the evidence was not measured in transfer.
    """
    recipe = recipe_of(evidence)
    if recipe.schedule != "transfer":
        raise UsageError(
            f"evidence {evidence.name} was measured with schedule {recipe.schedule!r}, and --measure "
            "needs 'transfer'; --confirm K trains pairs as they were measured"
        )
    found = {key: encoder for key, encoder in read_encoders(evidence).items() if key[0] in auxs}
    if not found:
        raise UsageError(
            f"evidence {evidence.name} has no encoder of {', '.join(auxs)}, so nothing can be trained "
            "from it; --confirm K trains pairs with the auxiliaries' corpora"
        )
    return found


def measure_ranking(
    predictions: Sequence[Prediction],
    evidence: Evidence,
    workspace: Workspace,
    seeds: Sequence[int] | None = None,
) -> tuple[list[Prediction], Confirmation]:
    """Train the main task alone and from the shipped encoder of each of these auxiliaries.

    Parameters
    ----------
    predictions : sequence of Prediction
        For one main task.
    evidence : Evidence
        Its recipe is used, and its encoders.
    workspace : Workspace
        Where data are, and where runs are kept.
    seeds : sequence of int or None
        Of the runs; default `SEEDS`. A run of seed s starts from encoder s mod n of the n that
        come with the evidence.

    Returns
    -------
    predictions : list of Prediction
        Those of measured auxiliaries first, by what `combine` expects of them; they have
        `confirmed`.
    confirmation : Confirmation

    Raises
    ------
    UsageError
        Where `measurable` does.
    """
    main, seeds = predictions[0].main, tuple(dict.fromkeys(seeds or SEEDS))
    encoders = measurable(evidence, [p.aux for p in predictions])
    auxs = list(dict.fromkeys(aux for aux, _ in encoders))
    study = planned_like(evidence, [workspace.entry(main, evidence)], workspace, "measure", seeds)
    folder = workspace.folder / FOLDER / main
    runs = _pair_runs(study, main, auxs, encoders, evidence, folder)
    study.parts[0].runs.extend(runs)
    failed = study.train(
        folder,
        task_info,
        jobs=workspace.jobs,
        retry_failed=True,
        bar=workspace.progress,
        others={aux: evidence.about["digest"][aux] for aux in auxs},
    )
    rows, per_seed = _measured(study, main, folder)
    both = combine(predictions, per_seed)
    found = [
        replace(p, confirmed=replace(confirmed(p, rank, rows[p.aux]), combined=both.get(p.aux)))
        if p.aux in rows
        else p
        for rank, p in enumerate(predictions, 1)
    ]
    found.sort(key=lambda p: -both.get(p.aux, -np.inf))
    skipped = {
        p.aux: "no encoder comes with the evidence" for p in predictions if p.aux not in auxs
    }
    return found, Confirmation(seeds, skipped, failed, tuple(study.warnings))


def _pair_runs(
    study: PlannedStudy,
    main: str,
    auxs: Sequence[str],
    encoders: Encoders,
    evidence: Evidence,
    folder: Path,
) -> list[Run]:
    """The runs of the main task from each auxiliary's encoders, which are written into `folder`."""
    alone, recipe = study.parts[0].runs, study.parts[0].recipe
    size = len(study.tasks[main].splits["train"])
    found = []
    for aux in auxs:
        own = [(seed, encoder) for (name, seed), encoder in encoders.items() if name == aux]
        sums = []
        for _, encoder in own:
            checksum = _checksum(encoder)
            if not (path := kept_path(folder, checksum)).exists():
                save_encoder(path, encoder)
            sums.append(checksum)
        updates = tuple(budgets_of([size, int(evidence.tasks["size"][aux])], recipe))
        for run in alone:
            found.append(
                replace(
                    run,
                    tasks=(main, aux),
                    digests=(*run.digests, evidence.about["digest"][aux]),
                    updates=updates,
                    encoder=sums[run.seed % len(sums)],
                )
            )
    return found


def _checksum(encoder: Encoder) -> str:
    digest = hashlib.sha256()
    for name, weights in sorted(encoder.weights.items()):
        digest.update(f"{name} {weights.shape}".encode() + weights.astype("<f4").tobytes())
    return digest.hexdigest()


def combine(predictions: Sequence[Prediction], per_seed: pd.DataFrame) -> dict[str, float]:
    """Auxiliary → its expected gain in percent from prediction and measurement together.

    The mean of a normal prior, the prediction with its interval, and of the measured mean, each
    weighted by its precision. What is measured is the smoothed gain (`analysis.smoothed`), which
    other seeds reproduce better than that of the test score; its variance is that of the residuals
    of auxiliaries × seeds. Without a prior or a variance it is the one of the two that is known.

    per_seed : aux, seed and `SMOOTHED` of the measured pairs
    """
    table = per_seed.pivot_table(index="aux", columns="seed", values=SMOOTHED)
    mean, n = table.mean(axis=1), table.notna().sum(axis=1)
    residual = table.sub(mean, axis=0)
    residual = residual - residual.mean()
    freedom = (len(table) - 1) * (table.shape[1] - 1)
    variance = float((residual**2).sum().sum()) / freedom if freedom > 0 else np.nan
    found = {}
    for p in predictions:
        if p.aux not in table.index:
            continue
        measured, spread = float(mean[p.aux]), (p.high - p.low) / 2 / _HALF
        if np.isnan([variance, spread]).any() or not variance or not spread:
            found[p.aux] = measured
            continue
        prior, own = 1 / spread**2, n[p.aux] / variance
        found[p.aux] = float((prior * p.gain + own * measured) / (prior + own))
    return found


def _measured(study: PlannedStudy, main: str, folder: Path) -> tuple[dict[str, dict], pd.DataFrame]:
    """Auxiliary → its row of `gains`; and the gains per seed, with those of smoothed scores."""
    part = study.parts[0]
    with Store.read(folder) as store:
        scores, curves = store.scores(part.digest), store.dev_curves(part.digest)
    planned = {run.identity for run in part.runs}
    record = record_scores(
        scores[scores["run"].isin(planned)],
        part.recipe.checkpoint,
        {main: study.tasks[main].metric},
        name=part.name,
        symmetric=False,
    )
    per_seed = with_smoothed(gains_per_seed(record), record, curves)
    return gains(per_seed).set_index("aux").to_dict("index"), per_seed
