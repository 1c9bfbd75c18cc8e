"""The training logs that Bingel & Søgaard published: a line of text per entry.

    Iter 100, task ccg, loss 6.79, acc 0.216, f1 0.216, p 0.216, r 0.216

``loss_tr.log`` has the loss only.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from taskrel.errors import EvidenceError

#: Step, loss, F1.
Entry = tuple[int, float, float]

_LINE = re.compile(
    r"Iter (?P<step>\d+), task \S+, loss (?P<loss>[^,\s]+)"
    r"(,.* f1 (?P<f1>[^,\s]+).*)?"
)


def read_log(path: Path) -> list[Entry]:
    """Entries of a log, F1 NaN where a line has none; raises `EvidenceError` for another file."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as e:
        raise EvidenceError(
            f"{path}: cannot be read ({e.strerror}); the authors' logs have "
            "loss_tr.log and loss_dv.log for each task"
        ) from None
    found = []
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        try:
            step, loss, f1 = match.group("step", "loss", "f1") if match else ("", "", "")
            found.append((int(step), float(loss), float(f1 or "nan")))
        except ValueError:
            raise EvidenceError(
                f"{path}, line {number}: expected 'Iter <step>, task <id>, loss "
                f"<loss>', found {line[:60]!r}"
            ) from None
    return found


def without_restart(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries from the last restart on: where the step does not grow, the run began anew."""
    starts = [i for i in range(1, len(entries)) if entries[i][0] <= entries[i - 1][0]]
    return entries[starts[-1] :] if starts else entries
