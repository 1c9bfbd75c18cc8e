"""What was read of a task, as text and as plain data: `Task.report`.

print(load_task("chunk").report())
"""

import textwrap
from dataclasses import dataclass
from typing import Any

from taskrel.tasks.inspect.counts import SplitCounts, split_counts
from taskrel.tasks.inspect.doubts import doubts
from taskrel.tasks.overlap import Shared, split_overlap
from taskrel.tasks.readers.source import DOUBT, NOTE
from taskrel.tasks.task import SPLITS, Target, Task

#: Labels of a split that are shown, the most frequent ones.
LABELS = 10
#: Tokens, and labels of tokens, of an example that are shown.
TOKENS = 12
#: Characters of a token or a label that are shown.
CHARACTERS = 40
#: Columns of a warning.
WIDTH = 100


@dataclass(frozen=True, repr=False)
class Report:
    """What was read of one task; `print` shows it.

    task, kind, metric : of the task
    spans : how its labels mark spans; "" where they do not
    splits : split → its counts
    examples : split → tokens of its first example, and the label or the labels
    left_out : what reading left out or changed → how often
    notes : facts about how files were read → how often
    leaks : dev and test → texts that are also in training
    warnings : likely mistakes, each one sentence with its remedy
    """

    task: str
    kind: str
    metric: str
    spans: str
    splits: dict[str, SplitCounts]
    examples: dict[str, tuple[list[str], Target]]
    left_out: dict[str, int]
    notes: dict[str, int]
    leaks: dict[str, Shared]
    warnings: list[str]

    def __repr__(self) -> str:
        n = len(self.warnings)
        return f"Report({self.task}: {self.kind}, {n} warning{'' if n == 1 else 's'})"

    def __str__(self) -> str:
        lines = [f"{self.task}: {self.kind}, scored by {self.metric}"]
        if self.spans:
            lines.append(f"  labels mark spans: {self.spans}")
        for split, counts in self.splits.items():
            lines += [
                f"  {split}: {self._sizes(split)}",
                f"    {_labels(counts)}",
                f"    first: {self._first(split)}",
            ]
        lines += [f"  {NOTE}{what}: {n:,}" for what, n in self.notes.items()]
        lines += [f"  left out or changed: {what}: {n:,}" for what, n in self.left_out.items()]
        return "\n".join([*lines, *map(warning_text, self.warnings)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the most frequent labels, and the first tokens of the examples."""
        return {
            "task": self.task,
            "kind": self.kind,
            "metric": self.metric,
            "spans": self.spans,
            "splits": {split: self._plain(split) for split in self.splits},
            "left_out": self.left_out,
            "notes": self.notes,
            "warnings": self.warnings,
        }

    def _plain(self, split: str) -> dict[str, Any]:
        counts, (tokens, target) = self.splits[split], self.examples[split]
        per_token = self._per_token(split)
        leaks = {"in_training": self.leaks[split].texts} if split in self.leaks else {}
        return {
            "examples": counts.examples,
            "labels": dict([*counts.labels.items()][:LABELS]),
            "more_labels": max(0, len(counts.labels) - LABELS),
            "unlabelled": counts.unlabelled,
            "tokens": {
                "shortest": counts.shortest,
                "median": counts.median,
                "longest": counts.longest,
            },
            "repeated": counts.repeated,
            **leaks,
            "first": {
                "tokens": tokens[:TOKENS],
                "target": target if per_token is None else per_token[:TOKENS],
            },
        }

    def _sizes(self, split: str) -> str:
        counts = self.splits[split]
        what = "text" if self._per_token(split) is None else "sentence"
        text = (
            f"{counts.examples:,} {what}{'' if counts.examples == 1 else 's'} of {_lengths(counts)}"
        )
        if counts.repeated:
            text += f"; {counts.repeated:,} repeat an earlier one"
        if split in self.leaks and self.leaks[split].texts:
            text += f"; {self.leaks[split].texts:,} are also in training"
        return text

    def _first(self, split: str) -> str:
        tokens, target = self.examples[split]
        more = " …" if len(tokens) > TOKENS else ""
        shown = [_short(token) for token in tokens[:TOKENS]]
        if (per_token := self._per_token(split)) is not None:
            both = zip(shown, per_token, strict=False)
            return " ".join(f"{token}/{_name(label)}" for token, label in both) + more
        labels = target if isinstance(target, list) else [target]
        return f"{' '.join(shown)}{more}  →  {', '.join(map(_name, labels)) or 'no label'}"

    def _per_token(self, split: str) -> list[str | None] | None:
        """Labels of the tokens of a split's example; None where the whole text has labels."""
        target = self.examples[split][1]
        return target if isinstance(target, list) and self.kind != "multilabel" else None


def inspect_task(task: Task) -> Report:
    """Count and check what was read of a task."""
    counts = {split: split_counts(task, split) for split in SPLITS}
    return Report(
        task.name,
        task.kind_and_unit,
        task.metric,
        task.scheme.says if task.scheme else "",
        counts,
        {split: next(task.examples(split), ([], None)) for split in SPLITS},
        {
            what: n
            for what, n in task.left_out.items()
            if DOUBT not in what and not what.startswith(NOTE)
        },
        {what.removeprefix(NOTE): n for what, n in task.left_out.items() if what.startswith(NOTE)},
        split_overlap(task),
        doubts(task, counts),
    )


def warning_text(warning: str) -> str:
    """A warning in lines of limited width."""
    return textwrap.fill(
        f"warning: {warning}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )


def _lengths(counts: SplitCounts) -> str:
    if counts.shortest == counts.longest:
        return f"{counts.longest:,} token{'' if counts.longest == 1 else 's'}"
    return f"{counts.shortest:,} to {counts.longest:,} tokens (median {counts.median:g})"


def _labels(counts: SplitCounts) -> str:
    shown = list(counts.labels.items())[:LABELS]
    more = len(counts.labels) - len(shown)
    n = len(counts.labels)
    text = f"{n:,} label{'' if n == 1 else 's'}: "
    text += ", ".join(f"{_short(name)} {k:,}" for name, k in shown) or "none"
    text += f", and {more:,} more" if more else ""
    return f"{text}; without a label {counts.unlabelled:,}" if counts.unlabelled else text


def _name(label: str | None) -> str:
    return "–" if label is None else _short(label)


def _short(text: str) -> str:
    """A token or a label in one line, cut where it is long."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1]}…"
