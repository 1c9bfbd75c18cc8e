"""Experiments: tasks × seeds × recipes, what is trained together, and what is in print."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.training.recipe import Recipe

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A task of an experiment: a card, perhaps capped; then it is a task of its own."""

    card: str  # name of a shipped card, or path of a card's file
    limit: Annotated[int, Meta(ge=1)] | None = None  # training examples kept
    seed: Seed = 0  # of the draw
    absent: tuple[str, ...] = ()  # labels, besides the card's, that carry no loss and no score
    as_: str | None = msgspec.field(default=None, name="as")

    @property
    def name(self) -> str:
        """Name of the task: ``as``, else the card's, with the limit if there is one."""
        card = Path(self.card).stem if self.card.endswith(".toml") else self.card
        return self.as_ or (f"{card}_{self.limit}" if self.limit else card)


class Runs(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks a recipe trains together; each of them is trained alone, too."""

    pairs: tuple[str, ...] | None = None  # every two of these; None: of all tasks
    # Further runs, of two tasks or more, by the name that their auxiliaries have in a
    # gain table ("all"); the first task is the main one where the recipe tells them apart.
    groups: dict[str, tuple[str, ...]] = {}
    alone: tuple[str, ...] | None = None  # None: all tasks of the pairs and groups


#: What a recipe trains where nothing is said: all pairs, and each task alone.
ALL_PAIRS = Runs()


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """Scores of one model in print, and which of our runs they stand beside."""

    model: str  # what the row is called
    # several: accuracy over all their labels together
    task: str | Annotated[tuple[str, ...], Meta(min_length=1)]
    scores: dict[str, Fraction] = {}  # by metric; {}: not in print
    recipe: str = ""  # "": the first default one
    group: str = ""  # of the recipe's runs, in which the task was trained; "": alone
    baseline: Literal["", "majority"] = ""  # a rule in place of a run


def tasks_of(row: Published) -> tuple[str, ...]:
    """The tasks whose scores a published row gives."""
    return (row.task,) if isinstance(row.task, str) else row.task


@dataclass(frozen=True)
class Experiment:
    """Tasks × seeds × recipes, as read from a file or put together by a command.

    default : names of the recipes that run when none is asked for
    runs : recipe → what it trains together; a recipe without entry trains all pairs
    published : rows of the table that sets our scores beside those in print (`source`)
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

    def __post_init__(self) -> None:
        for what, items in (("task", [e.name for e in self.tasks]), ("seed", [*self.seeds])):
            twice = [item for item in items if items.count(item) > 1]
            if twice:
                raise RecipeError(f"experiment {self.name}: {what} {twice[0]!r} is named twice; "
                                  "give one of two variants of a card another name with 'as'")

    def only(self, names: list[str]) -> "Experiment":
        """The same experiment with these of its tasks."""
        known = [e.name for e in self.tasks]
        for name in names:
            if name not in known:
                raise UsageError(f"unknown task {name!r} in experiment {self.name}; "
                                 f"{nearest(name, known)}")
        return replace(self, tasks=tuple(e for e in self.tasks if e.name in names))

    def together(self) -> "Experiment":
        """The same experiment with a run of all its tasks, named "all", in every recipe."""
        names = tuple(e.name for e in self.tasks)
        if len(names) < 3:
            raise UsageError(f"experiment {self.name}: a run of all tasks together takes three or "
                             f"more, found {len(names)}; a pair is trained anyway")
        runs = {name: self.runs.get(name, ALL_PAIRS) for name in self.recipes}
        return replace(self, runs={name: msgspec.structs.replace(own, groups=own.groups
                                                                 | {"all": names})
                                   for name, own in runs.items()})
