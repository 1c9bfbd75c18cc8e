"""Preparing a study: an experiment's tasks are read and its runs planned."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.io.paths import data_folder
from taskrel.study.experiment.auxiliaries import Auxiliaries
from taskrel.study.experiment.experiment import ALL_PAIRS, Experiment, Runs
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.device import checked_device, device_warnings
from taskrel.study.runs.fit import check_fit
from taskrel.study.runs.part import Part
from taskrel.study.runs.plan import mains_of, plan
from taskrel.study.runs.read_pretrained import PretrainedReader
from taskrel.study.runs.read_tasks import make_tasks, read_bases
from taskrel.study.runs.task_warnings import task_warnings
from taskrel.tasks.automated.names import check_main, is_automated
from taskrel.tasks.overlap import without_leaks
from taskrel.tasks.task import Task
from taskrel.training.recipes.recipe import Recipe


def prepare_study(
    experiment: Experiment,
    *,
    data: str | None = None,
    given: Mapping[str, Task] | None = None,
    only: Sequence[str] = (),
    main: str | None = None,
    aux: Sequence[str] = (),
    single: bool = False,
    group_all: bool = False,
    recipes: Sequence[str] = (),
    steps: int | None = None,
    seeds: Sequence[int] | None = None,
    vectors: str | None = None,
    device: str = "cpu",
    remove_leaks: bool = False,
) -> PlannedStudy:
    """Read tasks and vectors and plan the runs; the arguments override the experiment.

    given : name → task in memory, in place of a card of that name
    single : each task alone, no pairs
    group_all : also one run of all tasks
    remove_leaks : remove from each training split the texts that also occur in the dev or test
        split of another task; where `main` is given, only those of `main` are removed
    """
    device = checked_device(device)
    check_main(main or "")
    wanted = Auxiliaries.parse(aux) if aux else None
    if only:
        experiment = experiment.only(
            [*only, *([main] if main is not None else []), *(wanted.named if wanted else ())]
        )
    if group_all:
        experiment = experiment.with_group_of_all()
    # Whatever is misspelt is said before any corpus is read.
    _known("recipe", recipes, experiment.recipes, experiment.name)
    _known(
        "main task",
        [] if main is None else [main],
        [e.name for e in experiment.tasks if not is_automated(e.name)],
        experiment.name,
    )
    if wanted:
        experiment = _with_auxiliaries(experiment, wanted, main)
    folder = data_folder(data)
    bases = read_bases(experiment.tasks, folder, given or {})
    removed: list[str] = []
    if remove_leaks or experiment.remove_leaks:
        mains = {main} if main is not None else experiment.mains
        bases, removed = without_leaks(bases, {e.base for e in experiment.tasks if e.name in mains})
    tasks = make_tasks(experiment.tasks, bases)
    read = PretrainedReader(folder, {w for t in tasks.values() for w in t.wanted})
    asked = dict.fromkeys(recipes or experiment.default)
    every = list(dict.fromkeys(seeds or experiment.seeds))
    scopes = _scopes(experiment, asked)
    parts = {}
    for name, scope in scopes.items():
        where = f"experiment {experiment.name}, recipe {name}"
        recipe = _overridden(experiment.recipes[name], steps, vectors)
        if not only:  # else the label may be one of a task that is left out
            _check_class_weights(recipe, tasks, where)
        found = read(recipe)
        runs = (
            plan(
                list(tasks.values()),
                recipe,
                every,
                scope,
                main=main,
                aux=wanted,
                single=single,
                vectors=found.sha256 if found else None,
                device=device,
                cards={e.name: e.card_name for e in experiment.tasks},
            )
            if name in asked
            else []
        )
        # Another budget is another recipe, to be told apart in store and files.
        other = steps is not None and recipe != experiment.recipes[name]
        parts[name] = Part(
            f"{name}-{recipe.steps}" if other else name, recipe, found, device, runs, scope
        )
    for name, scope in scopes.items():
        if scope.against:
            _plan_against(parts[name], parts[scope.against], tasks, main)
    for part in parts.values():
        check_fit(
            f"experiment {experiment.name}, recipe {part.name}", part.runs, part.recipe, tasks
        )
    study = PlannedStudy(
        experiment.name,
        experiment.title,
        tasks,
        list(parts.values()),
        device,
        experiment.published,
        experiment.source,
        main,
        wanted,
        experiment.metrics,
        experiment.convergence,
        experiment.contrasts,
        {e.name: e for e in experiment.tasks},
    )
    study.warnings = [
        *removed,
        *task_warnings(
            {e.name: bases[e.base] for e in experiment.tasks},
            study.reports,
            study.trained_together,
        ),
        *device_warnings({part.name: part.recipe for part in study.parts if part.runs}, device),
    ]
    return study


def _scopes(experiment: Experiment, asked: Iterable[str]) -> dict[str, Runs]:
    """Recipe → what is trained together, of those asked for and those they are held against."""
    scopes = {name: experiment.runs.get(name, ALL_PAIRS) for name in asked}
    for name in dict.fromkeys(scope.against for scope in scopes.values() if scope.against):
        # Left out by this call: its groups keep their names, but none is trained.
        own = experiment.runs.get(name, ALL_PAIRS)
        scopes.setdefault(
            name,
            msgspec.structs.replace(
                own, pairs=(), mains=None, auxiliaries=None, alone=(), against=""
            ),
        )
    return scopes


def _with_auxiliaries(experiment: Experiment, aux: Auxiliaries, main: str | None) -> Experiment:
    """The experiment with the automated tasks that are asked for; raises for unknown names."""
    if main in aux.named:
        raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")
    mains = [main] if main else [e.name for e in experiment.tasks if not is_automated(e.name)]
    return experiment.with_automated([*aux.named, *(n for m in mains for n in aux.own_of(m))])


def _plan_against(part: Part, baseline: Part, tasks: dict[str, Task], main: str | None) -> None:
    """Plan what the gains of `part` are taken against, as far as `baseline` has not."""
    part.against = baseline.name
    mains = {
        name
        for run in part.runs
        if len(run.tasks) > 1
        for name in mains_of(run.tasks, part.recipe)
        if main in (None, name)
    }
    seeds = list(dict.fromkeys(run.seed for run in part.runs))
    runs = plan(
        [tasks[name] for name in sorted(mains)],
        baseline.recipe,
        seeds,
        Runs(pairs=(), alone=tuple(sorted(mains))),
        vectors=baseline.checksum,
        device=baseline.device,
    )
    baseline.runs = [*{run.identity: run for run in (*runs, *baseline.runs)}.values()]


def _check_class_weights(recipe: Recipe, tasks: dict[str, Task], where: str) -> None:
    labels = {label for task in tasks.values() for label in task.all_labels}
    for label in recipe.class_weights:
        if label not in labels:
            raise RecipeError(
                f"{where}: field 'class_weights': no task has a label {label!r}; "
                f"{nearest(label, labels)}"
            )


def _known(what: str, asked: Sequence[str], known: Iterable[str], where: str) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(
                f"unknown {what} {name!r} in experiment {where}; {nearest(name, known)}"
            )


def _overridden(recipe: Recipe, steps: int | None, vectors: str | None) -> Recipe:
    if vectors is not None:
        recipe = msgspec.structs.replace(recipe, vectors=vectors)
    if steps is not None:
        recipe = msgspec.structs.replace(recipe, steps=steps, epochs=None)
    return recipe
