"""A fitted predictor as JSON: coefficients, what they cover, and how well they validate.

``predictor.json`` in an evidence folder is what makes `predict` answer at once:
nothing is fitted, and neither scikit-learn nor torch is imported.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from taskrel.errors import EvidenceError
from taskrel.io.paths import atomic
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.predictor import LEVELS, GainPredictor

NAME = "predictor.json"
SCHEMA = 1


def fit_all(predictor: GainPredictor) -> None:
    """Fit every model that `predict` may ask for: all levels, each family left out, and none.

    A family without which nothing can be learned has no model: `predict` says why.
    """
    evidence = predictor.evidence_
    for level in LEVELS:
        predictor.model(level, "")
        for family in sorted(set(evidence.families[evidence.measured_tasks])):
            with suppress(EvidenceError):
                predictor.model(level, family)


def save_predictor(predictor: GainPredictor, path: Path, validation: dict[str, Any]) -> None:
    """Write all models of a fitted predictor with its validation summary.

    Raises `EvidenceError` where the predictor has an estimator of its own: only
    the default models are plain coefficients, and nothing is ever pickled. So it does
    where the predictor wants probes, which an answer must not need.
    """
    if predictor.classifier is not None or predictor.regressor is not None or predictor.probe:
        raise EvidenceError(
            "a predictor with probes or an estimator of its own cannot be saved "
            "as JSON; fit it again where it is needed, or use the default"
        )
    fit_all(predictor)
    document = {
        "schema": SCHEMA,
        "evidence": digest(predictor.evidence_),
        "validation": validation,
        "models": [
            {"level": level, "left_out": family, **model.to_plain()}
            for (level, family), model in sorted(predictor.models_.items())
        ],
    }
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")


def load_predictor(path: Path, evidence: Evidence) -> GainPredictor:
    """Read what `save_predictor` wrote.

    Raises `EvidenceError` where the file is damaged, newer than this code, or
    was fitted to other evidence.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["schema"] != SCHEMA:
            raise EvidenceError(
                f"{path}: field 'schema': expected {SCHEMA}, found "
                f"{raw['schema']!r}; update taskrel"
            )
        if raw["evidence"] != digest(evidence):
            raise EvidenceError(
                f"{path}: fitted to other evidence than lies beside it; make both "
                "again with python -m taskrel.evidence, or delete this file to "
                "have one fitted"
            )
        predictor = GainPredictor()
        predictor.evidence_ = evidence
        predictor.validation_ = dict(raw["validation"])
        predictor.models_ = {
            (m["level"], m["left_out"]): Model.from_plain(m) for m in raw["models"]
        }
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise EvidenceError(
            f"{path}: no predictor can be read from it ({type(e).__name__}: {e}); "
            "get the file again, or delete it to have one fitted"
        ) from None
    return predictor


def digest(evidence: Evidence) -> str:
    """SHA-256 over what a predictor is fitted to: features, scores alone, gains, families, kinds.

    Gains as means and seed by seed, whose noise weighs the main tasks.
    """
    found = hashlib.sha256(
        repr([sorted(evidence.families.items()), sorted(evidence.about["kind"].items())]).encode()
    )
    seeds = evidence.gains[evidence.gains["recipe"].isin(evidence.summary["recipe"])]
    for frame in (
        evidence.tasks,
        evidence.about[["stl"]],
        evidence.pairs,
        evidence.measured()[["gain"]],
        seeds.set_index(["main", "aux", "seed"])[["gain"]],
    ):
        frame = frame.sort_index().sort_index(axis="columns")
        found.update(repr([list(frame.index), list(frame.columns)]).encode())
        # Ten digits: a mean of seeds may differ in the last bit between two machines.
        found.update(repr([[f"{v:.10g}" for v in row] for row in frame.to_numpy(float)]).encode())
    return found.hexdigest()
