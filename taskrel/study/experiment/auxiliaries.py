"""The auxiliaries that a user asks for: names of tasks, or automated ones ("auto:next_word")."""

from collections.abc import Sequence
from dataclasses import dataclass

from taskrel.tasks.automated.names import check_name, split_name

#: In ``--aux``, stands for the name of each main task.
OWN = "auto"


@dataclass(frozen=True)
class Auxiliaries:
    """The auxiliaries that a user asks for.

    named : names of tasks, which are auxiliaries of every main task
    own : automated tasks ("next_word"), each made from the main task's own texts
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
        """Whether the user asks for this directed pair."""
        return main != aux and (aux in self.named or aux in self.own_of(main))
