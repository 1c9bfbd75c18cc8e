"""The whole validation of an evidence: protocols, the paper's tables and findings, the interval."""

import logging
from typing import Any, NamedTuple

import pandas as pd

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.file import digest
from taskrel.meta.predictor.predictor import GainPredictor
from taskrel.meta.predictor.table.pair_data import PairData, pair_data
from taskrel.validation.by_size import by_size
from taskrel.validation.held_out import held_out_answers, interval_check, probability_check
from taskrel.validation.paper.findings import check_findings
from taskrel.validation.paper.tables import table_3, table_4
from taskrel.validation.rankings import rankings
from taskrel.validation.scoring.family_bootstrap import Weights, family_weights
from taskrel.validation.validate import validate

#: Resamples of the families, for intervals of what is counted on held-out answers.
RESAMPLES = 1000

log = logging.getLogger("taskrel")


class FullValidation(NamedTuple):
    """The validation of an evidence, and the fitted predictor.

    document : that of `validate`, and in addition table_3, table_4 and findings of the paper
        (the tables are empty where no task has one of the paper's features), by_size (see
        `by_size`), interval and probability (see `interval_check`, `probability_check`),
        rankings (see `rankings`), new_interval, new_probability and new_rankings (the same for new
        tasks; None where the same models answer), evidence_digest (see `predictor.file.digest`)
    predictor : fitted to the evidence, and once without each family
    answers : see `held_out_answers`
    """

    document: dict[str, Any]
    predictor: GainPredictor
    answers: pd.DataFrame


def full_validation(
    evidence: Evidence, *, jobs: int | None = None, seed: int = 0
) -> FullValidation:
    """Validate and fit; raises `EvidenceError` where `validate` does.

    jobs : processes; None is one per core
    seed : of shuffles, noise features and resamples
    """
    log.info(
        "validating %s: %d tasks, %d measured pairs",
        evidence.name,
        len(evidence.tasks),
        len(evidence.measured()),
    )
    document = validate(evidence, jobs=jobs, seed=seed)
    log.info("the paper's tables and findings")
    data = pair_data(evidence)
    tables: dict[str, list] = {"table_3": [], "table_4": []}
    if "all_features" in data.tables:
        tables = {"table_3": table_3(data, seed), "table_4": table_4(data, seed)}
    predictor = GainPredictor().fit(evidence)
    answers = held_out_answers(predictor)
    weights = family_weights(data, RESAMPLES, seed)
    document |= tables | {
        "findings": check_findings(evidence, **tables),
        "by_size": by_size(data, jobs=jobs, seed=seed),
        **_of_answers("", data, answers, weights),
        **_of_new_tasks(document, predictor, weights),
        "evidence_digest": digest(evidence),
    }
    return FullValidation(document, predictor, answers)


def _of_new_tasks(
    document: dict[str, Any], predictor: GainPredictor, weights: Weights
) -> dict[str, Any]:
    """The checks of the models that answer about a new task."""
    if document["new_verdict"] is None:
        return {"new_interval": None, "new_probability": None, "new_rankings": None}
    answers = held_out_answers(predictor, "without_encoder")
    return _of_answers("new_", predictor.data("without_encoder"), answers, weights)


def _of_answers(
    prefix: str, data: PairData, answers: pd.DataFrame, weights: Weights
) -> dict[str, Any]:
    score, asked = answers.score.to_numpy(), answers.asked.to_numpy()
    return {
        f"{prefix}interval": interval_check(answers, weights),
        f"{prefix}probability": probability_check(answers, weights),
        f"{prefix}rankings": rankings(data, score, asked, weights),
    }
