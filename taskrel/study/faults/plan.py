"""Which trainings an experiment's published scores of two tasks together call for."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from taskrel.errors import UsageError, nearest
from taskrel.study.experiment.experiment import Experiment, Runs
from taskrel.study.faults.mistakes import TRAINING
from taskrel.study.faults.scores import SCORING
from taskrel.study.planned import PlannedStudy
from taskrel.study.prepare import prepare_study
from taskrel.study.runs.plan import Run
from taskrel.training.recipes.budget import updates_of
from taskrel.training.schedules.schedules import n_steps

#: Raised when the meaning of a fault changes.
SCHEMA = 1
KINDS = ("classification", "multilabel")


@dataclass(frozen=True)
class Training:
    """One training: a planned run, under a fault of `TRAINING`.

    recipe, group : names in the experiment
    run : what it would be without the fault
    steps : optimisation steps
    """

    recipe: str
    group: str
    fault: str
    run: Run
    steps: int

    @property
    def identity(self) -> str:
        """SHA-256 of everything the scores depend on, as 64 hex digits."""
        spec = {
            "schema": SCHEMA,
            "run": self.run.identity,
            "training": self.fault,
            "scoring": sorted(SCORING),
        }
        return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()

    def path(self, out: Path) -> Path:
        """File of its scores."""
        return out / "trainings" / f"{self.identity}.json"


def chosen(
    experiment: Experiment, recipes: Sequence[str] = (), groups: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """The recipes and groups to train, as (recipe, group).

    recipes : by name; none: the experiment's default ones
    groups : by name; none: those that have published scores
    """
    for name in recipes:
        if name not in experiment.recipes:
            raise UsageError(
                f"unknown recipe {name!r} in experiment {experiment.name}; "
                f"{nearest(name, experiment.recipes)}"
            )
    recipes = list(dict.fromkeys(recipes or experiment.default))
    known = {
        (recipe, group): tasks
        for recipe in recipes
        for group, tasks in experiment.runs.get(recipe, Runs()).groups.items()
    }
    names = {group for _, group in known}
    for name in groups:
        if name not in names:
            raise UsageError(
                f"unknown group {name!r} of recipe {' or '.join(recipes)} in "
                f"experiment {experiment.name}; {nearest(name, names)}"
            )
    published = {(row.recipe, row.group) for row in experiment.published if row.scores}
    wanted = [key for key in known if (key[1] in groups if groups else key in published)]
    if not wanted:
        raise UsageError(
            f"experiment {experiment.name}: no group of recipe "
            f"{' or '.join(recipes)} has published scores; name one with --group"
        )
    for key in wanted:
        if len(known[key]) != 2:
            raise UsageError(
                f"group {key[1]!r} of experiment {experiment.name}: expected two "
                f"tasks, found {len(known[key])}; name another one with --group"
            )
    return wanted


def prepare(
    experiment: Experiment,
    wanted: Sequence[tuple[str, str]],
    *,
    data: str | None = None,
    steps: int | None = None,
    seeds: Sequence[int] | None = None,
    device: str = "cpu",
) -> PlannedStudy:
    """Read the tasks of the wanted groups and the vectors of their recipes."""
    names = {task for recipe, group in wanted for task in experiment.runs[recipe].groups[group]}
    study = prepare_study(
        experiment,
        data=data,
        only=sorted(names),
        steps=steps,
        seeds=seeds,
        recipes=list(dict.fromkeys(recipe for recipe, _ in wanted)),
        device=device,
    )
    for task in study.tasks.values():
        if task.kind not in KINDS:
            raise UsageError(
                f"task {task.name} of experiment {experiment.name}: expected a kind "
                f"with labels per text ({' or '.join(KINDS)}), found {task.kind}"
            )
    return study


def plan_trainings(study: PlannedStudy, wanted: Sequence[tuple[str, str]]) -> list[Training]:
    """The trainings of these recipes and groups for each seed and fault, in that order.

    wanted : (recipe, group); the study's parts are in the order of their recipes, first of all
    """
    parts = dict(zip(dict.fromkeys(recipe for recipe, _ in wanted), study.parts, strict=False))
    found = []
    for recipe, group in wanted:
        part = parts[recipe]
        names = part.scope.groups[group]
        names = tuple(sorted(names)) if part.recipe.symmetric else names
        runs = [run for run in part.runs if run.tasks == names]
        for fault, spoil in TRAINING.items():
            # A fault may change how many texts an epoch has.
            tasks = spoil([study.tasks[name] for name in names], 0)
            steps = n_steps(part.recipe.schedule, [updates_of(t, part.recipe) for t in tasks])
            found += [Training(recipe, group, fault, run, steps) for run in runs]
    return sorted(found, key=lambda training: training.run.seed)
