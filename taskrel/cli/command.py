"""What every command does alike: exit codes, and errors as one sentence on stderr."""

import signal
import sys
import threading
from collections.abc import Callable

from taskrel.errors import TaskrelError

DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def run_command(name: str, function: Callable[[], int], resume: str = "") -> int:
    """Call `function`; turn a `TaskrelError`, Ctrl-C or a plain kill into one line and a code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # rather a "?" than a crash where "─" has no code
            stream.reconfigure(errors="replace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return function()
    except TaskrelError as e:
        print(f"{name}: {e}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"\n{name}: interrupted{'; ' + resume if resume else ''}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone (``| head``)
        sys.stderr.close()
        return DONE
