"""Experiment files: one TOML file with tasks, seeds and one or more recipes."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.io.paths import shipped
from taskrel.io.toml import convert, read_toml
from taskrel.study.experiment.checks import (
    check_contrasts,
    check_metrics,
    check_names,
    check_published,
    check_runs,
    known,
)
from taskrel.study.experiment.experiment import ALL_PAIRS, Entry, Experiment, Runs, Seed
from taskrel.study.experiment.published import Contrast, Convergence, Published, Side
from taskrel.tasks.automated.names import check_name, is_automated, split_name
from taskrel.tasks.card import card_paths
from taskrel.training.recipes.recipe import parse_recipe

#: Recipe fields that say how long to train; each replaces the other where that is inherited.
BUDGETS = {"steps", "epochs"}


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    name: str
    tasks: list[str | Entry]
    seeds: list[Seed]
    recipes: dict[str, dict]
    title: str = ""
    default: str | tuple[str, ...] | None = None  # recipes that run if the user names none
    runs: Runs = ALL_PAIRS  # of recipes without runs of their own
    published: tuple[Published, ...] = ()
    source: str = ""  # of the published scores
    metrics: tuple[str, ...] = ()  # shown in addition to the published ones
    convergence: Convergence | None = None
    contrasts: tuple[Contrast, ...] = ()
    remove_leaks: bool = False  # as with --remove-leaks


def entries(named: Iterable[str | Entry]) -> tuple[Entry, ...]:
    """Task entries of ``--tasks``: names of cards, files of cards and folders of cards."""
    found: list[Entry] = []
    for name in named:
        if isinstance(name, Entry):
            found.append(name)
        elif Path(name).is_dir():
            paths = card_paths(Path(name)).values()
            if not paths:
                raise UsageError(f"folder of cards {name}: it has no *.toml")
            found += [Entry(str(path)) for path in paths]
        elif name.endswith(("/", "\\")):
            raise UsageError(f"folder of cards {name}: no such folder")
        else:
            found.append(Entry(name))
    return resolved(found)


def resolved(found: Iterable[Entry]) -> tuple[Entry, ...]:
    """The same entries, with automated tasks of an entry's name made from that entry.

    In ``[{card = "pos", limit = 500, as = "small"}, "small:next_word"]`` the second task
    is made from the 500 examples. Raises `UsageError` for an unknown automated task.
    """
    found = list(found)
    for entry in found:
        check_name(entry.card)
    bases = {e.name: e for e in found if not is_automated(e.card)}
    return tuple(
        bases[base].automated(what)
        if what and base in bases and entry == Entry(entry.card)
        else entry
        for entry in found
        for base, what in [split_name(entry.card)]
    )


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment file, or a shipped experiment by name."""
    path = Path(path)
    if not path.is_file() and path.suffix != ".toml":
        folder = shipped("experiments")
        known = {p.stem: p for p in folder.glob("*.toml")}
        if str(path) not in known:
            raise UsageError(f"unknown experiment {str(path)!r}; {nearest(str(path), known)}")
        path = known[str(path)]
    return parse_experiment(read_toml(path, RecipeError), str(path))


def parse_experiment(raw: dict, where: str) -> Experiment:
    """Decode and check an experiment; ``like`` makes a recipe inherit another one's fields."""
    file = convert(raw, _File, where, RecipeError)
    if file.schema != 1:
        raise RecipeError(f"{where}: field 'schema': expected 1, found {file.schema}")
    if not file.recipes or not file.tasks or not file.seeds:
        raise RecipeError(f"{where}: an experiment needs at least one task, seed and recipe")
    check_names(where, file.name, file.recipes)
    tasks = resolved(Entry(t) if isinstance(t, str) else t for t in file.tasks)
    for entry in tasks:
        if entry.as_ and is_automated(entry.as_):
            raise RecipeError(
                f"{where}: field 'tasks': {entry.as_!r} is the name of an automated task; "
                f"write as = {split_name(entry.as_)[0]!r}"
            )
        if entry.absent and not entry.as_:
            raise RecipeError(
                f"{where}: field 'tasks': {entry.card!r} with further absent labels is "
                "another task; name it with 'as'"
            )
    recipes, runs = {}, {}
    for name in file.recipes:
        fields, inside = _inherit(name, file.recipes, where), f"{where}, recipe {name}"
        own = fields.pop("runs", None)
        own = file.runs if own is None else convert(own, Runs, inside, RecipeError)
        # Where all recipes share their runs, the baseline's gains are relative to itself.
        runs[name] = msgspec.structs.replace(own, against="") if own.against == name else own
        recipes[name] = parse_recipe(fields, inside)
    default = (file.default,) if isinstance(file.default, str) else file.default or tuple(recipes)
    known(where, "default", "recipe", default, recipes)
    names = {entry.name for entry in tasks}
    check_runs(where, runs, names)
    published = tuple(
        row if row.recipe else msgspec.structs.replace(row, recipe=default[0])
        for row in file.published
    )
    check_metrics(where, "metrics", file.metrics)
    check_published(where, published, runs, names)
    if file.convergence:
        known(where, "convergence.reference", "recipe", file.convergence.references, recipes)
    contrasts = tuple(
        msgspec.structs.replace(c, a=_named(c.a, default), b=_named(c.b, default))
        for c in file.contrasts
    )
    check_contrasts(where, contrasts, runs, names)
    return Experiment(
        file.name,
        tasks,
        tuple(file.seeds),
        recipes,
        default,
        file.title,
        runs,
        published,
        file.source,
        file.metrics,
        file.convergence,
        contrasts,
        file.remove_leaks,
    )


def _named(side: Side, default: tuple[str, ...]) -> Side:
    return side if side.recipe else Side(default[0], side.group)


def _inherit(name: str, recipes: dict[str, dict], where: str, seen: tuple[str, ...] = ()) -> dict:
    """Fields of a recipe, with those of the recipe that it is ``like``."""
    if name not in recipes or name in seen:
        problem = "is like itself" if name in seen else f"is unknown; {nearest(name, recipes)}"
        raise RecipeError(f"{where}: field 'like': recipe {name!r} {problem}")
    fields = dict(recipes[name])
    like = fields.pop("like", None)
    if like is None:
        return fields
    if not isinstance(like, str):
        raise RecipeError(
            f"{where}, recipe {name}: field 'like': expected the name of a recipe, found {like!r}"
        )
    inherited = _inherit(like, recipes, where, (*seen, name))
    if fields.keys() & BUDGETS:
        inherited = {k: v for k, v in inherited.items() if k not in BUDGETS}
    return inherited | fields
