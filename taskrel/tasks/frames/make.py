"""Rows in memory into a task: examples, the cut of missing splits, and what is refused."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from taskrel.errors import DataError
from taskrel.tasks.card import Cut
from taskrel.tasks.cut import Parts, cut, groups
from taskrel.tasks.encode import encode
from taskrel.tasks.frames.arguments import Arguments
from taskrel.tasks.readers.rows import examples, shown
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.span_schemes import OUTSIDE, marked_spans
from taskrel.tasks.task import SPLITS, Task

Rows = Iterable[tuple[str, Mapping[str, Any]]]


def dict_rows(
    items: Iterable[Any], where: str, arguments: Arguments
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and fields of each dict; raises `DataError` for an item that is none."""
    for i, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise DataError(
                f"task {arguments.name}, {where}[{i}]: expected a dict, found {shown(item)}"
            )
        yield f"{where}[{i}]", {str(name): value for name, value in item.items()}


def make_task(rows: Rows, arguments: Arguments) -> Task:
    """Make a task of rows, each with its place in words; fields are named by strings.

    Raises `UsageError` for arguments that contradict each other, and `DataError` for values that
    do not fit, an empty split, and too few labels.
    """
    kind = arguments.checked_kind()
    metric = arguments.checked_metric(kind)
    outside = arguments.checked_outside(metric)
    tally: Counter[str] = Counter()
    # Its path is what errors name first.
    source = Source(Path(f"task {arguments.name}"), arguments.options, kind, tally=tally)
    parts: Parts = {split: [] for split in SPLITS}
    for example in examples(source, rows):
        if example.tokens:
            parts[example.split or "train"].append(example)
        else:
            source.leave_out("texts without tokens" if kind == "tagging" else "blank texts")
    if kind == "tagging" and arguments.metric is None and arguments.outside is None:
        labels = {tag for part in parts.values() for e in part for tag in e.target} - {None}
        if marked_spans(arguments.name, labels, arguments.scheme):
            metric, outside = "span_f1", OUTSIDE
    _cut(parts, arguments, kind, tally)
    return encode(
        parts,
        kind=kind,
        metric=metric,
        name=arguments.name,
        outside=outside,
        scheme=arguments.scheme,
        family=arguments.family,
        language=arguments.language,
        left_out=tally,
    )


def _cut(parts: Parts, arguments: Arguments, kind: str, tally: Counter) -> None:
    """Cut the splits that the data does not give; raise `DataError` where one stays empty."""
    given = [split for split in SPLITS if parts[split]]
    wanted = {s: getattr(arguments, s) for s in ("dev", "test") if not parts[s]}
    group = groups(parts["train"], ("text",))
    stratify = kind == "classification" and _all_labels_allow(parts["train"], group, wanted)
    try:
        cut(parts, Cut(arguments.dev, arguments.test, arguments.seed, ("text",), stratify))
    except DataError as e:
        raise DataError(f"task {arguments.name}: {e}") from None
    for split in SPLITS:
        if parts[split]:
            continue
        if not given:
            left_out = ", ".join(f"{n} {what}" for what, n in tally.items())
            why = f"no row is left ({left_out})" if left_out else "there are no rows"
        elif arguments.split is not None and (split == "train" or not wanted[split]):
            share = "" if split == "train" else f", and {split} is 0"
            why = f"column {arguments.split!r} gives it no row that is left{share}"
        else:
            why = f"{split} is 0; set it to a share such as 0.1, or name a column of splits"
        raise DataError(f"task {arguments.name}: the {split} split is empty: {why}")


def _all_labels_allow(examples: list[Example], group: np.ndarray, wanted: dict[str, float]) -> bool:
    """Whether every label has texts enough for one at least in each split that is cut."""
    texts = {(e.target, g) for e, g in zip(examples, group.tolist(), strict=True) if e.target}
    counts = Counter(label for label, _ in texts)
    shares = [share for share in wanted.values() if share]
    return all(round(share * n) >= 1 for share in shares for n in counts.values())
