"""Tasks from a pandas DataFrame, see `Task.from_frame`: checks of the arguments, and the cut."""

from collections import Counter
from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from taskrel.errors import DataError, UsageError, nearest
from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.card import METRICS, Cut
from taskrel.tasks.cut import Parts, cut, groups
from taskrel.tasks.frame_rows import read_text, read_tokens
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS, Task

#: Kind of a task, by the columns that the user names.
KINDS = {
    ("text", "label"): "classification",
    ("text", "labels"): "multilabel",
    ("tokens", "tags"): "tagging",
}


class Columns(NamedTuple):
    """Names of the columns of a frame; None for those that it lacks."""

    text: Hashable = None
    label: Hashable = None
    labels: Hashable = None
    tokens: Hashable = None
    tags: Hashable = None
    split: Hashable = None


def task_from_frame(
    df: pd.DataFrame,
    columns: Columns,
    shares: Cut,
    *,
    name: str,
    kind: str | None = None,
    metric: str | None = None,
    outside: str | None = None,
    family: str = "",
    language: str = "en",
) -> Task:
    """Make a task; the arguments are those of `Task.from_frame`.

    shares : shares of dev and test, and the seed of the cut

    Raises `UsageError` for arguments that contradict each other or the frame, and
    `DataError` for values that do not fit, an empty split, and too few labels.
    """
    kind = _checked_kind(columns, kind)
    metric = _checked_metric(kind, metric, outside)
    _check_name(name)
    _check_shares(shares)
    values = _values(df, columns)
    if not len(df):
        raise DataError(f"task {name}: the data frame has no rows")
    tally: Counter[str] = Counter()
    parts = _read(values, kind, name, tally)
    _cut(parts, shares, kind, columns, name, tally)
    _check_outside(parts, outside, name)
    return encode(
        parts,
        kind=kind,
        metric=metric,
        name=name,
        outside=outside,
        family=family,
        language=language,
        report=tally,
    )


def _checked_kind(columns: Columns, kind: str | None) -> str:
    named = tuple(c for c in Columns._fields[:-1] if getattr(columns, c) is not None)
    if named not in KINDS:
        raise UsageError(
            "a task from a data frame: expected the columns text and label, text and labels, or "
            f"tokens and tags, found {' and '.join(named) or 'none'}"
        )
    if kind not in (None, KINDS[named]):
        raise UsageError(
            f"a task from a data frame: expected kind {KINDS[named]!r} for the columns "
            f"{' and '.join(named)}, found {kind!r}; leave kind out"
        )
    return KINDS[named]


def _checked_metric(kind: str, metric: str | None, outside: str | None) -> str:
    if outside is not None and kind != "tagging":
        raise UsageError(f"a task from a data frame: outside is for tagging, not for {kind}")
    if metric is None:
        return "macro_f1" if kind != "tagging" else "accuracy" if outside is None else "micro_f1"
    if metric not in METRICS[kind]:
        raise UsageError(
            f"a task from a data frame: {metric!r} is not a metric of {kind} tasks; "
            f"{nearest(metric, METRICS[kind])}"
        )
    if kind == "tagging" and metric in ("micro_f1", "span_f1") and outside is None:
        raise UsageError(
            f"a task from a data frame: {metric} needs outside, the label that means "
            '"nothing here", for example outside="O"'
        )
    return metric


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise UsageError(f"a task from a data frame: expected a name, found {name!r}")
    if is_automated(name):
        raise UsageError(
            f"a task from a data frame: {name!r} is the name of an automated task; rename it"
        )


def _check_shares(shares: Cut) -> None:
    if not (shares.dev >= 0 and shares.test >= 0 and shares.dev + shares.test < 1):
        raise UsageError(
            "a task from a data frame: expected shares dev and test, from 0, whose sum is below "
            f"1, found {shares.dev} and {shares.test}"
        )


def _values(df: pd.DataFrame, columns: Columns) -> dict[str, list]:
    """What each column is for → its values, of the columns that the user names."""
    if not isinstance(df, pd.DataFrame):
        raise UsageError(f"expected a pandas DataFrame, found {type(df).__name__}")
    found = {}
    for field, column in columns._asdict().items():
        if column is None:
            continue
        n = list(df.columns).count(column)
        if n != 1:
            why = nearest(str(column), map(str, df.columns)) if not n else "rename one of them"
            raise UsageError(
                f"a task from a data frame: {field}={column!r}: the frame has {n or 'no'} "
                f"column{'s' if n else ''} of this name; {why}"
            )
        found[field] = df[column].tolist()
    return found


def _read(values: dict[str, list], kind: str, name: str, tally: Counter) -> Parts:
    """Examples of the rows, by split; without a column of splits all are training examples."""
    parts: Parts = {split: [] for split in SPLITS}
    splits = values.pop("split", None)
    for i, row in enumerate(zip(*values.values(), strict=True)):
        where = f"task {name}, row df.iloc[{i}]"
        split = "train" if splits is None else _split(splits[i], where)
        content, labels = row
        if kind == "tagging":
            example = read_tokens(content, labels, where, tally)
        else:
            example = read_text(content, labels, kind, where, tally)
        if example is not None:
            parts[split].append(example)
    return parts


def _split(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in SPLITS:
        raise DataError(
            f"{where}: expected 'train', 'dev' or 'test' in the column of splits, found "
            f"{value!r}; rename it, for example with df.replace"
        )
    return value


def _cut(parts: Parts, shares: Cut, kind: str, columns: Columns, name: str, tally: Counter) -> None:
    """Cut the splits that no column gives; raise `DataError` where one stays empty."""
    given = sum(map(len, parts.values()))
    wanted = {s: getattr(shares, s) for s in ("dev", "test") if not parts[s]}
    group = groups(parts["train"], ("text",))
    stratify = kind == "classification" and _all_labels_allow(parts["train"], group, wanted)
    try:
        cut(parts, Cut(shares.dev, shares.test, shares.seed, ("text",), stratify))
    except DataError as e:
        raise DataError(f"task {name}: {e}") from None
    for split in SPLITS:
        if parts[split]:
            continue
        left_out = ", ".join(f"{n} {what}" for what, n in tally.items())
        if not given:
            why = f"no row is left ({left_out})"
        elif columns.split is not None and (split == "train" or not wanted[split]):
            share = "" if split == "train" else f", and {split} is 0"
            why = f"column {columns.split!r} gives it no row that is left{share}"
        else:
            why = f"{split} is 0; set it to a share such as 0.1, or name a column of splits"
        raise DataError(f"task {name}: the {split} split is empty: {why}")


def _all_labels_allow(examples: list[Example], group: np.ndarray, wanted: dict[str, float]) -> bool:
    """Whether every label has texts enough for one at least in each split that is cut."""
    texts = {(e.target, g) for e, g in zip(examples, group.tolist(), strict=True) if e.target}
    counts = Counter(label for label, _ in texts)
    shares = [share for share in wanted.values() if share]
    return all(round(share * n) >= 1 for share in shares for n in counts.values())


def _check_outside(parts: Parts, outside: str | None, name: str) -> None:
    """Refuse an outside label that does not occur: micro-F1 would become accuracy."""
    if outside is None:
        return
    labels = {label for e in parts["train"] for label in e.target if label is not None}
    if outside not in labels:
        raise DataError(
            f"task {name}: no training token has the label outside={outside!r}; "
            f"{nearest(outside, labels)}"
        )
