"""Choose: which shipped evidence answers about a main task, where none is named."""

from collections.abc import Sequence

from taskrel.errors import UsageError
from taskrel.io.paths import shipped
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import find_evidence, preferred_evidence
from taskrel.recommendation.workspace import Workspace
from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.card import card_paths, load_card
from taskrel.tasks.task import label_level


def choose_evidence(
    main: str, auxs: Sequence[str], workspace: Workspace, recipe: str | None = None
) -> Evidence:
    """The preferred evidence for the level of the main task's labels that knows all these tasks.

    Where none knows them all, it is the preferred one for the level.

    main : name of a task in memory, of a card, or of a task of some evidence
    auxs : names of the auxiliaries that are asked about
    """
    found = []
    for name in preferred_evidence(_level(main, workspace)):
        try:
            evidence = find_evidence(name, recipe)
        except UsageError:  # of another recipe
            continue
        known = {*evidence.tasks.index}
        if {main, *(aux for aux in auxs if not is_automated(aux))} <= known:
            return evidence
        found.append(evidence)
    return found[0] if found else find_evidence(None, recipe)


def _level(main: str, workspace: Workspace) -> str:
    """Level of the labels, as far as is known without reading texts; "" where it is not."""
    if main in workspace.tasks:
        return label_level(workspace.tasks[main].kind_and_unit)
    card = workspace.own[main].card if main in workspace.own else main
    if main not in workspace.own and card not in card_paths(shipped("tasks")):
        return ""
    kind = load_card(card).kind
    return "" if kind == "regression" else label_level(kind)
