"""Experiments: tasks, seeds, recipes, the runs of each recipe, and published scores."""

from collections.abc import Sequence
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
    """A task of an experiment: a card, or a variant of it with fewer examples or labels.

    For an automated task, "topic:next_word", the other fields describe the task that it is
    made from: {card = "topic:next_word", limit = 500} is called "topic_500:next_word".
    """

    card: str  # name of a shipped card or path of a card's file, with or without ":next_word"
    limit: Annotated[int, Meta(ge=1)] | None = None  # largest number of training examples
    dev: Annotated[int, Meta(ge=1)] | None = None  # largest number of dev examples
    # Largest number of test examples; of fewer, training examples that limit leaves unused join.
    test: Annotated[int, Meta(ge=1)] | None = None
    seed: Seed = 0  # of these draws
    absent: tuple[str, ...] = ()  # labels without loss and score, besides those of the card
    as_: str | None = msgspec.field(default=None, name="as")

    @property
    def name(self) -> str:
        """Name of the task: ``as``, else the card's name, with the limit if there is one."""
        card, what = split_name(self.card_name)
        own = self.as_ or (f"{card}_{self.limit}" if self.limit else card)
        return f"{own}:{what}" if what else own

    @property
    def card_name(self) -> str:
        """Name of the card, without the folder of its file."""
        card, what = split_name(self.card)
        card = Path(card).stem if card.endswith(".toml") else card
        return f"{card}:{what}" if what else card

    @property
    def plain(self) -> dict[str, Any]:
        """The entry as plain data: fields that differ from their default, no folder."""
        return msgspec.to_builtins(self) | {"card": self.card_name}

    @property
    def base(self) -> "Entry":
        """Entry of the task that an automated task is made from; any other entry itself."""
        return msgspec.structs.replace(self, card=split_name(self.card)[0])

    def automated(self, what: str) -> "Entry":
        """Entry of an automated task that is made from this task."""
        return msgspec.structs.replace(self, card=f"{self.card}:{what}")


class PairSeeds(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the experiment's seeds, the first ones, pairs have; None: all."""

    text_level: Annotated[int, Meta(ge=1)] | None = None  # pairs of text-level tasks
    token_level: Annotated[int, Meta(ge=1)] | None = None  # pairs of token-level tasks
    mixed: Annotated[int, Meta(ge=1)] | None = None  # pairs of a text-level and a token-level task

    def of(self, per_token: Sequence[bool]) -> int | None:
        """Number for a run of tasks, each of them token-level or not."""
        if len({*per_token}) > 1:
            return self.mixed
        return self.token_level if per_token[0] else self.text_level


class Runs(Struct, frozen=True, forbid_unknown_fields=True):
    """The runs of a recipe: pairs, groups and single tasks."""

    pairs: tuple[str, ...] | None = None  # tasks, every two of which are trained; None: all
    # Where not every two tasks pair: each main task with each auxiliary; None: all tasks.
    mains: tuple[str, ...] | None = None
    auxiliaries: tuple[str, ...] | None = None
    # Further multi-task runs. In a table of gains the group's name stands for its auxiliaries
    # ("all"). The first task is the main one, in recipes that distinguish it.
    groups: dict[str, tuple[str, ...]] = {}
    # Tasks with single-task runs. None: all tasks of the pairs and groups, except automated
    # tasks that only groups have; all tasks where there are neither; no task if gains are
    # relative to another recipe.
    alone: tuple[str, ...] | None = None
    against: str = ""  # recipe whose single-task runs are the baseline of gains; "": its own
    # Some pairs are noisier than others, and some matter more. Single-task runs have the seeds
    # of their task's pairs.
    seeds: PairSeeds = PairSeeds()

    def __post_init__(self) -> None:
        if self.pairs is not None and self.directed:
            raise ValueError(
                "expected either 'pairs', every two of which are trained, or 'mains' and "
                "'auxiliaries', found both; remove one"
            )

    @property
    def directed(self) -> bool:
        """Whether main tasks or auxiliaries are named."""
        return self.mains is not None or self.auxiliaries is not None

    @property
    def of_all(self) -> bool:
        """Whether every two tasks are trained together."""
        return self.pairs is None and not self.directed

    @property
    def of_none(self) -> bool:
        """Whether no two tasks are trained together."""
        return self.pairs == () and not self.groups


#: The default: all pairs, and single-task runs of all tasks.
ALL_PAIRS = Runs()


@dataclass(frozen=True)
class Experiment:
    """Tasks, seeds and recipes, as read from a file or put together by a command.

    default : names of the recipes that run if the user names none
    runs : recipe → its runs; a recipe without an entry trains all pairs
    published : rows of the table that compares measured with published scores (of `source`)
    metrics : further metrics in that table
    convergence, contrasts : further tables
    remove_leaks : take out of training what is in dev or test of another task
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
    remove_leaks: bool = False

    def __post_init__(self) -> None:
        tasks: list = [entry.name for entry in self.tasks]
        seeds: list = [*self.seeds]
        for what, items, remedy in (
            ("task", tasks, "remove one, or name a variant with 'as'"),
            ("seed", seeds, "remove one"),
        ):
            twice = [item for item in items if items.count(item) > 1]
            if twice:
                raise RecipeError(
                    f"experiment {self.name}: {what} {twice[0]!r} is listed twice; {remedy}"
                )

    @property
    def mains(self) -> set[str]:
        """Tasks that may be the main task of a run of some recipe; no automated ones."""
        named = [self.runs.get(recipe, ALL_PAIRS).mains for recipe in self.recipes]
        every = {entry.name for entry in self.tasks if not is_automated(entry.name)}
        return every if None in named else {name for mains in named for name in mains or ()} & every

    def only(self, names: list[str]) -> "Experiment":
        """The same experiment with these of its tasks alone."""
        known = self._known(names)
        return replace(self, tasks=tuple(known[name] for name in known if name in names))

    def with_tasks(self, tasks: tuple[Entry, ...]) -> "Experiment":
        """The same recipes and seeds for other tasks; groups and comparisons are left out."""
        return replace(self, tasks=tasks, runs={}, published=(), convergence=None, contrasts=())

    def with_automated(self, names: list[str]) -> "Experiment":
        """The same experiment with these tasks added: its own, or made from its own."""
        known, have = self._known(names), {e.name for e in self.tasks}
        new = tuple(known[name] for name in dict.fromkeys(names) if name not in have)
        return replace(self, tasks=(*self.tasks, *new))

    def _known(self, names: list[str]) -> dict[str, Entry]:
        """Name → entry of its tasks and their automated tasks; raises for any other name."""
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
        """The same experiment with a run of all its tasks, called "all", in every recipe."""
        names = tuple(e.name for e in self.tasks)
        if len(names) < 3:
            raise UsageError(
                f"experiment {self.name}: expected three or more tasks for a run of all "
                f"tasks, found {len(names)}; pairs are trained anyway"
            )
        runs = {name: self.runs.get(name, ALL_PAIRS) for name in self.recipes}
        return replace(
            self,
            runs={
                name: msgspec.structs.replace(own, groups=own.groups | {"all": names})
                for name, own in runs.items()
            },
        )
