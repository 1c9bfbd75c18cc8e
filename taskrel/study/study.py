"""A study: an experiment with its tasks read and its runs planned, ready to train."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from pathlib import Path

import msgspec
import pandas as pd

from taskrel.errors import RecipeError, UsageError, nearest
from taskrel.places import data_folder
from taskrel.study.auxiliaries import Auxiliaries
from taskrel.study.device import checked_device, default_jobs, device_warnings
from taskrel.study.execute import execute, pending
from taskrel.study.experiment import ALL_PAIRS, Entry, Experiment, Runs
from taskrel.study.export import import_runs
from taskrel.study.fit import check_fit
from taskrel.study.plan import Run, in_order, mains_of, plan
from taskrel.study.published import Contrast, Convergence, Published
from taskrel.study.read_pretrained import PretrainedReader
from taskrel.study.read_tasks import read_tasks
from taskrel.study.results import described, recipe_digest
from taskrel.study.store import Store
from taskrel.study.task_warnings import task_warnings
from taskrel.tasks.automated_names import check_main, is_automated
from taskrel.tasks.pretrained import Pretrained
from taskrel.tasks.task import Task
from taskrel.tasks.vectors import Vectors
from taskrel.training.recipe import Recipe, Transformer

log = logging.getLogger("taskrel")


@dataclass
class Part:
    """One recipe of a study: what it starts from and its runs.

    pretrained : word vectors (None: learned), or the transformer that the recipe names
    scope : which tasks are trained together, as the experiment says
    against : name of the part whose single-task runs gains are taken against; "": this one
    """

    name: str
    recipe: Recipe
    pretrained: Vectors | Pretrained | None
    device: str
    runs: list[Run]
    scope: Runs = ALL_PAIRS
    against: str = ""

    @property
    def digest(self) -> str:
        """Identity of the resolved recipe."""
        return recipe_digest(self.recipe, self.checksum, self.device)

    @property
    def first_alone(self) -> list[Run]:
        """The single-task runs of the first seed, whose encoders are kept."""
        return [r for r in self.runs if len(r.tasks) == 1 and r.seed == self.runs[0].seed]

    @property
    def checksum(self) -> str | None:
        """Checksum of the pre-trained vectors or transformer, None if all is learned."""
        return self.pretrained.sha256 if self.pretrained else None

    @property
    def vectors(self) -> Vectors | None:
        """The pre-trained word vectors, if that is what the recipe starts from."""
        return self.pretrained if isinstance(self.pretrained, Vectors) else None

    @property
    def comparable(self) -> set[tuple[str, str]]:
        """(main, aux) whose pair features say something: of all tasks, or of those in `scope`.

        No automated task is a main one, and it is the auxiliary of those alone that it is
        trained with. None of a transformer's, whose encoder is not kept.
        """
        if isinstance(self.recipe.encoder, Transformer):
            return set()
        found = {pair for run in self.runs for pair in permutations(run.tasks, 2)}
        if self.scope.pairs is None:
            names = {name for run in self.runs for name in run.tasks if not is_automated(name)}
            found |= set(permutations(names, 2))
        return {(main, aux) for main, aux in found if not is_automated(main)}

    @property
    def groups(self) -> dict[tuple[str, ...], str]:
        """Tasks trained together, as their run names them → name of the group."""
        return {in_order(tasks, self.recipe): name for name, tasks in self.scope.groups.items()}


@dataclass
class Study:
    """Tasks by name and, recipe by recipe, the runs to make.

    entries : name → what the task is made from, which the store keeps
    warnings : what the user should know before believing the scores
    seconds, trained : wall time and identities of the runs of `train`, once called
    """

    name: str
    title: str
    tasks: dict[str, Task]
    parts: list[Part]
    device: str
    published: tuple[Published, ...] = ()
    source: str = ""  # of the published scores
    main: str | None = None  # the one main task asked about, if any
    aux: Auxiliaries | None = None  # the auxiliaries asked about; None: all
    metrics: tuple[str, ...] = ()  # shown beside the published ones
    convergence: Convergence | None = None
    contrasts: tuple[Contrast, ...] = ()
    entries: dict[str, Entry] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    trained: set[str] = field(default_factory=set)

    @classmethod
    def prepare(cls, experiment: Experiment, *, data: str | None = None,
                only: Sequence[str] = (), main: str | None = None, aux: Sequence[str] = (),
                alone: bool = False, together: bool = False, recipes: Sequence[str] = (),
                steps: int | None = None, seeds: Sequence[int] | None = None,
                vectors: str | None = None, device: str = "cpu") -> "Study":
        """Read tasks and vectors and plan the runs; the arguments override the experiment."""
        device = checked_device(device)
        check_main(main or "")
        wanted = Auxiliaries.parse(aux) if aux else None
        if only:
            experiment = experiment.only([*only, *([main] if main is not None else []),
                                          *(wanted.named if wanted else ())])
        if together:
            experiment = experiment.together()
        # Whatever is misspelt is said before any corpus is read.
        _known("recipe", recipes, experiment.recipes, experiment.name)
        _known("main task", [] if main is None else [main],
               [e.name for e in experiment.tasks if not is_automated(e.name)], experiment.name)
        if wanted:
            experiment = _with_auxiliaries(experiment, wanted, main)
        folder = data_folder(data)
        tasks = read_tasks(experiment.tasks, folder)
        study = cls(experiment.name, experiment.title, tasks, [], device, experiment.published,
                    experiment.source, main, wanted, experiment.metrics, experiment.convergence,
                    experiment.contrasts, {e.name: e for e in experiment.tasks})
        read = PretrainedReader(folder, {w for t in tasks.values() for w in t.wanted})
        every = list(dict.fromkeys(seeds or experiment.seeds))
        asked = dict.fromkeys(recipes or experiment.default)
        scopes = {name: experiment.runs.get(name, ALL_PAIRS) for name in asked}
        for name in dict.fromkeys(scope.against for scope in scopes.values() if scope.against):
            # Left out by this call: its groups keep their names, but none is trained.
            own = experiment.runs.get(name, ALL_PAIRS)
            scopes.setdefault(name, msgspec.structs.replace(own, pairs=(), alone=(),
                                                             against=""))
        parts = {}
        for name, scope in scopes.items():
            recipe = _overridden(experiment.recipes[name], steps, vectors)
            if not only:  # else the label may be one of a task that is left out
                _check_class_weights(recipe, tasks, f"experiment {experiment.name}, recipe {name}")
            found = read(recipe)
            runs = plan(list(tasks.values()), recipe, every, scope, main=main, aux=wanted,
                        alone=alone, vectors=found.sha256 if found else None,
                        device=device) if name in asked else []
            # Another budget is another recipe, to be told apart in store and files.
            other = steps is not None and recipe != experiment.recipes[name]
            parts[name] = Part(f"{name}-{recipe.steps}" if other else name, recipe, found, device,
                               runs, scope)
        for name, scope in scopes.items():
            if scope.against:
                _plan_against(parts[name], parts[scope.against], tasks, main)
        for part in parts.values():
            check_fit(f"experiment {experiment.name}, recipe {part.name}", part.runs, part.recipe,
                      tasks)
        study.parts = list(parts.values())
        study.warnings = task_warnings(tasks, study.trained_together) + device_warnings(
            {part.name: part.recipe for part in study.parts if part.runs}, device)
        return study

    @property
    def trained_together(self) -> set[tuple[str, str]]:
        """(main, aux) that some planned run trains together; all, if none does."""
        found = {pair for run in self.runs.values() for pair in permutations(run.tasks, 2)}
        return found or set(permutations(self.tasks, 2))

    @property
    def runs(self) -> dict[str, Run]:
        """Identity → planned run, over all recipes."""
        return {run.identity: run for part in self.parts for run in part.runs}

    def train(self, out: Path, info: Callable[[Task, set[str] | None], dict], *,
              jobs: int | None = None, retry_failed: bool = False, bar: bool = True,
              take_in: Path | None = None, as_it_is: bool = False) -> int:
        """Train what the store in `out` lacks; returns the number of failed runs.

        info : what the store is to keep of a task, given the words that have a
            vector (None: vectors are learned), as plain data
        take_in : an export whose runs are taken into the store first
        as_it_is : train nothing
        """
        from tqdm import tqdm
        from tqdm.contrib.logging import logging_redirect_tqdm

        start = time.perf_counter()
        with Store.write(out) as store:
            for part in self.parts:
                known = set(part.vectors.words) if part.vectors else None
                store.register({name: (task.digest, info(task, known)
                                       | {"entry": self.entries[name].plain})
                                for name, task in self.tasks.items()}, part.name,
                               described(part.recipe, part.checksum, self.device),
                               part.digest, part.runs)
            if take_in is not None:
                log.info("%d new runs from %s", import_runs(take_in, store), take_in)
            status = store.status()
            missing = {p.name: [] if as_it_is else pending(p.runs, status, retry_failed)
                       for p in self.parts}
            total = sum(run.steps for runs in missing.values() for run in runs)
            log.info("%d runs planned, %d to train, into %s", len(self.runs),
                     len({r.identity for runs in missing.values() for r in runs}), out)
            with tqdm(total=total, unit="step", disable=None if bar else True,
                      smoothing=0.05) as progress, logging_redirect_tqdm():
                done, told = 0, start
                for part in self.parts:
                    runs = [r for r in missing[part.name] if r.identity not in self.trained]
                    advance = partial(_advance, progress, done)
                    for outcome in execute(runs, self.tasks, part.pretrained, store,
                                           encoders={r.identity for r in part.first_alone},
                                           jobs=jobs or default_jobs(self.device),
                                           device=self.device, progress=advance):
                        self.trained.add(outcome.run.identity)
                        _report(outcome)
                        if progress.disable and time.perf_counter() - told > 30:
                            told = time.perf_counter()
                            log.info("%d runs trained, %.0f s", len(self.trained), told - start)
                    done += sum(run.steps for run in missing[part.name])
            status = store.status()
            errors = store.errors()
        self.seconds = time.perf_counter() - start
        self._name_failures(errors, retry_failed)
        return sum(status.get(identity) == "failed" for identity in self.runs)

    def _name_failures(self, errors: pd.DataFrame, retry_failed: bool) -> None:
        """Say of runs that failed in an earlier call why, and how to try them again."""
        old = errors[errors.run.isin(set(self.runs) - self.trained)]
        for tasks, seed, error in zip(old.tasks, old.seed, old.error, strict=True):
            log.error("failed before: %s, seed %d: %s", " + ".join(tasks), seed,
                      error.strip().splitlines()[-1])
            log.debug("%s", error)
        if len(old) and not retry_failed:
            log.error("--retry-failed tries them again")


def _with_auxiliaries(experiment: Experiment, aux: Auxiliaries, main: str | None) -> Experiment:
    """The experiment with the automated tasks that are asked for; raises for unknown names."""
    if main in aux.named:
        raise UsageError(f"main and auxiliary task are both {main!r}; name two tasks")
    mains = [main] if main else [e.name for e in experiment.tasks if not is_automated(e.name)]
    return experiment.with_automated([*aux.named, *(n for m in mains for n in aux.own_of(m))])


def _plan_against(part: Part, baseline: Part, tasks: dict[str, Task], main: str | None) -> None:
    """Plan what the gains of `part` are taken against, as far as `baseline` has not."""
    part.against = baseline.name
    mains = {name for run in part.runs if len(run.tasks) > 1
             for name in mains_of(run.tasks, part.recipe) if main in (None, name)}
    seeds = list(dict.fromkeys(run.seed for run in part.runs))
    runs = plan([tasks[name] for name in sorted(mains)], baseline.recipe, seeds,
                Runs(pairs=(), alone=tuple(sorted(mains))), vectors=baseline.checksum,
                device=baseline.device)
    baseline.runs = [*{run.identity: run for run in (*runs, *baseline.runs)}.values()]


def _check_class_weights(recipe: Recipe, tasks: dict[str, Task], where: str) -> None:
    labels = {label for task in tasks.values() for label in task.all_labels}
    for label in recipe.class_weights:
        if label not in labels:
            raise RecipeError(f"{where}: field 'class_weights': no task has a label {label!r}; "
                              f"{nearest(label, labels)}")


def _known(what: str, asked: Sequence[str], known: Iterable[str], where: str) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"unknown {what} {name!r} in experiment {where}; "
                             f"{nearest(name, known)}")


def _overridden(recipe: Recipe, steps: int | None, vectors: str | None) -> Recipe:
    if vectors is not None:
        recipe = msgspec.structs.replace(recipe, vectors=vectors)
    if steps is not None:
        recipe = msgspec.structs.replace(recipe, steps=steps, epochs=None)
    return recipe


def _advance(bar, before: int, steps: int) -> None:
    bar.update(before + steps - bar.n)


def _report(outcome) -> None:
    what = f"{' + '.join(outcome.run.tasks)}, seed {outcome.run.seed}"
    if outcome.error:
        log.error("failed: %s: %s", what, outcome.error.strip().splitlines()[-1])
        log.debug("%s", outcome.error)
    else:
        log.debug("done: %s, %.1f s", what, outcome.seconds)
