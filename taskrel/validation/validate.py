"""Validation: how good the predictor's answers about unseen tasks are.

``validate(find_evidence("bingel2017"))`` returns most of the document that ``taskrel validate``
prints; `full_validation` adds the paper's tables and the checks of interval and P(gain).
"""

from functools import partial
from typing import Any

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.meta.evidence.encoders import has_encoders
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.features.names import ENCODER_FEATURES
from taskrel.meta.predictor.table.pair_data import PairData, pair_data
from taskrel.tasks.task import LEVEL_NAMES
from taskrel.validation.folds import PROTOCOLS
from taskrel.validation.gain_map import gain_map
from taskrel.validation.models.names import BASELINES, GROUPS, NEW_PREDICTOR, NOISE, PREDICTOR
from taskrel.validation.outcomes import ALL, COMPARED, PREDICTOR_REPEATS, WITHIN_KIND, outcomes
from taskrel.validation.scoring.family_bootstrap import family_weights, rounded
from taskrel.validation.scoring.figures import differences_of, figures_of
from taskrel.validation.scoring.noise_ceiling import noise_ceiling
from taskrel.validation.verdict import PROTOCOL, validation_verdict

SCHEMA = 1
#: What a group of features must beat before its features mean anything.
GROUP_RIVALS = (NOISE, "aux_mean")
#: Model → the baselines that it is compared with.
RIVALS = {
    **dict.fromkeys((*PREDICTOR, *NEW_PREDICTOR), BASELINES),
    **dict.fromkeys(GROUPS, GROUP_RIVALS),
}
#: Models whose calibration is shown.
CALIBRATED = ("all_features", "full", "new_full")

NOTES = {
    "interval": "95 %, from resampled families of tasks with predictions held fixed. "
    "For noise features: the middle 95 % of their draws.",
    "levels": "AUC compares scores of different fits, except under random_pairs. So do the scores "
    "within a main task under leave_aux_out and leave_both_out. A fit that leaves out many gains "
    "has seen few, and predicts low scores for them. So even a useless model is below 0.5 (AUC) "
    "or 0 (Spearman) there.",
    "regret": "In percent of the main task's score, compared with the best auxiliary or none.",
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
    """Score the predictor, its groups of features and the baselines under all protocols.

    Parameters
    ----------
    evidence : Evidence
        Its measured pairs are learned from and predicted.
    repeats : int
        Shuffles of the random pairs; the predictor itself has `PREDICTOR_REPEATS`.
    draws : int
        Draws of noise features.
    resamples : int
        Bootstrap resamples of the families; those of noise features are spread over its draws.
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
        (protocol → what was not seen), notes (see `NOTES`)
        protocols : protocol → model → score → figure
        within_kind : the same, for auxiliaries of the main task's kind only;
            None where all tasks are of one kind
        by_unit : level of the main task's labels (see `LEVEL_NAMES`) → model → score → figure,
            under the protocol of the verdict; empty where that has no folds
        differences : protocol of `COMPARED` → model of `RIVALS` → rival → score →
            figure, model minus rival; lower is better for brier, log_loss and regret
        reliability : protocol → model of `CALIBRATED` → bins, see `calibration_bins`
        verdict : see `validation_verdict`
        new_verdict : the same for the models that answer about a new task, which has no
            encoder features; None where the evidence has no such features, or comes with encoders

        Left out: a protocol without folds, a model without its columns, and the models for new
        tasks where the evidence has no `ENCODER_FEATURES` and in protocols other than `COMPARED`.

    Raises
    ------
    EvidenceError
        Where there is one task only, no measured pair or no feature, and where all pairs are
        gains or none is.
    """
    data = _checked(evidence)
    weights = family_weights(data, resamples, seed)
    found = outcomes(
        data, _simpler(evidence), weights, repeats=repeats, draws=draws, jobs=jobs, seed=seed
    )
    protocols = figures_of(found, ALL)
    differences = {p: differences_of(found[p], RIVALS, ALL) for p in COMPARED if p in found}
    ceiling = noise_ceiling(evidence)
    families = len(np.unique(data.family[[data.main, data.aux]]))
    verdict = partial(validation_verdict, protocols, differences, families, ceiling)
    return {
        "schema": SCHEMA,
        "evidence": evidence.name,
        "n_tasks": len(np.unique([data.main, data.aux])),
        "n_pairs": len(data.gain),
        "n_families": families,
        "base_rate": rounded(data.positive.mean()),
        "noise_ceiling": None if ceiling is None else rounded(ceiling),
        "gains": gain_map(evidence, data, weights),
        "settings": {
            "repeats": repeats,
            "predictor_repeats": min(repeats, PREDICTOR_REPEATS),
            "draws": draws,
            "resamples": resamples,
            "seed": seed,
        },
        "about": {p: PROTOCOLS[p] for p in found},
        "notes": NOTES,
        "protocols": protocols,
        "within_kind": figures_of(found, WITHIN_KIND) or None,
        "by_unit": {
            level: figures[PROTOCOL]
            for level in LEVEL_NAMES
            if (figures := figures_of(found, level))
        },
        "differences": differences,
        "reliability": {
            p: {k: models[k].reliability for k in CALIBRATED if k in models}
            for p, models in found.items()
        },
        "verdict": verdict(PREDICTOR[1]),
        "new_verdict": verdict(NEW_PREDICTOR[1])
        if NEW_PREDICTOR[1] in protocols.get(PROTOCOL, {})
        else None,
    }


def _checked(evidence: Evidence) -> PairData:
    """The measured pairs, if they can be validated."""
    if len(evidence.tasks) < 2:
        raise EvidenceError(
            f"evidence {evidence.name}: it has one task only, but validation needs the measured "
            "pairs of several; train more pairs with taskrel run"
        )
    data = pair_data(evidence)
    if data.positive.all() or not data.positive.any():
        which = "gains" if data.positive.any() else "without a gain"
        raise EvidenceError(
            f"evidence {evidence.name}: all {len(data.gain)} measured pairs are {which}, but "
            "validation needs both gains and losses; train more pairs with taskrel run"
        )
    return data


def _simpler(evidence: Evidence) -> PairData | None:
    """The measured pairs with the features of a new task; None where a new task lacks none."""
    if has_encoders(evidence):
        return None
    pairs = evidence.pairs.reindex(evidence.measured().index)
    if not pairs.reindex(columns=[*ENCODER_FEATURES]).notna().any(axis=None):
        return None
    return pair_data(evidence, ENCODER_FEATURES)
