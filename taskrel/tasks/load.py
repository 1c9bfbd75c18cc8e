"""From a card to a task: read, relabel, remove leaks and repeats, cut, draw, code, check."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from taskrel.errors import DataError
from taskrel.io.paths import exists
from taskrel.tasks.card import Card, File
from taskrel.tasks.cut import cut, fill_test, remove_leaks, remove_repeats
from taskrel.tasks.encode import encode
from taskrel.tasks.options import reader_of
from taskrel.tasks.readers.source import NOTE, Example, Source
from taskrel.tasks.ready import check_sum, how_to_get
from taskrel.tasks.task import SPLITS, Task


def load_task(
    card: Card,
    data: Path,
    *,
    limit: int | None = None,
    dev: int | None = None,
    test: int | None = None,
    seed: int = 0,
    name: str | None = None,
) -> Task:
    """Read the task that `card` describes from the data folder.

    limit, dev, test : largest number of training, dev and test examples, drawn with `seed`.
        Where there are fewer test examples, training examples that `limit` leaves unused join
        them, see `cut.fill_test`
    name : name of the task in memory (an entry's ``as``); default: the card's

    Raises `CardError` where the card contradicts itself or its data, and `DataError` where
    a file is missing, is damaged or does not fit the card, where a split is empty, where
    training has fewer than two labels, and where dev or test has no label to score, or none
    that training shows.
    """
    tally: Counter[str] = Counter()
    parts = _read(card, data, tally)
    if not any(parts.values()):
        raise DataError(f"card {card.name}: {_why_nothing(card, data, tally)}")
    parts = {s: _relabel(parts[s], card) for s in SPLITS}
    _count_replaced(card, tally)
    n_read = len(parts["train"])
    remove_leaks(parts, card.leaks, tally)
    remove_repeats(parts, card.repeats, tally)
    if n_read and not parts["train"]:
        raise DataError(
            f"card {card.name}: the train split is empty: all of its {n_read:,} texts are left "
            f"out ({_listed(tally)}); change leaks or repeats, or give other files"
        )
    try:
        cut(parts, card.cut)
    except DataError as e:
        raise DataError(f"card {card.name}: {e}") from None
    _check_splits(card, parts)
    unused = parts["train"]
    for split, most in (("train", limit), ("dev", dev), ("test", test)):
        parts[split] = _drawn(parts[split], most, seed)
    if test is not None and len(parts["train"]) < len(unused):
        fill_test(parts, unused, test, seed, tally)
    return encode(
        parts,
        kind=card.kind,
        metric=card.metric,
        name=name or card.name,
        outside=card.labels.outside,
        scheme=card.labels.scheme,
        family=card.family,
        language=card.language,
        left_out=tally,
    )


def _drawn(examples: list[Example], most: int | None, seed: int) -> list[Example]:
    """At most so many of the examples, in their order."""
    if most is None or most >= len(examples):
        return examples
    keep = np.random.default_rng([seed, most]).permutation(len(examples))[:most]
    return [examples[i] for i in sorted(keep)]


def _read(card: Card, data: Path, tally: Counter) -> dict[str, list[Example]]:
    """Examples of every file by split; those of a file for "all" start as training examples."""
    reader, options = reader_of(card)
    parts: dict[str, list[Example]] = {split: [] for split in SPLITS}
    for file in card.files or (File(path=""),):
        path = data / file.path
        if file.path and not exists(path):
            raise DataError(
                f"card {card.name}: {path}: no such file; "
                f"{how_to_get(file, [card.name])}, or name another data folder with "
                "--data or TASKREL_DATA"
            )
        check_sum(path, file, card.name)
        if file.split == "side":
            continue
        source = Source(path, options, card.kind, file.label, data, tally, card.characters)
        for example in reader.read(source):
            split = example.split or ("train" if file.split == "all" else file.split)
            if not example.tokens:
                source.leave_out("blank texts")
                continue
            parts[split].append(example)
    return parts


def _why_nothing(card: Card, data: Path, tally: Counter) -> str:
    """Why a card's files have no text."""
    paths = [data / file.path for file in card.files if file.split != "side"]
    empty = [str(path) for path in paths if path.is_file() and not path.stat().st_size]
    if paths and len(empty) == len(paths):
        return f"{' and '.join(empty)}: the file is empty; get it again, or name another"
    left_out = _listed(tally)
    why = f"; left out: {left_out}" if left_out else ""
    return f"no text was read from {' and '.join(map(str, paths)) or 'its reader'}{why}"


def _listed(tally: Counter) -> str:
    return ", ".join(f"{n:,} {what}" for what, n in tally.items() if not what.startswith(NOTE))


def _check_splits(card: Card, parts: Mapping[str, Sequence[Example]]) -> None:
    for split in SPLITS:
        if parts[split]:
            continue
        named = [file.path for file in card.files if file.split == split]
        if named:
            why = f": no text was read from {' and '.join(named)}"
        elif split == "train":
            why = "; name a file for it"
        else:
            why = "; name a file for it, or set [cut]"
        raise DataError(f"card {card.name}: the {split} split is empty{why}")


def _count_replaced(card: Card, tally: Counter) -> None:
    """Say of labels that were missing what they were replaced by."""
    if card.labels.empty is not None:
        for what in ("texts without a label", "tokens without a label"):
            if n := tally.pop(what, 0):
                tally[f"{what}, read as {card.labels.empty!r}"] = n


def _relabel(examples: list[Example], card: Card) -> list[Example]:
    rules = card.labels
    if not (rules.lower or rules.map or rules.absent or rules.empty is not None):
        return examples

    @cache
    def new(label: str | None) -> str | None:
        if label is None:
            return rules.empty
        label = label.lower() if rules.lower else label
        label = rules.map.get(label, label)
        return None if label in rules.absent else label

    def target(old: Any) -> Any:
        if card.kind in ("classification", "regression"):
            return new(old)
        labels = map(new, old)
        if card.kind == "multilabel":
            return [label for label in dict.fromkeys(labels) if label is not None]
        return [*labels]

    return [e._replace(target=target(e.target)) for e in examples]


def describe(task: Task) -> dict:
    """Sizes of a task and what reading left out, for logs and ``--dry-run``."""
    return {
        "task": task.name,
        "kind": task.kind_and_unit,
        "metric": task.metric,
        "labels": task.n_labels,
        **{split: len(task.splits[split]) for split in SPLITS},
        **({"spans": task.scheme.says} if task.scheme else {}),
        "left_out": dict(task.left_out),
    }
