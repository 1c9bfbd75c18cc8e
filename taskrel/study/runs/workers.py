"""Worker processes: results of calls as they finish; a call whose worker dies is tried once more.

Each worker limits torch to one thread: results then do not depend on the machine's load, and
several such processes are faster than several threads.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError


class WorkerDied:
    """In place of a result: the worker process ended twice during this call."""


def results(
    function: Callable[..., Any], calls: Sequence[tuple], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Yield (number of the call, result) as calls finish, in any order.

    Parameters
    ----------
    function : callable
        Importable by name, so that a worker finds it. It must not raise.
    calls : sequence of tuple
        Arguments of each call.
    jobs : int
        Worker processes; with 1, or one call, calls run in this process.

    Yields
    ------
    (int, result)
        The result is `WorkerDied` where two workers in turn died at this call.
    """
    if min(jobs, len(calls)) <= 1:
        for number, call in enumerate(calls):
            yield number, _alone(function, number, call)[1]
        return
    left = list(enumerate(calls))
    while left:
        try:
            for number, result in _pool(function, left, jobs):
                left = [(n, call) for n, call in left if n != number]
                yield number, result
        except TerminatedWorkerError:
            # A worker that dies (out of memory, say) takes the pool along. Calls start in
            # order, so the first ones left were in hand: each is tried again, by itself.
            in_hand, left = left[: jobs + 1], left[jobs + 1 :]
            for numbered in in_hand:
                try:
                    yield from _pool(function, [numbered], 1)
                except TerminatedWorkerError:
                    yield numbered[0], WorkerDied()


def _pool(function: Callable, calls: list[tuple[int, tuple]], jobs: int) -> Iterator:
    """Results from `jobs` worker processes; raises where one of them dies."""
    # With one job, joblib uses this very process: ask for two workers, give one of them work.
    workers = Parallel(
        n_jobs=max(jobs, 2),
        backend="loky",
        return_as="generator_unordered",
        pre_dispatch=jobs + 1,
    )
    return workers(delayed(_in_worker)(os.getpid(), function, *call) for call in calls)


def _in_worker(parent: int, function: Callable, number: int, call: tuple) -> tuple[int, Any]:
    end_with(parent)
    return _alone(function, number, call)


def _alone(function: Callable, number: int, call: tuple) -> tuple[int, Any]:
    with one_thread():
        return number, function(*call)


@cache
def end_with(parent: int) -> None:
    """End this worker when its parent has been killed, instead of waiting for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def one_thread():
    """Keep torch to one thread, and give it back what it had."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
