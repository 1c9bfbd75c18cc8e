"""Which tasks can be trained here as evidence has measured them, said before any is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from taskrel.errors import DataError, UsageError
from taskrel.io.paths import data_folder
from taskrel.meta.evidence.evidence import Evidence
from taskrel.recommendation.as_measured import entry_of, recipe_of
from taskrel.study.experiment.experiment import Entry
from taskrel.tasks.card import load_card
from taskrel.tasks.ready import file_states, remedy

#: Auxiliaries that an error names.
SOME = 3


@dataclass(frozen=True)
class Trainable:
    """Which auxiliaries could be trained with a main task.

    main : what the main task is made from
    auxs : auxiliary → what it is made from, of those whose files lie in the data folder
    missing : auxiliary → why it cannot be trained here, and what to do
    """

    main: Entry
    auxs: dict[str, Entry]
    missing: dict[str, str]


def trainable(
    evidence: Evidence,
    main: str,
    auxs: Sequence[str],
    n: int,
    *,
    cards: Sequence[str] = (),
    data: str | None = None,
    option: str = "--confirm",
) -> Trainable:
    """Look for cards and files of `main` and of its candidates.

    Parameters
    ----------
    evidence : Evidence
        With a recipe that can be trained here.
    main : str
        The main task.
    auxs : sequence of str
        The candidates.
    n : int
        How many of them are to be trained.
    cards : sequence of str
        Names, files or folders of cards.
    data : str or None
        The data folder.
    option : str
        Who asks, for messages.

    Raises
    ------
    UsageError
        Where there are fewer than `n` candidates, or the main task has no card.
    EvidenceError
        Where the evidence's recipe is not one that can be trained here.
    DataError
        Where files of the main task are missing, or of so many candidates that fewer than
        `n` remain.
    """
    if n > len(auxs):
        raise UsageError(
            f"{option} {n}: {main} has {len(auxs)} candidate"
            f"{'' if len(auxs) == 1 else 's'} here; ask for no more than that"
        )
    recipe_of(evidence)
    folder = data_folder(data)
    elsewhere = "or name another data folder with --data or TASKREL_DATA"
    own = entry_of(main, cards, evidence)

    def problem_of(entry: Entry) -> str:
        return _problem(entry, folder, cards, data)

    if problem := problem_of(own):
        raise DataError(
            f"{option} {n}: the main task {main} cannot be trained here: {problem}; {elsewhere}"
        )
    found, missing = {}, {}
    for aux in auxs:
        try:
            found[aux] = entry_of(aux, cards, evidence)
            problem = problem_of(found[aux])
        except UsageError as e:
            problem = str(e)
        if problem:
            missing[aux] = problem
            found.pop(aux, None)
    if n > len(found):
        some = "; ".join(f"{aux}: {why}" for aux, why in [*missing.items()][:SOME])
        more = f"; {len(missing) - SOME} more" if len(missing) > SOME else ""
        raise DataError(
            f"{option} {n}: only {len(found)} of {len(auxs)} candidates can be "
            f"trained here ({some}{more}); {elsewhere}"
        )
    return Trainable(own, found, missing)


def _problem(entry: Entry, folder: Path, cards: Sequence[str], data: str | None) -> str:
    """The first file of a task that is not there as its card says, and what to do; or ""."""
    card = load_card(entry.base.card)
    for state in file_states(card.files, folder).values():
        if state.state != "ready":
            problem = state.problem or f"{folder / state.file.path}: no such file"
            return f"{problem}; {remedy(state, [card.name], cards=cards, data=data)}"
    return ""
