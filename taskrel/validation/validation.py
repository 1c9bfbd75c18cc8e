"""Validation: how good the predictor's answers are, in ways that cannot flatter it.

``validate(find_evidence("bingel2017"))`` is the document that
``python -m taskrel.validate`` prints.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.table.pair_data import PairData, pair_data
from taskrel.meta.predictor.table.pair_table import PAIR
from taskrel.tasks.task import LEVEL_NAMES, label_level
from taskrel.validation.folds import PROTOCOLS, folds
from taskrel.validation.gain_map import gain_map
from taskrel.validation.models.candidates import (
    BASELINES,
    GROUPS,
    KEYS,
    NEW_PREDICTOR,
    NOISE,
    PREDICTOR,
    candidates,
    new_predictor,
    predictor,
)
from taskrel.validation.scoring.evaluation import (
    Evaluated,
    Outcome,
    Scopes,
    evaluate,
    evaluate_noise,
    joined,
)
from taskrel.validation.scoring.family_bootstrap import family_weights, interval
from taskrel.validation.scoring.noise_ceiling import noise_ceiling
from taskrel.validation.scoring.scores import SCORES
from taskrel.validation.verdict import PROTOCOL, validation_verdict

SCHEMA = 1
#: Shuffles of the random pairs for the predictor, whose choices make a fit 100 times as long.
PREDICTOR_REPEATS = 10
#: Draws of noise that one process does in one go.
CHUNK = 25
#: Where the predictor is compared with the baselines, pair of figures by pair of figures.
COMPARED = ("leave_main_out", "leave_family_out")
#: What a group of features has to beat to have told anything of its own.
GROUP_RIVALS = (NOISE, "aux_mean")
#: Model → the baselines that it is compared with.
RIVALS = {
    **dict.fromkeys((*PREDICTOR, *NEW_PREDICTOR), BASELINES),
    **dict.fromkeys(GROUPS, GROUP_RIVALS),
}
#: Models whose calibration is shown.
CALIBRATED = ("all_features", "full")
ALL, WITHIN_KIND = "all", "within_kind"

NOTES = {
    "interval": "95 %, from resampled families of tasks with predictions held fixed; of noise, "
    "the middle 95 % of its draws",
    "levels": "auc, except in random_pairs, and the figures within a main task under leave_aux_out "
    "and leave_both_out compare scores of different fits. Each fit's level runs against "
    "what it leaves out, so that even a useless model falls below 0.5 (or 0) there",
    "regret": "percent of the main task's score, against the best auxiliary or none",
}


def validate(
    evidence: Evidence,
    *,
    repeats: int = 100,
    draws: int = 200,
    resamples: int = 1000,
    jobs: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Score the predictor, its feature groups and the baselines under all protocols.

    Parameters
    ----------
    evidence : Evidence
        Its measured pairs are what is learned from and asked about.
    repeats : int
        Shuffles of the random pairs; the predictor itself has `PREDICTOR_REPEATS`.
    draws : int
        Draws of noise features.
    resamples : int
        Bootstrap resamples of the families; those of noise are spread over its draws.
    jobs : int or None
        Processes; None is one per core. They change no figure.
    seed : int
        Of shuffles, draws and resamples.

    Returns
    -------
    dict
        Plain data for JSON. A figure is {"value", "low", "high"}, or None where it is
        not defined; its name is a key of `scores.SCORES`.

        schema, evidence, n_tasks, n_pairs, n_families, base_rate (share of gains),
        noise_ceiling (see `noise_ceiling`), gains (see `gain_map`), settings, about
        (protocol → whom it speaks of), notes
        protocols : protocol → model → score → figure
        within_kind : the same, asked about auxiliaries of the main task's kind only;
            None where all tasks are of one kind
        by_unit : unit of main's labels (see `LEVEL_NAMES`) → model → score → figure, under the
            protocol of the verdict; empty where that has no folds
        differences : protocol of `COMPARED` → model of `RIVALS` → rival → score →
            figure, model less rival; lower is better for brier, log_loss and regret
        reliability : protocol → model of `CALIBRATED` → bins
        verdict : see `validation_verdict`
        new_verdict : the same of the models that answer about a new task, which has no
            encoder features; None where the evidence has no such features

        A protocol without folds and a model without its columns are left out; so is
        the predictor of new tasks where the evidence has no `ENCODER_FEATURES`, and in other
        protocols than `COMPARED`.

    Raises
    ------
    EvidenceError
        Where there is one task, no measured pair, no feature, or gains or losses only.
    """
    from joblib import Parallel, delayed

    if len(evidence.tasks) < 2:
        raise EvidenceError(
            f"evidence {evidence.name}: one task only; validation needs the "
            "measured pairs of several, so train more with run_pairs"
        )
    data = pair_data(evidence)
    if data.positive.all() or not data.positive.any():
        which = "gains" if data.positive.any() else "without a gain"
        raise EvidenceError(
            f"evidence {evidence.name}: all {len(data.gain)} measured pairs are "
            f"{which}; validation needs gains and losses to tell apart, so train "
            "more pairs"
        )
    weights = family_weights(data, resamples, seed)
    scopes = {protocol: _scopes(data, protocol) for protocol in PROTOCOLS}
    work = [
        (*where, delayed(function)(data, *arguments, weights, scopes[where[0]], seed))
        for *where, function, arguments in _work(data, _simpler(evidence), repeats, draws)
    ]
    done = Parallel(n_jobs=jobs or -1)(call for *_, call in work)
    outcomes: dict[str, dict[str, Outcome]] = {}
    noise: dict[str, list[dict[str, Evaluated]]] = {}
    for (protocol, is_noise, _), result in zip(work, done, strict=True):
        if is_noise:
            noise.setdefault(protocol, []).append(result)
        else:
            outcomes.setdefault(protocol, {}).update(result)
    for protocol, parts in noise.items():
        outcomes[protocol][NOISE] = Outcome(joined(parts), [])
    outcomes = {
        p: {k: outcomes[p][k] for k in KEYS if k in outcomes[p]} for p in PROTOCOLS if p in outcomes
    }
    differences = _differences(outcomes)
    ceiling = noise_ceiling(evidence)
    families = len(np.unique(data.family[[data.main, data.aux]]))
    protocols = _figures(outcomes, ALL)
    judged = partial(validation_verdict, protocols, differences, families, ceiling)
    return {
        "schema": SCHEMA,
        "evidence": evidence.name,
        "n_tasks": len(np.unique([data.main, data.aux])),
        "n_pairs": len(data.gain),
        "n_families": families,
        "base_rate": _rounded(data.positive.mean()),
        "noise_ceiling": None if ceiling is None else _rounded(ceiling),
        "gains": gain_map(evidence, data, weights),
        "settings": {
            "repeats": repeats,
            "predictor_repeats": min(repeats, PREDICTOR_REPEATS),
            "draws": draws,
            "resamples": resamples,
            "seed": seed,
        },
        "about": {p: PROTOCOLS[p] for p in outcomes},
        "notes": NOTES,
        "protocols": protocols,
        "within_kind": _figures(outcomes, WITHIN_KIND) or None,
        "by_unit": {
            unit: found[PROTOCOL] for unit in LEVEL_NAMES if (found := _figures(outcomes, unit))
        },
        "differences": differences,
        "reliability": {
            p: {k: models[k].reliability for k in CALIBRATED if k in models}
            for p, models in outcomes.items()
        },
        "verdict": judged(PREDICTOR[1]),
        "new_verdict": judged(NEW_PREDICTOR[1])
        if NEW_PREDICTOR[1] in protocols.get(PROTOCOL, {})
        else None,
    }


def _simpler(evidence: Evidence) -> PairData | None:
    """The measured pairs as a new task's would be; None where that is how they are anyway."""
    there = evidence.pairs.reindex(evidence.measured().index)
    if not there.reindex(columns=[*ENCODER_FEATURES]).notna().any(axis=None):
        return None
    return pair_data(evidence, ENCODER_FEATURES)


def _scopes(data: PairData, protocol: str) -> Scopes:
    """All pairs; those of one kind, where there are others; by unit of main's labels."""
    found = {ALL: np.ones(len(data.gain), bool)}
    same = data.column(f"{PAIR}same_kind")
    if same is not None and (same == 1).any() and not (same == 1).all():
        found[WITHIN_KIND] = same[:, 0] == 1
    if protocol == PROTOCOL:
        main = np.array([label_level(kind) for kind in data.kind])[data.main]
        found |= {unit: main == unit for unit in LEVEL_NAMES if (main == unit).any()}
    return found


def _work(data: PairData, simpler: PairData | None, repeats: int, draws: int) -> Iterator[tuple]:
    """(protocol, whether it is noise, function, its arguments), the longest first."""
    protocols = sorted((p for p in PROTOCOLS if folds(p, data)), key=lambda p: -len(folds(p, data)))
    for candidate in candidates(data, simpler):
        most = PREDICTOR_REPEATS if candidate is predictor else repeats
        # A new task is a main task that one has; the other protocols are not about that.
        new = getattr(candidate, "func", None) is new_predictor
        for p in COMPARED if new else protocols:
            n = min(repeats, most) if p == "random_pairs" else 1
            if p in protocols:
                yield p, False, evaluate, (p, candidate, n)
    for p in protocols:
        for first in range(0, draws, CHUNK):
            yield p, True, evaluate_noise, (p, range(first, min(first + CHUNK, draws)), draws)


def _figures(outcomes: dict[str, dict[str, Outcome]], scope: str) -> dict[str, Any]:
    """Protocol → model → score → figure, of the protocols that have the scope."""
    found = {
        p: {
            key: _figure(
                o.scopes[scope].value,
                o.scopes[scope].band() if key == NOISE else o.scopes[scope].intervals(),
            )
            for key, o in models.items()
            if scope in o.scopes
        }
        for p, models in outcomes.items()
    }
    return {p: models for p, models in found.items() if models}


def _differences(outcomes: dict[str, dict[str, Outcome]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for p in COMPARED:
        models = {key: o.scopes[ALL] for key, o in outcomes.get(p, {}).items()}
        for key, rivals in RIVALS.items():
            if key in models:
                found.setdefault(p, {})[key] = {
                    b: _figure(
                        models[key].value - models[b].value,
                        [
                            interval(column)
                            for column in (models[key].resampled - models[b].resampled).T
                        ],
                    )
                    for b in rivals
                    if b in models
                }
    return found


def _figure(values: np.ndarray, intervals: list[tuple[float, float]]) -> dict[str, Any]:
    """Score → value, low and high; None where the score is not defined."""
    return {
        name: None
        if np.isnan(value)
        else {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high)}
        for name, value, (low, high) in zip(SCORES, values, intervals, strict=True)
    }


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
