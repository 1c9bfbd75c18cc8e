"""Experiments: one TOML file that names tasks, seeds and one or more recipes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.places import shipped
from taskrel.strict import convert, read_toml
from taskrel.tasks.card import METRICS, card_paths
from taskrel.training.recipe import Recipe, parse_recipe

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Fraction = Annotated[float, Meta(ge=0, le=1)]

#: Metrics of published scores: any main one of a card, and those that are never one.
METRIC_NAMES = {name for names in METRICS.values() for name in names} | {"weighted_precision",
                                                                         "weighted_recall"}


_BUDGETS = {"steps", "epochs"}


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


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    name: str
    tasks: list[str | Entry]
    seeds: list[Seed]
    recipes: dict[str, dict]
    title: str = ""
    default: str | tuple[str, ...] | None = None  # recipes that run when none is asked for
    runs: Runs = ALL_PAIRS  # of recipes that name none of their own
    published: tuple[Published, ...] = ()
    source: str = ""  # of the published scores


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


def entries(named: list[str]) -> tuple[Entry, ...]:
    """Task entries for ``--tasks``: each a card's name, a card's file or a folder of cards."""
    found: list[Entry] = []
    for name in named:
        if Path(name).is_dir():
            paths = card_paths(Path(name)).values()
            if not paths:
                raise UsageError(f"folder of cards {name}: no *.toml in it")
            found += [Entry(str(path)) for path in paths]
        elif name.endswith(("/", "\\")):
            raise UsageError(f"folder of cards {name}: no such folder")
        else:
            found.append(Entry(name))
    return tuple(found)


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment file, or a shipped experiment by its name."""
    path = Path(path)
    if not path.is_file() and path.suffix != ".toml":
        folder = shipped("experiments")
        known = {p.stem: p for p in folder.glob("*.toml")}
        if str(path) not in known:
            raise UsageError(f"unknown experiment {str(path)!r}; {nearest(str(path), known)}")
        path = known[str(path)]
    return parse_experiment(read_toml(path, RecipeError), str(path))


def parse_experiment(raw: dict, where: str) -> Experiment:
    """Decode and check an experiment; a recipe may start from another one with ``like``."""
    file = convert(raw, _File, where, RecipeError)
    if file.schema != 1:
        raise RecipeError(f"{where}: field 'schema': expected 1, found {file.schema}")
    if not file.recipes or not file.tasks or not file.seeds:
        raise RecipeError(f"{where}: an experiment needs at least one task, seed and recipe")
    tasks = tuple(Entry(t) if isinstance(t, str) else t for t in file.tasks)
    recipes, runs = {}, {}
    for name in file.recipes:
        fields, inside = _inherit(name, file.recipes, where), f"{where}, recipe {name}"
        own = fields.pop("runs", None)
        runs[name] = file.runs if own is None else convert(own, Runs, inside, RecipeError)
        recipes[name] = parse_recipe(fields, inside)
    default = (file.default,) if isinstance(file.default, str) else file.default or tuple(recipes)
    _known(where, "default", "recipe", default, recipes)
    _check_runs(where, runs, {entry.name for entry in tasks})
    published = tuple(row if row.recipe else msgspec.structs.replace(row, recipe=default[0])
                      for row in file.published)
    _check_published(where, published, runs, {entry.name for entry in tasks})
    return Experiment(file.name, tasks, tuple(file.seeds), recipes, default, file.title, runs,
                      published, file.source)


def _check_runs(where: str, runs: dict[str, Runs], tasks: set[str]) -> None:
    for own in runs.values():
        _known(where, "runs.pairs", "task", own.pairs or (), tasks)
        _known(where, "runs.alone", "task", own.alone or (), tasks)
        for name, group in own.groups.items():
            _known(where, f"runs.groups.{name}", "task", group, tasks)
            if len(set(group)) < max(2, len(group)):
                raise RecipeError(f"{where}: field 'runs.groups.{name}': expected two or more "
                                  f"different tasks, found {', '.join(group) or 'none'}")


def _check_published(where: str, rows: tuple[Published, ...], runs: dict[str, Runs],
                     tasks: set[str]) -> None:
    for row in rows:
        _known(where, "published.recipe", "recipe", [row.recipe], runs)
        _known(where, "published.task", "task", tasks_of(row), tasks)
        _known(where, "published.scores", "metric", row.scores,
               METRIC_NAMES if isinstance(row.task, str) else {"accuracy"})
        if row.group:
            groups = runs[row.recipe].groups
            _known(where, "published.group", "group", [row.group], groups)
            _known(where, "published.task", f"task of group {row.group}", tasks_of(row),
                   groups[row.group])
    keys = [(row.model, tasks_of(row), row.recipe, row.group) for row in rows]
    for key in keys:
        if keys.count(key) > 1:
            raise RecipeError(f"{where}: field 'published': two rows of model {key[0]!r} for "
                              f"{' + '.join(key[1])}; expected one, or different recipes or groups")


def tasks_of(row: Published) -> tuple[str, ...]:
    """The tasks whose scores a published row gives."""
    return (row.task,) if isinstance(row.task, str) else row.task


def _known(where: str, field: str, what: str, asked: Iterable[str], known: Iterable[str]) -> None:
    for name in asked:
        if name not in known:
            raise RecipeError(f"{where}: field {field!r}: unknown {what} {name!r}; "
                              f"{nearest(name, known)}")


def _inherit(name: str, recipes: dict[str, dict], where: str,
             seen: tuple[str, ...] = ()) -> dict:
    """Fields of a recipe on top of those of the one it is ``like``."""
    if name not in recipes or name in seen:
        problem = "is like itself" if name in seen else f"is unknown; {nearest(name, recipes)}"
        raise RecipeError(f"{where}: field 'like': recipe {name!r} {problem}")
    fields = dict(recipes[name])
    like = fields.pop("like", None)
    if like is None:
        return fields
    inherited = _inherit(like, recipes, where, (*seen, name))
    if fields.keys() & _BUDGETS:  # one way to say how long replaces the other
        inherited = {k: v for k, v in inherited.items() if k not in _BUDGETS}
    return inherited | fields
