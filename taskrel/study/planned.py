"""A study: an experiment with its tasks read and its runs planned, ready to train.

`prepare.prepare_study` makes one.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import permutations
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from taskrel.study.analysis.records import described
from taskrel.study.experiment.auxiliaries import Auxiliaries
from taskrel.study.experiment.experiment import Entry
from taskrel.study.experiment.published import Contrast, Convergence, Published
from taskrel.study.runs.device import default_jobs
from taskrel.study.runs.execute import Outcome, execute, pending
from taskrel.study.runs.part import Part
from taskrel.study.runs.plan import Run
from taskrel.study.runs.states import compute_states
from taskrel.study.store.export import import_runs
from taskrel.study.store.store import Store
from taskrel.tasks.inspect.report import Report
from taskrel.tasks.task import Task

log = logging.getLogger("taskrel")


@dataclass
class PlannedStudy:
    """Tasks by name and, recipe by recipe, the runs to make.

    entries : name → what the task is made from, which the store keeps
    warnings : what the user should know before believing the scores; `train` logs them
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

    @cached_property
    def reports(self) -> dict[str, Report]:
        """What was read of each task."""
        return {name: task.report() for name, task in self.tasks.items()}

    @property
    def trained_together(self) -> set[tuple[str, str]]:
        """(main, aux) that some planned run trains together; all, if none does."""
        found = {pair for run in self.runs.values() for pair in permutations(run.tasks, 2)}
        return found or set(permutations(self.tasks, 2))

    @property
    def runs(self) -> dict[str, Run]:
        """Identity → planned run, over all recipes."""
        return {run.identity: run for part in self.parts for run in part.runs}

    def train(
        self,
        out: Path,
        info: Callable[[Task, set[str] | None], dict],
        *,
        jobs: int | None = None,
        retry_failed: bool = False,
        bar: bool = True,
        import_from: Path | None = None,
        train: bool = True,
        others: Mapping[str, tuple[str, dict]] = MappingProxyType({}),
    ) -> int:
        """Train what the store in `out` lacks; returns the number of failed runs.

        info : what the store is to keep of a task, given the words that have a
            vector (None: vectors are learned), as plain data
        import_from : an export whose runs are imported first
        train : False: train nothing
        others : tasks of runs that are not read (`Run.encoder`): name → digest, and what the store
            is to keep of it
        """
        from tqdm import tqdm
        from tqdm.contrib.logging import logging_redirect_tqdm

        for warning in self.warnings:
            log.warning("warning: %s", warning)
        start = time.perf_counter()
        with Store.write(out) as store:
            self.register(store, info, others)
            if import_from is not None:
                n_new = import_runs(import_from, store)
                log.info("%d new runs imported from %s", n_new, import_from)
            status = store.status()
            missing = {
                p.name: pending(p.runs, status, retry_failed) if train else [] for p in self.parts
            }
            total = sum(run.steps for runs in missing.values() for run in runs)
            log.info(
                "%d runs planned, %d to train, into %s",
                len(self.runs),
                len({r.identity for runs in missing.values() for r in runs}),
                out,
            )
            with (
                tqdm(
                    total=total, unit="step", disable=None if bar else True, smoothing=0.05
                ) as progress,
                logging_redirect_tqdm(),
            ):
                done, told = 0, start
                for part in self.parts:
                    runs = [r for r in missing[part.name] if r.identity not in self.trained]
                    advance = partial(_advance, progress, done)
                    for _ in self.execute(store, part, runs, jobs=jobs, progress=advance):
                        if progress.disable and time.perf_counter() - told > 30:
                            told = time.perf_counter()
                            log.info("%d runs trained, %.0f s", len(self.trained), told - start)
                    done += sum(run.steps for run in missing[part.name])
            status = store.status()
            errors = store.errors()
        self.seconds = time.perf_counter() - start
        self._name_failures(errors, retry_failed)
        return sum(status.get(identity) == "failed" for identity in self.runs)

    def register(
        self,
        store: Store,
        info: Callable[[Task, set[str] | None], dict],
        others: Mapping[str, tuple[str, dict]] = MappingProxyType({}),
    ) -> None:
        """Record the plan in a store; the arguments are those of `train`."""
        for part in self.parts:
            known = set(part.vectors.words) if part.vectors else None
            store.register(
                {
                    name: (task.digest, info(task, known) | {"entry": self.entries[name].plain})
                    for name, task in self.tasks.items()
                }
                | dict(others),
                part.name,
                described(part.recipe, part.checksum, self.device),
                part.digest,
                part.runs,
            )

    def execute(
        self,
        store: Store,
        part: Part,
        runs: Sequence[Run],
        *,
        jobs: int | None = None,
        progress: Callable[[int], None] = lambda steps: None,
    ) -> Iterator[Outcome]:
        """Train these runs of a part, and yield the outcomes as they are kept.

        jobs, progress : as for `runs.execute.execute`
        """
        jobs = jobs or default_jobs(self.device)
        if runs:
            compute_states(runs, self.tasks, part.pretrained, jobs)
        for outcome in execute(
            runs,
            self.tasks,
            part.pretrained,
            store,
            encoders=part.kept,
            jobs=jobs,
            device=self.device,
            progress=progress,
        ):
            self.trained.add(outcome.run.identity)
            _report(outcome)
            yield outcome

    def _name_failures(self, errors: pd.DataFrame, retry_failed: bool) -> None:
        """Say of runs that failed in an earlier call why, and how to try them again."""
        old = errors[errors.run.isin(set(self.runs) - self.trained)]
        for tasks, seed, error in zip(old.tasks, old.seed, old.error, strict=True):
            log.error(
                "failed before: %s, seed %d: %s",
                " + ".join(tasks),
                seed,
                error.strip().splitlines()[-1],
            )
            log.debug("%s", error)
        if len(old) and not retry_failed:
            log.error("--retry-failed tries them again")


def _advance(bar, before: int, steps: int) -> None:
    bar.update(before + steps - bar.n)


def _report(outcome) -> None:
    what = f"{' + '.join(outcome.run.tasks)}, seed {outcome.run.seed}"
    if outcome.error:
        log.error("failed: %s: %s", what, outcome.error.strip().splitlines()[-1])
        log.debug("%s", outcome.error)
    else:
        log.debug("done: %s, %.1f s", what, outcome.seconds)
