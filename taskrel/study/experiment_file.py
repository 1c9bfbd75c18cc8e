"""Experiment files: one TOML file that names tasks, seeds and one or more recipes."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.places import shipped
from taskrel.strict import convert, read_toml
from taskrel.study.experiment import ALL_PAIRS, Entry, Experiment, Published, Runs, Seed, tasks_of
from taskrel.tasks.card import METRICS, card_paths
from taskrel.training.recipe import parse_recipe

#: Metrics of published scores: any main one of a card, and those that are never one.
METRIC_NAMES = {name for names in METRICS.values() for name in names} | {"weighted_precision",
                                                                         "weighted_recall"}
#: Recipe fields that say how long to train; one of them replaces an inherited other.
BUDGETS = {"steps", "epochs"}


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
    for entry in tasks:
        if entry.absent and not entry.as_:
            raise RecipeError(f"{where}: field 'tasks': with absent labels {entry.card!r} is "
                              "another task; give it a name with 'as'")
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
    for recipe, own in runs.items():
        inside = f"{where}, recipe {recipe}"
        _known(inside, "runs.pairs", "task", own.pairs or (), tasks)
        _known(inside, "runs.alone", "task", own.alone or (), tasks)
        for name, group in own.groups.items():
            _known(inside, f"runs.groups.{name}", "task", group, tasks)
            if len(set(group)) < max(2, len(group)):
                raise RecipeError(f"{inside}: field 'runs.groups.{name}': expected two or more "
                                  f"different tasks, found {', '.join(group) or 'none'}")
            if len(group) > 2 and (not name or name in tasks):  # it stands for an auxiliary
                raise RecipeError(f"{inside}: field 'runs.groups': {name!r} cannot be the name of "
                                  "three tasks or more, for it means "
                                  f"{'the task of that name' if name else 'none'}; rename it")


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
    if fields.keys() & BUDGETS:
        inherited = {k: v for k, v in inherited.items() if k not in BUDGETS}
    return inherited | fields
