"""What an evidence folder needs to answer at once: a fitted predictor and its validation."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.errors import EvidenceError, UsageError
from taskrel.io.json import to_json
from taskrel.io.paths import atomic
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.file import NAME, digest, save_predictor
from taskrel.validation.summary import validation_summary

if TYPE_CHECKING:
    from taskrel.validation.full_validation import FullValidation

VALIDATION = "validation.json"


def add_predictor(evidence: Evidence, folder: Path, *, jobs: int | None = None) -> "FullValidation":
    """Validate, fit to everything, and write both beside the evidence in `folder`.

    Returns the validation.

    Raises `EvidenceError` where the evidence is too small to learn from or to validate.
    """
    # Not at the top: what reads a validation must not wait for scikit-learn.
    from taskrel.validation.full_validation import full_validation

    found = full_validation(evidence, jobs=jobs)
    with atomic(folder / VALIDATION) as temporary:
        temporary.write_text(to_json(found.document) + "\n", encoding="utf-8")
    save_predictor(found.predictor, folder / NAME, validation_summary(found.document))
    return found


def read_validation(evidence: Evidence) -> dict[str, Any]:
    """The document that `add_predictor` left beside an evidence.

    Raises `UsageError` where there is none, and `EvidenceError` where it cannot be read or is
    of other pairs.
    """
    path = evidence.folder and evidence.folder / VALIDATION
    if path is None or not path.exists():
        raise UsageError(
            f"evidence {evidence.name}: no {VALIDATION} lies beside it; without "
            "--cached, taskrel validate computes one"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        validated = {key: document[key] for key in ("n_tasks", "n_pairs")}
        digests = document.get("evidence_digest"), digest(evidence)
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise EvidenceError(
            f"{path}: cannot be read as a validation ({e!r}); taskrel evidence makes it again"
        ) from None
    there = {"n_tasks": len(evidence.measured_tasks), "n_pairs": len(evidence.measured())}
    if validated != there:
        raise EvidenceError(
            f"{path}: of {validated['n_pairs']} measured pairs of "
            f"{validated['n_tasks']} tasks, but the evidence beside it has "
            f"{there['n_pairs']} of {there['n_tasks']}; python -m taskrel.evidence "
            "makes it anew"
        )
    if digests[0] not in (None, digests[1]):  # validations of earlier versions have none
        raise EvidenceError(
            f"{path}: of other evidence than lies beside it; taskrel evidence makes it again"
        )
    return document


def remove_predictor(folder: Path) -> None:
    """Delete both, which belong to the evidence that lay there before."""
    for name in (NAME, VALIDATION):
        (folder / name).unlink(missing_ok=True)
