"""Run one case of a fuzz test: the outcome is a result or a `TaskrelError`, within five seconds."""

import faulthandler
import signal
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from taskrel.errors import TaskrelError

#: Processor time of a case. One that hangs outside Python, or waits, ends the process after a minute.
SECONDS = 5
MINUTE = 60


class Hang(BaseException):
    """A case takes too long; no `except Exception` of the tested code may catch it."""


def outcome(case: Callable[[], Any]) -> Any:
    """The result of a case, or the `TaskrelError` that it raised.

    Any other exception goes through, and is the bug. Memory and descriptors are not limited.
    """
    with _within(SECONDS), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return case()
        except TaskrelError as error:
            str(error).encode()  # a terminal can show it
            return error


@contextmanager
def _within(seconds: float):
    def late(*_):
        raise Hang(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(MINUTE, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
