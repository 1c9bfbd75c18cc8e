"""Runs with faults: train under a fault of training, score under every fault of scoring.

A training leaves one JSON file, named by its identity, and is there whole or not at all:
called again, only what is missing is trained.
"""

import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from taskrel.errors import StoreError, TaskrelError
from taskrel.io.paths import atomic
from taskrel.study.faults.mistakes import TRAINING
from taskrel.study.faults.plan import Training
from taskrel.study.faults.scores import SCORING, Answers
from taskrel.study.planned import PlannedStudy
from taskrel.study.runs.execute import leave_with, one_thread, provenance, watched
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.run import run as train

log = logging.getLogger("taskrel")


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One score of one training on the test split, a fraction."""

    scoring: str
    task: str
    metric: str
    value: float


class Scored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file of a training holds; all but `scores` is for people."""

    training: str
    recipe: str
    group: str
    seed: int
    scores: tuple[Score, ...]
    seconds: float
    provenance: dict


def train_missing(
    trainings: Sequence[Training],
    study: PlannedStudy,
    out: Path,
    *,
    jobs: int = 1,
    bar: bool = True,
) -> int:
    """Train those whose file is not in `out` yet; returns how many failed.

    jobs : worker processes; with 1, all are trained in this process
    """
    from tqdm import tqdm
    from tqdm.contrib.logging import logging_redirect_tqdm

    missing = [t for t in trainings if not t.path(out).exists()]
    log.info("%d trainings planned, %d to do, into %s", len(trainings), len(missing), out)
    pretrained = {run.identity: part.pretrained for part in study.parts for run in part.runs}
    failed = 0
    with (
        tqdm(
            total=sum(t.steps for t in missing),
            unit="step",
            disable=None if bar else True,
            smoothing=0.05,
        ) as progress,
        logging_redirect_tqdm(),
        TemporaryDirectory() as folder,
        watched(
            Path(folder), len(missing), lambda steps: progress.update(steps - progress.n)
        ) as counter,
    ):
        calls = [
            (
                t,
                [study.tasks[name] for name in t.run.tasks],
                pretrained[t.run.identity],
                study.device,
                counter,
                i,
            )
            for i, t in enumerate(missing)
        ]
        for training, scored, error in _outcomes(calls, jobs):
            what = (
                f"{training.fault}, {training.recipe}, {training.group}, seed {training.run.seed}"
            )
            if error is None:
                # Provenance holds versions that only look like text.
                plain = msgspec.json.encode(scored, enc_hook=str)
                with atomic(training.path(out)) as path:
                    path.write_bytes(msgspec.json.format(plain, indent=1))
                log.info("done: %s, %.0f s", what, scored.seconds)
            else:
                failed += 1
                log.error("failed: %s: %s", what, error.strip().splitlines()[-1])
                log.debug("%s", error)
    return failed


def read_scored(training: Training, out: Path) -> Scored | None:
    """What the training has left in `out`; None where it is still to be done."""
    path = training.path(out)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Scored)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as e:
        raise StoreError(
            f"scores {path}: cannot be read ({e}); delete the file to train that again"
        ) from None


def _outcomes(
    calls: list[tuple], jobs: int
) -> Iterator[tuple[Training, Scored | None, str | None]]:
    if min(jobs, len(calls)) <= 1:
        for call in calls:
            yield _train(*call)
        return
    workers = Parallel(
        n_jobs=jobs, backend="loky", return_as="generator_unordered", pre_dispatch=jobs + 1
    )
    try:
        yield from workers(delayed(_in_worker)(os.getpid(), *call) for call in calls)
    except TerminatedWorkerError:
        raise TaskrelError(
            "a worker process died, killed from outside or out of memory; call "
            "again with fewer --jobs, what is finished is kept"
        ) from None


def _in_worker(parent: int, *call) -> tuple[Training, Scored | None, str | None]:
    leave_with(parent)
    return _train(*call)


def _train(
    training: Training,
    tasks: list[Task],
    pretrained: Vectors | Pretrained | None,
    device: str,
    counter: Path,
    slot: int,
) -> tuple[Training, Scored | None, str | None]:
    """Train and score in this process; whatever is raised comes back as text."""
    steps = np.memmap(counter, np.int64, "r+")
    try:
        with one_thread():
            return (
                training,
                _scored(training, tasks, pretrained, device, lambda n: steps.__setitem__(slot, n)),
                None,
            )
    except Exception:
        return training, None, traceback.format_exc()
    finally:
        steps[slot] = training.steps


def _scored(
    training: Training,
    tasks: list[Task],
    pretrained: Vectors | Pretrained | None,
    device: str,
    progress: Callable[[int], None],
) -> Scored:
    start, run, scores = time.perf_counter(), training.run, []

    def look(i: int, model, tests) -> None:
        if i > 0 and not run.recipe.symmetric:  # an auxiliary: not what the run is about
            return
        answers = Answers(tasks, i, model, tests, run.recipe, run.seed)
        scores.extend(
            Score(name, tasks[i].name, metric, value)
            for name, fault in SCORING.items()
            for metric, value in fault(answers).items()
        )

    train(
        TRAINING[training.fault](tasks, run.seed),
        run.recipe,
        run.seed,
        pretrained,
        device,
        progress,
        look,
    )
    return Scored(
        training.fault,
        training.recipe,
        training.group,
        run.seed,
        tuple(scores),
        time.perf_counter() - start,
        provenance(),
    )
