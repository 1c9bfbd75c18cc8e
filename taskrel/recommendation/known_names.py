"""Names that evidence knows: a card of one's own under such a name must hold the same task."""

from collections.abc import Sequence

from taskrel.errors import UsageError
from taskrel.io.paths import data_folder
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.as_measured import entry_of
from taskrel.study.experiment.file import entries
from taskrel.study.runs.read_tasks import read_tasks


def check_names(
    evidence: Evidence, names: Sequence[str], *, cards: Sequence[str], data: str | None = None
) -> None:
    """Raise `UsageError` where an answer would be about another task than the user's own card.

    names : the tasks that are asked about
    cards : names, files or folders of cards; those that ship are the evidence's own
    data : the data folder; what is compared is the data, not the name
    """
    own = {entry.name: entry for entry in entries(list(cards)) if entry.card.endswith(".toml")}
    for name in names:
        # Of a capped task the card has another name.
        card = next((c for c in (name, evidence.entries.get(name, {}).get("card")) if c in own), "")
        if not card or name not in evidence.tasks.index:
            continue
        entry = own[name] if name in own else entry_of(name, cards, evidence)
        task = read_tasks((entry,), data_folder(data))[entry.name]
        there = evidence.about["digest"][name]
        if there == task.digest:
            continue
        found = (
            f"digest {task.digest[:8]}… here, {there[:8]}… there"
            if there
            else "whose data nothing is known of"
        )
        raise UsageError(
            f"card {own[card].card}: evidence {evidence.name} knows another task "
            f"named {name!r} ({found}), and would answer about that one; give your "
            "card another name"
        )
