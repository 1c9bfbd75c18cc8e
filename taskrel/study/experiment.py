"""Experiments: one TOML file that names tasks, seeds and one or more recipes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.places import shipped
from taskrel.strict import convert, read_toml
from taskrel.tasks.card import card_paths
from taskrel.training.recipe import Recipe, parse_recipe

Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A task of an experiment: a card, perhaps capped; then it is a task of its own."""

    card: str  # name of a shipped card, or path of a card's file
    limit: Annotated[int, Meta(ge=1)] | None = None  # training examples kept
    seed: Seed = 0  # of the draw
    as_: str | None = msgspec.field(default=None, name="as")

    @property
    def name(self) -> str:
        """Name of the task: ``as``, else the card's, with the limit if there is one."""
        card = Path(self.card).stem if self.card.endswith(".toml") else self.card
        return self.as_ or (f"{card}_{self.limit}" if self.limit else card)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    name: str
    tasks: list[str | Entry]
    seeds: list[Seed]
    recipes: dict[str, dict]
    title: str = ""
    default: str | None = None  # the recipe that runs when none is asked for


@dataclass(frozen=True)
class Experiment:
    """Tasks × seeds × recipes, as read from a file or put together by a command.

    default : names of the recipes that run when none is asked for
    """

    name: str
    tasks: tuple[Entry, ...]
    seeds: tuple[int, ...]
    recipes: dict[str, Recipe]
    default: tuple[str, ...]
    title: str = ""

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
    recipes = {name: parse_recipe(_inherit(name, file.recipes, where), f"{where}, recipe {name}")
               for name in file.recipes}
    if file.default is not None and file.default not in recipes:
        raise RecipeError(f"{where}: field 'default': unknown recipe {file.default!r}; "
                          f"{nearest(file.default, recipes)}")
    return Experiment(file.name, tasks, tuple(file.seeds), recipes,
                      (file.default,) if file.default else tuple(recipes), file.title)


def _inherit(name: str, recipes: dict[str, dict], where: str,
             seen: tuple[str, ...] = ()) -> dict:
    """Fields of a recipe on top of those of the one it is ``like``."""
    if name not in recipes or name in seen:
        problem = "is like itself" if name in seen else f"is unknown; {nearest(name, recipes)}"
        raise RecipeError(f"{where}: field 'like': recipe {name!r} {problem}")
    fields = dict(recipes[name])
    like = fields.pop("like", None)
    return fields if like is None else _inherit(like, recipes, where, (*seen, name)) | fields
