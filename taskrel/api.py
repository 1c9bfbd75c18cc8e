"""The front door's functions: evidence, predictor and tasks by name."""

from pathlib import Path
from typing import TYPE_CHECKING

from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence

if TYPE_CHECKING:
    from taskrel.meta.predictor.predictor import GainPredictor
    from taskrel.tasks.task import Task


def load_evidence(name: str | Path | None = None, *, recipe: str | None = None) -> Evidence:
    """Load measured gains and features, from which predictions are made.

    Parameters
    ----------
    name : str, path or None
        Evidence that ships with taskrel ("library", "text_transfer", "token_transfer",
        "text_joint", "starter", "planted_map", "bingel2017"), an evidence folder, or the folder of a
        study; None: "library".
    recipe : str or None
        One of the evidence's recipes; None: its default.

    Raises
    ------
    UsageError
        Where there is no such evidence or recipe.
    EvidenceError
        Where a file is missing or wrong.
    """
    return find_evidence(name, recipe)


def load_predictor(
    evidence: Evidence | str | Path | None = None, *, recipe: str | None = None
) -> "GainPredictor":
    """Load the fitted predictor of an evidence, or fit one where none is saved with it.

    evidence, recipe : see `load_evidence`

    Raises what `load_evidence` raises, and `EvidenceError` where the evidence is too small to
    learn from.
    """
    from taskrel.meta.predictor.file import find_predictor

    found = evidence if isinstance(evidence, Evidence) else find_evidence(evidence, recipe)
    return find_predictor(found)


def load_task(name: str | Path, data: str | Path | None = None) -> "Task":
    """Read one task.

    Parameters
    ----------
    name : str or path
        Name of a card that ships with taskrel ("chunk"), path of a card's file, or an automated
        task ("topic:next_word").
    data : path or None
        The data folder; None: TASKREL_DATA, else the user's cache folder.

    Raises
    ------
    UsageError
        Where there is no such card.
    CardError, DataError
        Where the card is malformed, or its files are missing or do not fit it.
    """
    from taskrel.io.paths import data_folder
    from taskrel.study.experiment.file import entries
    from taskrel.study.runs.read_tasks import read_tasks

    (task,) = read_tasks(entries([str(name)]), data_folder(data)).values()
    return task
