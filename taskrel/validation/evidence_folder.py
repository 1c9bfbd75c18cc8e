"""The two files that make an evidence folder answer at once: predictor.json and validation.json."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.errors import EvidenceError, UsageError
from taskrel.io.json import read_json, to_json
from taskrel.io.paths import atomic
from taskrel.io.toml import convert
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.predictor.file import NAME, digest, save_predictor
from taskrel.validation.document import Document
from taskrel.validation.summary import validation_summary

if TYPE_CHECKING:
    from taskrel.validation.full_validation import FullValidation

VALIDATION = "validation.json"


def add_predictor(evidence: Evidence, folder: Path, *, jobs: int | None = None) -> "FullValidation":
    """Validate the evidence, fit a predictor to all of it, and write both files into its folder.

    Returns the validation. Raises `EvidenceError` where the evidence is too small to learn from
    or to validate.
    """
    # Not at the top: reading a validation must not wait for scikit-learn.
    from taskrel.validation.full_validation import full_validation

    found = full_validation(evidence, jobs=jobs)
    with atomic(folder / VALIDATION) as temporary:
        temporary.write_text(to_json(found.document) + "\n", encoding="utf-8")
    save_predictor(found.predictor, folder / NAME, validation_summary(found.document))
    return found


def read_validation(evidence: Evidence) -> dict[str, Any]:
    """The validation in the folder of an evidence, as `add_predictor` wrote it.

    Raises `UsageError` where there is none, and `EvidenceError` where it cannot be read or
    belongs to other evidence.
    """
    path = evidence.folder and evidence.folder / VALIDATION
    if path is None or not path.exists():
        raise UsageError(
            f"evidence {evidence.name}: it has no {VALIDATION}; without --cached, taskrel validate "
            "computes the validation"
        )
    remedy = "taskrel evidence makes it again"
    document = read_json(path, dict, EvidenceError, remedy)
    convert(document, Document, str(path), EvidenceError, remedy)
    validated = {key: document[key] for key in ("n_tasks", "n_pairs")}
    digests = document.get("evidence_digest"), digest(evidence)
    measured = {"n_tasks": len(evidence.measured_tasks), "n_pairs": len(evidence.measured())}
    if validated != measured:
        raise EvidenceError(
            f"{path}: it validates {validated['n_pairs']} measured pairs of {validated['n_tasks']} "
            f"tasks, but the evidence next to it has {measured['n_pairs']} pairs of "
            f"{measured['n_tasks']} tasks; taskrel evidence makes it again"
        )
    if digests[0] not in (None, digests[1]):  # validations of earlier versions have none
        raise EvidenceError(
            f"{path}: it validates other evidence than the tables next to it; taskrel evidence makes "
            "it again"
        )
    return document


def remove_predictor(folder: Path) -> None:
    """Delete both files, which belong to the evidence that was in the folder before."""
    for name in (NAME, VALIDATION):
        (folder / name).unlink(missing_ok=True)
