"""Workspace: where tasks come from, where their data are, and where runs are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from taskrel.errors import EvidenceError, UsageError, nearest
from taskrel.io.paths import cache_folder, data_folder, shipped
from taskrel.io.toml import convert
from taskrel.meta.evidence.evidence import Evidence
from taskrel.study.experiment.caps import Caps, capped
from taskrel.study.experiment.experiment import Entry
from taskrel.study.experiment.file import entries
from taskrel.tasks.automated.names import split_name
from taskrel.tasks.card import card_paths, load_card
from taskrel.tasks.ready import file_states, remedy
from taskrel.tasks.task import Task

#: Card readers that generate their texts.
GENERATED = "planted"


@dataclass(frozen=True)
class Workspace:
    """What a question about tasks needs in addition to the evidence.

    cards : names, files or folders of cards; they come before the shipped cards
    tasks : name → task in memory; they come before cards
    data : the data folder; None: TASKREL_DATA, else the user's cache folder
    out : folder of the store that keeps runs; None: in the user's cache folder
    jobs : worker processes; None: one per core
    progress : whether to show a progress bar
    caps : of tasks that have one of these cards
    """

    cards: tuple[str, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    data: str | None = None
    out: str | None = None
    jobs: int | None = None
    progress: bool = True
    caps: Caps = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Folder of the store that keeps runs."""
        # "alone" is the folder's name since version 0.1, so that runs kept there are found.
        return Path(self.out) if self.out else cache_folder() / "alone"

    @cached_property
    def own(self) -> dict[str, Entry]:
        """Name → entry of the user's own tasks: those in memory, and those that have a card."""
        found = {e.name: e for e in capped(entries(self.cards), self.caps)}
        return found | {name: Entry(name) for name in self.tasks}

    def entry(self, name: str, evidence: Evidence) -> Entry:
        """What a task is made from: its card, capped where the evidence's task is.

        An automated task, ``topic:next_word``, is made from the card of the task before the
        colon. A card of the user's comes before the shipped one of the same name.

        Raises `UsageError` for a task that has no card.
        """
        base, what = split_name(name)
        if name in self.tasks:
            return self.own[name]
        if name in evidence.entries:
            entry = _kept_entry(name, evidence)
        elif name in self.own:
            return self.own[name]
        elif what and base in evidence.entries:
            entry = _kept_entry(base, evidence).automated(what)
        else:
            entry = Entry(name)
        card, what = split_name(entry.card)
        if card in self.own:
            own = self.own[card].automated(what) if what else self.own[card]
            return msgspec.structs.replace(entry, card=own.card)
        there = card_paths(shipped("tasks"))
        if card in there:
            return entry
        known = {*self.own, *there}
        if name in evidence.tasks.index:
            raise UsageError(
                f"task {name!r}: unknown card {card!r}; {nearest(card, known)}; "
                "--tasks names your own cards"
            )
        raise UsageError(
            f"task {name!r} is not in evidence {evidence.name} and has no card; "
            f"{nearest(base, {*evidence.tasks.index, *known})}; --tasks names your own cards"
        )

    def problem(self, entry: Entry) -> str:
        """The first file of a task that is missing or differs, and what to do; "" for none."""
        if entry.base.card in self.tasks:
            return ""
        card, folder = load_card(entry.base.card), data_folder(self.data)
        for state in file_states(card.files, folder).values():
            if state.state != "ready":
                problem = state.problem or f"{folder / state.file.path}: no such file"
                return f"{problem}; {remedy(state, [card.name], cards=self.cards, data=self.data)}"
        return ""

    def generated(self, name: str, evidence: Evidence) -> bool:
        """Whether a task's texts are generated, so that real texts are another matter."""
        try:
            entry = self.entry(name, evidence).base
        except UsageError:  # evidence from elsewhere, without a card here
            return False
        return entry.card not in self.tasks and load_card(entry.card).reader == GENERATED


def _kept_entry(name: str, evidence: Evidence) -> Entry:
    where = f"evidence {evidence.name}, entry of {name}"
    return convert(evidence.entries[name], Entry, where, EvidenceError)
