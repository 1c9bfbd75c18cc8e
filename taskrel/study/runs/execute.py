"""Execute: train the runs that are missing, one process and one torch thread each."""

import hashlib
import os
import pickle
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import torch

from taskrel import __version__
from taskrel.io.paths import PACKAGE
from taskrel.study.runs.plan import Run
from taskrel.study.runs.workers import WorkerDied, results
from taskrel.study.store.encoders import encoder_path, kept_path, load_encoder, save_encoder
from taskrel.study.store.store import Store
from taskrel.tasks.task import Task
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.result import RunResult
from taskrel.training.run import run as train

#: Error of a run whose worker process died twice.
DIED = (
    "the worker process ended twice during this run: it was killed, or memory ran out; "
    "fewer --jobs need less memory"
)


class Outcome(NamedTuple):
    """What a worker returns: a result, or the traceback of an error."""

    run: Run
    result: RunResult | None
    error: str | None
    seconds: float
    provenance: dict


def pending(
    runs: Sequence[Run], status: Mapping[str, str], retry_failed: bool = False
) -> list[Run]:
    """The runs that the store lacks, each once; failed ones only on demand."""
    settled = {"done"} if retry_failed else {"done", "failed"}
    missing = {run.identity: run for run in runs}
    return [run for identity, run in missing.items() if status.get(identity) not in settled]


def execute(
    runs: Sequence[Run],
    tasks: Mapping[str, Task],
    pretrained: Vectors | Pretrained | None,
    store: Store,
    *,
    encoders: Collection[str] = (),
    jobs: int = 1,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda steps: None,
) -> Iterator[Outcome]:
    """Train `runs` and keep each in `store` as it finishes; yields the outcomes.

    encoders : identities of the single-task runs whose encoders are kept
    jobs : worker processes; with 1, runs train in this process. Results do not
        depend on it.
    progress : called now and then, from a thread, with the optimisation steps
        done so far over all runs
    """
    for outcome in trained(
        runs,
        tasks,
        pretrained,
        jobs=jobs,
        device=device,
        progress=progress,
        encoders=store.path.parent,
    ):
        if outcome.result is not None:
            # First: a finished run then has its encoder, wherever this process is killed.
            if outcome.run.identity in encoders and outcome.result.encoder is not None:
                save_encoder(encoder_path(store.path.parent, outcome.run), outcome.result.encoder)
            store.finish(outcome.run, outcome.result, outcome.seconds, outcome.provenance)
        else:
            store.fail(outcome.run, outcome.error or "", outcome.seconds, outcome.provenance)
        yield outcome


def trained(
    runs: Sequence[Run],
    tasks: Mapping[str, Task],
    pretrained: Vectors | Pretrained | None,
    *,
    jobs: int = 1,
    device: str = "cpu",
    progress: Callable[[int], None] = lambda steps: None,
    encoders: Path | None = None,
) -> Iterator[Outcome]:
    """Train `runs` and keep nothing; the arguments are those of `execute`.

    encoders : folder of the study whose kept encoders runs start from, in transfer; where there
        is none, the auxiliary is trained as a part of the run
    """
    with TemporaryDirectory() as folder, watched(Path(folder), len(runs), progress) as counter:
        sent = _sent({name: tasks[name] for run in runs for name in run.read}, folder, jobs)
        calls = [
            (
                run,
                [sent[name] for name in run.read],
                pretrained,
                device,
                counter,
                i,
                start_of(run, encoders),
            )
            for i, run in enumerate(runs)
        ]
        for i, outcome in results(_train, calls, jobs):
            if isinstance(outcome, WorkerDied):
                yield Outcome(runs[i], None, DIED, 0.0, provenance())
            else:
                yield outcome


def start_of(run: Run, encoders: Path | None) -> Path | None:
    """The file of the encoder that a run starts from; None: nothing, or it is trained in the run."""
    if encoders is None:
        return None
    if run.encoder:
        return kept_path(encoders, run.encoder)
    return encoder_path(encoders, run.start) if run.start else None


def _sent(tasks: Mapping[str, Task], folder: str, jobs: int) -> Mapping[str, Task | Path]:
    """What calls have of each task: in worker processes a file, which each of them reads once."""
    if jobs == 1:
        return tasks
    paths = {}
    for number, (name, task) in enumerate(tasks.items()):
        paths[name] = Path(folder, f"{number}.task")
        paths[name].write_bytes(pickle.dumps(task))
    return paths


@lru_cache(maxsize=128)
def _received(path: Path) -> Task:
    return pickle.loads(path.read_bytes())


def _train(
    run: Run,
    tasks: list[Task | Path],
    pretrained: Vectors | Pretrained | None,
    device: str,
    counter: Path,
    slot: int,
    encoder: Path | None,
) -> Outcome:
    """Train one run in this process; an exception is returned as a traceback."""
    start = time.perf_counter()
    steps = np.memmap(counter, np.int64, "r+")

    def tick(n: int) -> None:
        steps[slot] = n

    result = error = None
    try:
        kept = load_encoder(encoder) if encoder and (run.encoder or encoder.exists()) else None
        own = [task if isinstance(task, Task) else _received(task) for task in tasks]
        result = train(own, run.recipe, run.seed, pretrained, device, tick, kept)
    except Exception:
        error = traceback.format_exc()
    finally:
        steps[slot] = run.steps
    return Outcome(run, result, error, time.perf_counter() - start, provenance())


@contextmanager
def watched(folder: Path, n_runs: int, progress: Callable[[int], None]):
    """Yield a file of one step counter per run, shared by all workers and summed by a thread."""
    path = folder / "steps"
    steps = np.memmap(path, np.int64, "w+", shape=(max(n_runs, 1),))
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
            progress(int(steps.sum()))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        stop.set()
        thread.join()
        progress(int(steps.sum()))


@cache
def code_version() -> str:
    """Hash of the package's own source, 12 hex digits."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def provenance() -> dict:
    """Where and with what a run was trained; recorded with it, but no part of its identity."""
    return {
        "taskrel": __version__,
        "code": code_version(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "scipy": version("scipy"),
        "scikit-learn": version("scikit-learn"),
        "platform": sys.platform,
        "machine": platform.machine(),
        "host": platform.node(),
        "cpus": os.cpu_count(),
    }
