"""Warnings of likely mistakes in what was read, each one sentence with its remedy."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from taskrel.tasks.inspect.counts import SplitCounts
from taskrel.tasks.task import SPLITS, Task

#: Labels that a sentence names.
SHOWN = 3
#: So few labels that occur once, or more than half of all, are probably no labels at all.
FEW_ONCE = 3
#: From this many labels per training text on, the label column probably holds something else.
LABELS_PER_TEXT = 0.5
#: Inventories up to this size should be whole in every split.
SMALL_INVENTORY = 20
#: A sentence is suspiciously long from this many tokens, and this many medians, on.
LONG, LONG_MEDIANS = 1000, 20
#: What spreadsheets and libraries write for a missing value.
MISSING = {"", "nan", "none", "null", "na", "n/a", "#n/a", "<na>", "nat", "?", "-"}

_LIST = re.compile(r"""^\[.*\]$|^\[['"]|['"]\]$""", re.DOTALL)


def doubts(task: Task, counts: Mapping[str, SplitCounts]) -> list[str]:
    """Sentences about a task's labels, splits and lengths; none where all looks right.

    counts : by split, see `split_counts`

    Labels of a regression are words, and so are not looked at.
    """
    found = list(_lengths(counts))
    if task.kind != "regression":
        labels = counts["train"].labels
        found += [
            *_unseen(task, counts),
            *_nearly_as_many(task, counts["train"]),
            *_once(labels),
            *_alike(labels),
            *_like_missing(labels),
            *_like_lists(labels),
            *_lacking(task, counts),
        ]
    return found


def unseen_share(task: Task, counts: SplitCounts) -> float:
    """Share of a split's labels that training never shows."""
    total = sum(counts.labels.values())
    return sum(counts.labels.get(name, 0) for name in task.unseen) / total if total else 0.0


def _unseen(task: Task, counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    for split in ("dev", "test"):
        names = [name for name in counts[split].labels if name in task.unseen]
        if names:
            yield (
                f"{split} has {_labels(names)} that training never shows: "
                f"{_percent(unseen_share(task, counts[split]))} of its labels, which always count "
                "as errors. Check the files, or rename them with [labels] map."
            )


def _nearly_as_many(task: Task, train: SplitCounts) -> Iterator[str]:
    n = len(train.labels)
    if task.kind in ("classification", "multilabel") and n > LABELS_PER_TEXT * train.examples:
        yield (
            f"training has {n:,} different labels in {train.examples:,} texts; is the label column "
            "an id, or the text? Name another column."
        )


def _once(labels: Mapping[str, int]) -> Iterator[str]:
    once = [name for name, n in labels.items() if n == 1]
    if once and (len(once) <= FEW_ONCE or 2 * len(once) > len(labels)):
        verb = "occurs" if len(once) == 1 else "occur"
        yield (
            f"{_labels(once)} of {len(labels)} {verb} once in training; if a header or a stray "
            "field was read as data, correct the card."
        )


def _alike(labels: Mapping[str, int]) -> Iterator[str]:
    """Labels that are the same but for blanks, case, Unicode normal form or number form."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in labels:
        groups[_plain(name)].append(name)
    for names in groups.values():
        if len(names) > 1:
            yield (
                f"labels {', '.join(map(repr, names[:SHOWN]))} differ only in blanks, case, number "
                "or Unicode form; join them with [labels] lower or map."
            )


def _plain(label: str) -> str:
    """A label without what people rarely mean.

    >>> _plain(" Pos "), _plain("1.0"), _plain("01")
    ('pos', '1', '1')
    """
    text = " ".join(unicodedata.normalize("NFKC", label).split()).casefold()
    try:
        return f"{float(text):g}" if re.fullmatch(r"[-+]?\d+(\.\d+)?", text) else text
    except ValueError:
        return text


def _like_missing(labels: Mapping[str, int]) -> Iterator[str]:
    names = [name for name in labels if name.strip().casefold() in MISSING]
    if names:
        n = sum(labels[name] for name in names)
        listed = ", ".join(f'"{name}"' for name in names[:SHOWN])
        yield (
            f"{_labels(names)} ({n:,} times) may mean a missing value; with [labels] absent = "
            f"[{listed}] they carry no loss and no score."
        )


def _like_lists(labels: Mapping[str, int]) -> Iterator[str]:
    names = [name for name in labels if _LIST.search(name)]
    if names:
        yield (
            f"{_labels(names)} look like printed lists; read them as multilabel, with a reader that "
            "splits lists."
        )


def _lacking(task: Task, counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    for split in ("dev", "test"):
        present = counts[split].labels
        lacking = [name for name in task.labels if name not in present]
        if len(present) == 1:
            yield (
                f"{split} has one label only, {next(iter(present))!r}, so {task.metric} says "
                "nothing; cut the splits anew, or give other files."
            )
        elif lacking and len(task.labels) <= SMALL_INVENTORY:
            yield (
                f"{split} has no example of {_labels(lacking)} that training has; its score does "
                "not cover them."
            )


def _lengths(counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    for split in SPLITS:
        part = counts[split]
        if part.longest >= LONG and part.longest > LONG_MEDIANS * part.median:
            yield (
                f"an example of {split} has {part.longest:,} tokens, the median {part.median:g}; "
                "were blank lines between sentences lost?"
            )


def _labels(names: Iterable[str]) -> str:
    """Labels as part of a sentence, the first few by name.

    >>> _labels(["a", "b"])
    "2 labels ('a', 'b')"
    """
    names = list(names)
    more = ", …" if len(names) > SHOWN else ""
    listed = ", ".join(map(repr, names[:SHOWN])) + more
    return f"label {listed}" if len(names) == 1 else f"{len(names):,} labels ({listed})"


def _percent(share: float) -> str:
    return "less than 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"
