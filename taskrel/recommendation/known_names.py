"""Names that evidence knows: a user's own card under such a name must describe the same data."""

from collections.abc import Sequence

from taskrel.errors import UsageError
from taskrel.io.paths import data_folder
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.workspace import Workspace
from taskrel.study.runs.read_tasks import read_tasks


def check_names(evidence: Evidence, names: Sequence[str], workspace: Workspace) -> None:
    """Raise `UsageError` where an answer would be about another task than the user's own.

    names : the tasks that are asked about; their data are compared, not their names alone
    """
    own = {
        name: entry
        for name, entry in workspace.own.items()
        if name in workspace.tasks or entry.card.endswith(".toml")
    }
    for name in names:
        # Of a capped task the card has another name.
        card = next((c for c in (name, evidence.entries.get(name, {}).get("card")) if c in own), "")
        if not card or name not in evidence.tasks.index:
            continue
        entry = own[name] if name in own else workspace.entry(name, evidence)
        task = read_tasks((entry,), data_folder(workspace.data), workspace.tasks)[entry.name]
        there = evidence.about["digest"][name]
        if there == task.digest:
            continue
        found = f"digest {task.digest[:8]}… here, {there[:8]}… there" if there else "digest unknown"
        what = f"task {name!r}" if name in workspace.tasks else f"card {own[card].card}"
        raise UsageError(
            f"{what}: evidence {evidence.name} has another task of that name ({found}) and would "
            "answer about it; give your task another name"
        )
