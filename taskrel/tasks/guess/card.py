"""From a file, or a file per split, to a card that is ready to run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taskrel.errors import DataError, UsageError
from taskrel.io.paths import is_file_name
from taskrel.tasks.card import Card, parse_card
from taskrel.tasks.guess.columns import Roles, roles_of
from taskrel.tasks.guess.look import look
from taskrel.tasks.guess.sample import Sample
from taskrel.tasks.options import reader_of
from taskrel.tasks.readers.labels import is_missing
from taskrel.tasks.readers.source import Source
from taskrel.tasks.span_schemes import OUTSIDE, marked_spans

#: Share of the texts that is cut for each split that has no file.
SHARE = 0.1


@dataclass
class Guess:
    """A card, as plain data in the order of its fields, and why it is so, a sentence each."""

    raw: dict[str, Any]
    said: list[str] = field(default_factory=list)

    @property
    def card(self) -> Card:
        """The decoded card."""
        return parse_card(self.raw, f"{self.raw['name']}.toml")


def guess_card(
    files: Mapping[str, Path],
    data: Path,
    *,
    name: str | None = None,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
) -> Guess:
    """Look at the files and make a card.

    files : split, or "all", → file (or brat's folder) in the data folder
    name : of the task; None: from the file's name
    text, text_pair, label : names of columns, or their numbers from 1 in a file without a header

    Raises `DataError` where a file is not readable or not in the data folder, and `UsageError`
    where no column looks like a text or like a label.
    """
    first = files.get("train") or next(iter(files.values()))
    name = name or _name(first, "all" not in files)
    if not is_file_name(name):
        raise UsageError(f"--name {name}: expected a name that can be part of a file's name")
    sample = look(first)
    roles = _roles(sample, text, text_pair, label)
    files, unlabelled = _labelled(files, roles)
    raw: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "title": f"{first.name}: {roles.kind}",
        "kind": roles.kind,
        "metric": "accuracy" if roles.kind == "tagging" else "macro_f1",
        "reader": sample.reader,
        "files": [
            {"path": _inside(path, data)} | ({} if split == "all" else {"split": split})
            for split, path in files.items()
        ],
    }
    options = sample.options | _named(sample, roles)
    if options:
        raw["options"] = options
    guess = Guess(raw, [*sample.said, *roles.said, *unlabelled])
    _add_cut(guess, files, roles)
    if roles.kind == "tagging":
        _add_scheme(guess, first, data)
    return guess


def _roles(sample: Sample, *named: str | None) -> Roles:
    if not sample.kind:
        text, text_pair, label = named
        header = sample.reader != "delimited"
        return roles_of(sample.columns, text=text, text_pair=text_pair, label=label, header=header)
    if any(named):
        raise DataError(
            f"this is a file for reader {sample.reader!r}, which has no columns to name; leave "
            "out --text, --text-pair and --label"
        )
    return Roles(sample.kind)


def _named(sample: Sample, roles: Roles) -> dict[str, Any]:
    """Options that name columns, without those that are the reader's default."""
    if sample.reader != "delimited":
        same = ("text", "label", "labels", "tokens", "tags")  # called as the option is
        return {k: v for k, v in roles.options.items() if v != k or k not in same}
    numbers = {"labels": "label"}
    found = {
        numbers.get(k, k): int(v) if isinstance(v, str) and v.isdecimal() else v
        for k, v in roles.options.items()
    }
    default = {"text": 1, "label": 2}
    return {k: v for k, v in found.items() if default.get(k) != v}


def _labelled(files: Mapping[str, Path], roles: Roles) -> tuple[dict[str, Path], list[str]]:
    """The files that have labels: test sets of competitions often have none. And what is left out."""
    column = roles.options.get("label", "")
    kept, said = dict(files), []
    for split in ("dev", "test"):
        values = look(files[split]).columns.get(column, []) if column and split in files else []
        if values and all(map(is_missing, values)):
            del kept[split]
            said.append(f"{files[split].name} has no labels and is left out.")
    return kept, said


def _add_cut(guess: Guess, files: Mapping[str, Path], roles: Roles) -> None:
    missing = [split for split in ("dev", "test") if split not in {*files, *roles.splits}]
    if missing:
        guess.raw["cut"] = dict.fromkeys(missing, SHARE)
        each = f", {SHARE:.0%} each" if len(missing) > 1 else f", {SHARE:.0%} of the texts"
        others = "it" if len(files) == 1 else "the others"
        what = "row" if roles.splits else "file"
        guess.said.append(f"No {what} is for {' or '.join(missing)}: cut from {others}{each}.")


def _add_scheme(guess: Guess, file: Path, data: Path) -> None:
    """Score spans where the labels mark spans."""
    card = guess.card
    reader, options = reader_of(card)
    examples = reader.read(Source(file, options, "tagging", folder=data))
    labels = {label for e in examples for label in e.target if label is not None}
    scheme = marked_spans(card.name, labels)
    if scheme is None:
        guess.said.append("The labels mark no spans, so that the metric is accuracy.")
        return
    guess.raw["metric"] = "span_f1"
    guess.raw["labels"] = {"outside": OUTSIDE}
    guess.said.append(f"The labels mark spans ({scheme.says}), so that the metric is F1 of spans.")


def _name(file: Path, of_folder: bool) -> str:
    stem = file.parent.name if of_folder else file.name.split(".")[0]
    name = re.sub(r"\W+", "_", stem.lower()).strip("_")
    return name if is_file_name(name) else "task"


def _inside(path: Path, data: Path) -> str:
    try:
        return path.resolve().relative_to(data.resolve()).as_posix()
    except ValueError:
        raise DataError(
            f"{path}: expected a file in the data folder {data}; move it there, or name its folder "
            "with --data"
        ) from None
