"""Which tasks can be trained here with an evidence's recipe; found out before any is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from taskrel.errors import DataError, UsageError
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.planned_like import recipe_of
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.experiment import Entry

#: Auxiliary tasks that an error names.
SOME = 3
ELSEWHERE = "or name another data folder with --data or TASKREL_DATA"


@dataclass(frozen=True)
class Trainable:
    """Which auxiliary tasks can be trained with a main task.

    main : what the main task is made from
    auxs : auxiliary → what it is made from, of those whose files are in the data folder
    missing : auxiliary → why it cannot be trained here, and what to do
    """

    main: Entry
    auxs: dict[str, Entry]
    missing: dict[str, str]

    def why(self) -> str:
        """Why auxiliaries cannot be trained here, of some of them."""
        some = "; ".join(f"{aux}: {why}" for aux, why in [*self.missing.items()][:SOME])
        more = len(self.missing) - SOME
        return f"{some}; {more} more" if more > 0 else some


def trainable(
    evidence: Evidence, main: str, auxs: Sequence[str], workspace: Workspace
) -> Trainable:
    """Look for cards and files of `main` and of its candidates.

    Raises
    ------
    UsageError
        Where the main task has no card.
    EvidenceError
        Where the evidence's recipe is not one that can be trained here.
    DataError
        Where files of the main task are missing.
    """
    recipe_of(evidence)
    own = workspace.entry(main, evidence)
    if problem := workspace.problem(own):
        raise DataError(f"the main task {main} cannot be trained here: {problem}; {ELSEWHERE}")
    found: dict[str, Entry] = {}
    missing: dict[str, str] = {}
    for aux in auxs:
        try:
            entry = workspace.entry(aux, evidence)
            problem = workspace.problem(entry)
        except UsageError as e:
            problem = str(e)
        if problem:
            missing[aux] = problem
        else:
            found[aux] = entry
    return Trainable(own, found, missing)
