"""Experiments: tasks × seeds × recipes, what is trained together, and what is in print."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.study.experiment.published import Contrast, Convergence, Published
from taskrel.tasks.automated.names import AUTOMATED_NAMES, is_automated, split_name
from taskrel.training.recipes.recipe import Recipe

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A task of an experiment: a card, perhaps capped; then it is a task of its own.

    Of an automated task, "topic:next_word", the other fields are those of the task that it
    is made from: {card = "topic:next_word", limit = 500} is called "topic_500:next_word".
    """

    card: str  # name of a shipped card, or path of a card's file; perhaps ":next_word" behind it
    limit: Annotated[int, Meta(ge=1)] | None = None  # training examples kept
    dev: Annotated[int, Meta(ge=1)] | None = None  # dev examples kept: small tasks have few
    seed: Seed = 0  # of both draws
    absent: tuple[str, ...] = ()  # labels, besides the card's, that carry no loss and no score
    as_: str | None = msgspec.field(default=None, name="as")

    @property
    def name(self) -> str:
        """Name of the task: ``as``, else the card's, with the limit if there is one."""
        card, what = split_name(self.card_name)
        own = self.as_ or (f"{card}_{self.limit}" if self.limit else card)
        return f"{own}:{what}" if what else own

    @property
    def card_name(self) -> str:
        """Name of the card, wherever its file lies."""
        card, what = split_name(self.card)
        card = Path(card).stem if card.endswith(".toml") else card
        return f"{card}:{what}" if what else card

    @property
    def plain(self) -> dict[str, Any]:
        """The entry as plain data: fields off their default, and no path of this machine."""
        return msgspec.to_builtins(self) | {"card": self.card_name}

    @property
    def base(self) -> "Entry":
        """The task that an automated one is made from; of any other itself."""
        return msgspec.structs.replace(self, card=split_name(self.card)[0])

    def automated(self, what: str) -> "Entry":
        """The automated task that this one yields."""
        return msgspec.structs.replace(self, card=f"{self.card}:{what}")


class Runs(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks a recipe trains together; each of them is trained alone, too."""

    pairs: tuple[str, ...] | None = None  # every two of these; None: of all tasks
    # Further runs, of two tasks or more, by the name that their auxiliaries have in a
    # gain table ("all"); the first task is the main one where the recipe tells them apart.
    groups: dict[str, tuple[str, ...]] = {}
    # None: all tasks of the pairs and groups, but for automated ones that only groups have;
    # none of them where gains are taken against another recipe's.
    alone: tuple[str, ...] | None = None
    against: str = ""  # recipe whose single-task runs gains are taken against; "": its own


#: What a recipe trains where nothing is said: all pairs, and each task alone.
ALL_PAIRS = Runs()


@dataclass(frozen=True)
class Experiment:
    """Tasks × seeds × recipes, as read from a file or put together by a command.

    default : names of the recipes that run when none is asked for
    runs : recipe → what it trains together; a recipe without entry trains all pairs
    published : rows of the table that sets our scores beside those in print (`source`)
    metrics : shown in that table, beside those that are in print
    convergence, contrasts : what else is said of the runs
    """

    name: str
    tasks: tuple[Entry, ...]
    seeds: tuple[int, ...]
    recipes: dict[str, Recipe]
    default: tuple[str, ...]
    title: str = ""
    runs: dict[str, Runs] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
    source: str = ""
    metrics: tuple[str, ...] = ()
    convergence: Convergence | None = None
    contrasts: tuple[Contrast, ...] = ()

    def __post_init__(self) -> None:
        named: dict[str, list] = {"task": [e.name for e in self.tasks], "seed": [*self.seeds]}
        for what, items in named.items():
            twice = [item for item in items if items.count(item) > 1]
            if twice:
                raise RecipeError(
                    f"experiment {self.name}: {what} {twice[0]!r} is named twice; "
                    "give one of two variants of a card another name with 'as'"
                )

    def only(self, names: list[str]) -> "Experiment":
        """The same experiment with these of its tasks."""
        known = self._known(names)
        return replace(self, tasks=tuple(known[name] for name in known if name in names))

    def with_tasks(self, tasks: tuple[Entry, ...]) -> "Experiment":
        """The same recipes and seeds for other tasks; groups and comparisons are left out."""
        return replace(self, tasks=tasks, runs={}, published=(), convergence=None, contrasts=())

    def with_automated(self, names: list[str]) -> "Experiment":
        """The same experiment with these tasks, too, which are its own or made from them."""
        known, have = self._known(names), {e.name for e in self.tasks}
        new = tuple(known[name] for name in dict.fromkeys(names) if name not in have)
        return replace(self, tasks=(*self.tasks, *new))

    def _known(self, names: list[str]) -> dict[str, Entry]:
        """Name → entry of its tasks and what they yield; raises where a name is none of these."""
        known = {
            f"{e.name}:{what}": e.automated(what)
            for e in self.tasks
            if not is_automated(e.name)
            for what in AUTOMATED_NAMES
        }
        listed = {e.name: e for e in self.tasks}
        known = listed | {name: e for name, e in known.items() if name not in listed}
        for name in names:
            if name not in known:
                raise UsageError(
                    f"unknown task {name!r} in experiment {self.name}; "
                    f"{nearest(name, known if ':' in name else listed)}"
                )
        return known

    def with_group_of_all(self) -> "Experiment":
        """The same experiment with a run of all its tasks, named "all", in every recipe."""
        names = tuple(e.name for e in self.tasks)
        if len(names) < 3:
            raise UsageError(
                f"experiment {self.name}: a run of all tasks together takes three or "
                f"more, found {len(names)}; a pair is trained anyway"
            )
        runs = {name: self.runs.get(name, ALL_PAIRS) for name in self.recipes}
        return replace(
            self,
            runs={
                name: msgspec.structs.replace(own, groups=own.groups | {"all": names})
                for name, own in runs.items()
            },
        )
