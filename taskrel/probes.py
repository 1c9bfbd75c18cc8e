"""Probes: train the start of the joint runs of which the evidence does not know it, and rank anew.

A probe costs a tenth or a fifth of a pair's run (`start_share`), and is kept.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from taskrel.errors import EvidenceError, UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.pair_names import START_FEATURES
from taskrel.meta.features.start import start_evaluations, start_features, start_share
from taskrel.meta.features.task_info import task_info
from taskrel.meta.predictor.prediction import Prediction
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.recommendation.as_measured import check_vectors, recipe_of, runs_folder
from taskrel.recommendation.trainable import Trainable, trainable
from taskrel.study.experiment.experiment import Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.study.store.store import Store

log = logging.getLogger("taskrel")

#: Of experiment and recipe, in messages.
NAME = "probe"
_KNOWN = "start_loss"


@dataclass(frozen=True)
class Probes:
    """What is to be probed, looked for before anything is trained.

    evidence : what the probing predictor learns from
    main : the main task
    n : how many auxiliaries, the best-ranked ones; 0: all
    known : those whose start with `main` the evidence has
    found : the others; None where there is none
    """

    evidence: Evidence
    main: str
    n: int
    known: frozenset[str]
    found: Trainable | None


@dataclass(frozen=True)
class Probed:
    """What came of it: a probe's share of a run, who was probed, and for whom a probe was trained.

    share : cost of a probe, as a share of a pair's run
    auxs : the probed auxiliaries, best first; they stand first in the ranking
    trained : those whose start the evidence did not have
    skipped : auxiliary that stood before some of these → why it could not be probed
    """

    share: float
    auxs: tuple[str, ...]
    trained: tuple[str, ...]
    skipped: dict[str, str]


def find_probes(
    evidence: Evidence,
    main: str,
    auxs: Sequence[str],
    n: int,
    *,
    cards: Sequence[str] = (),
    data: str | None = None,
) -> Probes:
    """Look for all that probes of `main` with these auxiliaries need.

    Parameters
    ----------
    evidence : Evidence
        Before tasks are added that it does not know.
    main : str
        The main task.
    auxs : sequence of str
        The candidates.
    n : int
        How many of them are to be probed; 0: all.
    cards, data
        As in `trainable`.

    Raises
    ------
    UsageError
        Where the evidence has no starts to learn from, or there are fewer than `n` candidates.
    DataError
        As `trainable` does, where fewer than `n` can be probed.
    """
    if _KNOWN not in evidence.pairs:
        raise UsageError(
            f"evidence {evidence.name}: no pair has the start of its joint run, so "
            "what a probe tells cannot be learned from it; leave --probe out, or "
            "name a study of run_pairs, or evidence made from one"
        )
    if n > len(auxs):
        raise UsageError(
            f"--probe {n}: {main} has {len(auxs)} candidate"
            f"{'' if len(auxs) == 1 else 's'} here; ask for no more than that"
        )
    there = evidence.pairs[_KNOWN].dropna().index
    known = frozenset(aux for aux in auxs if (main, aux) in there)
    lacking = [aux for aux in auxs if aux not in known]
    found = None
    if lacking:
        found = trainable(
            evidence,
            main,
            lacking,
            max((n or len(auxs)) - len(known), 0),
            cards=cards,
            data=data,
            option="--probe",
        )
    return Probes(evidence, main, n, known, found)


def probe(
    answers: Sequence[Prediction],
    joined: Evidence,
    probes: Probes,
    *,
    data: str | None = None,
    out: str | None = None,
    jobs: int | None = None,
    bar: bool = True,
) -> tuple[list[Prediction], Probed]:
    """Rank the auxiliaries with probes, before the others.

    Those that are probed are answered for by a predictor that has learned from the
    starts of the evidence's pairs. A probe that the store in `out` has is not trained
    again, unless it failed.

    Parameters
    ----------
    answers : sequence of Prediction
        For one main task, without probes, the most promising auxiliary first.
    joined : Evidence
        The evidence with the tasks that it did not know.
    probes : Probes
        What may be probed.
    data, out, jobs, bar
        As in `with_new_tasks`.

    Raises
    ------
    EvidenceError
        Where a probe failed.
    """
    prober = GainPredictor(probe=True).fit(probes.evidence)
    able = probes.known | set(probes.found.auxs if probes.found else ())
    chosen = [p.aux for p in answers if p.aux in able][: probes.n or None]
    missing = [aux for aux in chosen if aux not in probes.known]
    before = [p.aux for p in answers]
    before = before[: before.index(chosen[-1])]
    skipped = {
        aux: why
        for aux, why in (probes.found.missing if probes.found else {}).items()
        if aux in before
    }
    prober.validation_ = answers[0].validation  # has figures of both predictors
    prober.evidence_ = joined
    if missing:
        prober.evidence_ = _with_starts(joined, probes, missing, data, out, jobs, bar)
    ranked = prober.ranked(probes.main, chosen)
    share = start_share(probes.evidence.recipe)
    return (
        [*ranked, *(p for p in answers if p.aux not in chosen)],
        Probed(share, tuple(p.aux for p in ranked), tuple(missing), skipped),
    )


def _with_starts(
    joined: Evidence,
    probes: Probes,
    auxs: Sequence[str],
    data: str | None,
    out: str | None,
    jobs: int | None,
    bar: bool,
) -> Evidence:
    """The evidence with the starts of these pairs, trained here."""
    recipe = recipe_of(probes.evidence)
    start = msgspec.structs.replace(recipe, stop_after=start_evaluations(recipe))
    entries = (probes.found.main, *(probes.found.auxs[aux] for aux in auxs))
    seed = int(probes.evidence.gains["seed"].min())
    # The main task alone is stopped there, too: its dev curve is the other half of the features.
    experiment = Experiment(
        NAME, entries, (seed,), {NAME: start}, (NAME,), runs={NAME: Runs(alone=(probes.main,))}
    )
    study = prepare_study(experiment, data=data, main=probes.main)
    (part,) = study.parts
    check_vectors(part, probes.evidence)
    folder = runs_folder(out)
    if study.train(folder, task_info, jobs=jobs, retry_failed=True, bar=bar):
        raise EvidenceError(
            f"{probes.main}: a probe failed, see above; the traceback is in {folder}"
        )
    with Store.read(folder) as store:
        found = start_features(
            store.dev_curves(part.digest), store.dev_curves(part.digest, loss=True), start
        )
    pairs = joined.pairs.copy()
    for aux in auxs:
        pairs.loc[(probes.main, aux), [*START_FEATURES]] = found[probes.main, aux]
    return replace(joined, pairs=pairs)
