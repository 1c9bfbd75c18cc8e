"""A fitted predictor as JSON: coefficients, feature ranges, and a summary of its validation.

``predictor.json`` in an evidence folder is what makes `predict` answer at once:
nothing is fitted, and neither scikit-learn nor torch is imported.
"""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from taskrel.errors import EvidenceError
from taskrel.io.json import read_json
from taskrel.io.paths import atomic
from taskrel.io.toml import convert
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.model import Model
from taskrel.meta.predictor.predictor import FEATURE_SETS, GainPredictor
from taskrel.study.analysis.smoothed import SMOOTHED

NAME = "predictor.json"
SCHEMA = 1

Share = Annotated[float, Meta(ge=0, le=1)]
#: Larger ones overflow in a prediction, and no feature is so large.
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]


class Figure(Struct, frozen=True):
    """A score of a validation; without an interval where nothing was resampled."""

    value: Number
    low: Number | None
    high: Number | None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("expected both ends of an interval, found one")


class Coverage(Struct, frozen=True):
    """How often the prediction interval contained the measured gain, see `interval_check`."""

    level: Share
    coverage: Share | None = None
    width: Number | None = None
    n: int | None = None
    low: Number | None = None
    high: Number | None = None
    by_main: dict[str, Share] = {}

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("expected both ends of an interval, found one")
        if self.coverage is not None and self.width is None:
            raise ValueError("expected a width where there is a coverage, found none")


class _Summary(Struct, frozen=True):
    """Of the validation, what is shown with a prediction; see `validation_summary`."""

    text: str = ""
    new_text: str = ""
    interval: Coverage | None = None
    new_interval: Coverage | None = None
    by_unit: dict[Literal["token", "text"], Figure] = {}
    new_by_unit: dict[Literal["token", "text"], Figure] = {}
    within_unit: dict[Literal["token", "text"], Figure] = {}
    new_within_unit: dict[Literal["token", "text"], Figure] = {}


class _Linear(Struct, frozen=True, forbid_unknown_fields=True):
    columns: tuple[str, ...]
    median: list[Number]
    low: list[Number]
    high: list[Number]
    mean: list[Number]
    weight: list[Number]


class _Interval(Struct, frozen=True, forbid_unknown_fields=True):
    coef: list[Number]
    covariance: list[list[Number]]
    variance: Annotated[float, Meta(ge=0, le=1e15)]
    quantile: Annotated[float, Meta(ge=0, le=1e15)]
    exponent: Share


class _Model(Struct, frozen=True, forbid_unknown_fields=True):
    level: str  # set of features
    left_out: str  # family
    indices: Annotated[tuple[_Linear, ...], Meta(min_length=2)]
    calibration: tuple[Number, list[Number]]
    interval: _Interval | None
    n_pairs: Annotated[int, Meta(ge=1)]
    n_tasks: Annotated[int, Meta(ge=1)]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    evidence: str  # digest
    validation: _Summary
    models: tuple[_Model, ...]


def fit_all(predictor: GainPredictor) -> None:
    """Fit every model that `predict` may need: each feature set, without each family and with all.

    Where nothing can be learned without a family, that model is left out: `predict` says why.
    """
    evidence = predictor.learned_from_
    for feature_set in FEATURE_SETS:
        predictor.model(feature_set, "")
        for family in sorted(set(evidence.families[evidence.measured_tasks])):
            with suppress(EvidenceError):
                predictor.model(feature_set, family)


def save_predictor(predictor: GainPredictor, path: Path, validation: dict[str, Any]) -> None:
    """Write all models of a fitted predictor with its validation summary."""
    fit_all(predictor)
    document = {
        "schema": SCHEMA,
        "evidence": digest(predictor.learned_from_),
        "validation": validation,
        "models": [
            {"level": feature_set, "left_out": family, **model.to_plain()}
            for (feature_set, family), model in sorted(predictor.models_.items())
        ],
    }
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")


def load_predictor(path: Path, evidence: Evidence) -> GainPredictor:
    """Read what `save_predictor` wrote.

    Raises `EvidenceError` where the file is damaged, newer than this code, or
    was fitted to other evidence.
    """
    remedy = "get the file again, or delete it to fit a predictor now"
    raw = read_json(path, dict, EvidenceError, remedy)
    if raw.get("schema") != SCHEMA:
        raise EvidenceError(
            f"{path}: field 'schema': expected {SCHEMA}, found {raw.get('schema')!r}; update taskrel"
        )
    convert(raw, _File, str(path), EvidenceError, remedy)
    if raw["evidence"] != digest(evidence):
        raise EvidenceError(
            f"{path}: it was fitted to other evidence than the tables next to it; make both again "
            "with taskrel evidence, or delete this file to fit a predictor now"
        )
    try:
        models = {(m["level"], m["left_out"]): Model.from_plain(m) for m in raw["models"]}
    except ValueError as e:
        raise EvidenceError(f"{path}: no predictor can be read from it ({e}); {remedy}") from None
    return GainPredictor.fitted(evidence, models, raw["validation"])


def find_predictor(evidence: Evidence) -> GainPredictor:
    """Read ``predictor.json`` next to the evidence, or fit a predictor to the evidence.

    A saved predictor belongs to the evidence's default recipe and has a validation; one that is
    fitted here has none.
    """
    if evidence.folder is not None and (evidence.folder / NAME).is_file():
        return load_predictor(evidence.folder / NAME, evidence)
    return GainPredictor().fit(evidence)


def digest(evidence: Evidence) -> str:
    """SHA-256 over what a predictor is fitted to: features, scores, gains, families, kinds.

    Scores are single-task. Gains are means and seed by seed, whose noise weights the main tasks.
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
        seeds.set_index(["main", "aux", "seed"])[["gain", *({SMOOTHED} & {*seeds})]],
    ):
        frame = frame.dropna(axis="columns", how="all").sort_index().sort_index(axis="columns")
        found.update(repr([list(frame.index), list(frame.columns)]).encode())
        # Ten digits: a mean of seeds may differ in the last bit between two machines.
        found.update(repr([[f"{v:.10g}" for v in row] for row in frame.to_numpy(float)]).encode())
    return found.hexdigest()
