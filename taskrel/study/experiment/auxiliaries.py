"""Auxiliaries that are asked for: by name, or "auto:next_word" for what each main task yields."""

from collections.abc import Sequence
from dataclasses import dataclass

from taskrel.tasks.automated.names import check_name, split_name

#: Stands for the name of each main task.
OWN = "auto"


@dataclass(frozen=True)
class Auxiliaries:
    """Which auxiliaries a call is about.

    named : names of tasks, for every main task
    own : automated tasks ("next_word"), of each main task its own
    """

    named: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @classmethod
    def parse(cls, names: Sequence[str]) -> "Auxiliaries":
        """Read ``--aux``; raises `UsageError` for an automated task that does not exist."""
        for name in names:
            check_name(name)
        split = {name: split_name(name) for name in names}
        own = {name: what for name, (base, what) in split.items() if what and base == OWN}
        return cls(tuple(name for name in names if name not in own), tuple(own.values()))

    def own_of(self, main: str) -> list[str]:
        """Names of the automated tasks of one main task."""
        return [f"{main}:{what}" for what in self.own]

    def allow(self, main: str, aux: str) -> bool:
        """Whether the call is about this directed pair."""
        return main != aux and (aux in self.named or aux in self.own_of(main))
