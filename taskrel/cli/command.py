"""What every command does alike: exit codes, a table on stdout, JSON, the log."""

import json
import math
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

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


def names(text: str) -> list[str]:
    """Names separated by commas, for ``--tasks`` and ``--only``."""
    return [name for name in (part.strip() for part in text.split(",")) if name]


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    """Plain-text table of `columns`; numbers flush right, missing values as "–"."""
    cells = [[_cell(row.get(c)) for c in columns] for row in rows]
    widths = [
        max(len(c), *(len(row[i]) for row in cells), 0) if cells else len(c)
        for i, c in enumerate(columns)
    ]
    right = [
        bool(rows) and all(isinstance(r.get(c), int | float | None) for r in rows) for c in columns
    ]

    def line(parts: Sequence[str]) -> str:
        return "  ".join(
            p.rjust(w) if r else p.ljust(w) for p, w, r in zip(parts, widths, right, strict=True)
        ).rstrip()

    return "\n".join([line(columns), line(["─" * w for w in widths]), *map(line, cells)])


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def to_json(document: Any) -> str:
    """One JSON document; NaN and infinities become null."""
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=1)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
