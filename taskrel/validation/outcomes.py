"""Every model under every protocol: scored in parallel, the longest fits first."""

from collections.abc import Iterator

import numpy as np

from taskrel.meta.predictor.table.pair_data import PairData
from taskrel.meta.predictor.table.pair_table import PAIR
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.validation.folds import PROTOCOLS, folds
from taskrel.validation.models.candidates import candidates, new_predictor, predictor
from taskrel.validation.models.names import KEYS, NOISE
from taskrel.validation.scoring.evaluation import (
    Evaluated,
    Outcome,
    Scopes,
    evaluate,
    evaluate_noise,
    joined,
)
from taskrel.validation.scoring.family_bootstrap import Weights
from taskrel.validation.verdict import PROTOCOL

#: Shuffles of the random pairs for the predictor, whose choices make a fit 100 times as long.
PREDICTOR_REPEATS = 10
#: Draws of noise features that one process scores in one call.
CHUNK = 25
#: Protocols under which a model is compared with its rivals, and that apply to new tasks.
COMPARED = ("leave_main_out", "leave_family_out")
#: Scopes of the figures, besides the label levels of `LEVEL_NAMES`.
ALL, WITHIN_KIND = "all", "within_kind"

#: Protocol → model → what it achieved.
Outcomes = dict[str, dict[str, Outcome]]


def outcomes(
    data: PairData,
    simpler: PairData | None,
    weights: Weights,
    *,
    repeats: int,
    draws: int,
    jobs: int | None,
    seed: int,
) -> Outcomes:
    """Score all models under all protocols.

    Parameters
    ----------
    data : PairData
        The measured pairs.
    simpler : PairData or None
        The same pairs without the features that a new task lacks, if any pair has them.
    weights : Weights
        Resamples of the families, see `family_weights`.
    repeats : int
        Shuffles of the random pairs; the predictor itself has `PREDICTOR_REPEATS`.
    draws : int
        Draws of noise features.
    jobs : int or None
        Processes; None is one per core. They change no figure.
    seed : int
        Of shuffles and draws.

    Returns
    -------
    dict
        In the order of `PROTOCOLS` and `KEYS`. Protocols without folds, models without their
        columns, and the models for new tasks in protocols other than `COMPARED` are left out.
    """
    from joblib import Parallel, delayed

    scopes = {protocol: _scopes(data, protocol) for protocol in PROTOCOLS}
    work = list(_work(data, simpler, repeats, draws))
    results = Parallel(n_jobs=jobs or -1)(
        delayed(function)(data, *arguments, weights, scopes[protocol], seed)
        for protocol, function, arguments in work
    )
    found: Outcomes = {}
    noise: dict[str, list[dict[str, Evaluated]]] = {}
    for (protocol, function, _), result in zip(work, results, strict=True):
        if function is evaluate_noise:
            noise.setdefault(protocol, []).append(result)
        else:
            found.setdefault(protocol, {}).update(result)
    for protocol, parts in noise.items():
        found[protocol][NOISE] = Outcome(joined(parts), [])
    return {p: {k: found[p][k] for k in KEYS if k in found[p]} for p in PROTOCOLS if p in found}


def _scopes(data: PairData, protocol: str) -> Scopes:
    """All pairs; those of one kind, where there are others; by level of the main task's labels."""
    found = {ALL: np.ones(len(data.gain), bool)}
    same = data.column(f"{PAIR}same_kind")
    if same is not None and (same == 1).any() and not (same == 1).all():
        found[WITHIN_KIND] = same[:, 0] == 1
    if protocol == PROTOCOL:
        main = np.array([label_level(kind) for kind in data.kind])[data.main]
        found |= {level: main == level for level in LEVEL_NAMES if (main == level).any()}
    return found


def _work(data: PairData, simpler: PairData | None, repeats: int, draws: int) -> Iterator[tuple]:
    """(protocol, function, its arguments), the longest first."""
    protocols = sorted((p for p in PROTOCOLS if folds(p, data)), key=lambda p: -len(folds(p, data)))
    for candidate in candidates(data, simpler):
        most = PREDICTOR_REPEATS if candidate is predictor else repeats
        new = getattr(candidate, "func", None) is new_predictor
        for p in COMPARED if new else protocols:
            if p in protocols:
                yield p, evaluate, (p, candidate, min(repeats, most) if p == "random_pairs" else 1)
    for p in protocols:
        for first in range(0, draws, CHUNK):
            yield p, evaluate_noise, (p, range(first, min(first + CHUNK, draws)), draws)
