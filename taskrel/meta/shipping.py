"""What an evidence folder needs to answer at once: a fitted predictor and its validation."""

from pathlib import Path

from taskrel.command import to_json
from taskrel.meta.evidence import Evidence
from taskrel.meta.full_validation import FullValidation, full_validation
from taskrel.meta.predictor_file import NAME, save_predictor
from taskrel.meta.validation_summary import validation_summary
from taskrel.places import atomic

VALIDATION = "validation.json"


def add_predictor(evidence: Evidence, folder: Path, *, jobs: int | None = None) -> FullValidation:
    """Validate, fit to everything, and write both beside the evidence in `folder`.

    Returns the validation.

    Raises `EvidenceError` where the evidence is too small to learn from or to validate.
    """
    found = full_validation(evidence, jobs=jobs)
    with atomic(folder / VALIDATION) as temporary:
        temporary.write_text(to_json(found.document) + "\n", encoding="utf-8")
    save_predictor(found.predictor, folder / NAME, validation_summary(found.document))
    return found


def remove_predictor(folder: Path) -> None:
    """Delete both, which belong to the evidence that lay there before."""
    for name in (NAME, VALIDATION):
        (folder / name).unlink(missing_ok=True)
