"""A report of what was read of a task, as text and as plain data.

print(report(load_task("chunk")))
"""

from dataclasses import asdict, dataclass
from typing import Any

from taskrel.tasks.inspect.counts import SplitCounts, split_counts
from taskrel.tasks.inspect.doubts import doubts
from taskrel.tasks.overlap import split_overlap
from taskrel.tasks.task import ABSENT, SPLITS, Task

#: Labels of a split that the text shows, the most frequent ones.
LABELS = 10
#: Tokens of the example that the text shows.
TOKENS = 12


@dataclass(frozen=True)
class Report:
    """What was read of one task.

    task, kind, metric : of the task
    spans : how its labels mark spans; "" where they do not
    splits : by split
    example : tokens of the first training example
    example_labels : its labels: one per token, or those of the whole text
    left_out : what reading left out or changed → how often
    overlap : dev and test texts (of five tokens or more) that training has, too
    warnings : sentences about likely mistakes
    """

    task: str
    kind: str
    metric: str
    spans: str
    splits: dict[str, SplitCounts]
    example: list[str]
    example_labels: list[str]
    left_out: dict[str, int]
    overlap: dict[str, int]
    warnings: list[str]

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"{self.task}: {self.kind}, scored by {self.metric}"]
        if self.spans:
            lines.append(f"  labels mark spans: {self.spans}")
        for split, part in self.splits.items():
            overlap = self.overlap.get(split, 0)
            also = f", {overlap:,} of them also in training" if overlap else ""
            lines.append(
                f"  {split}: {part.examples:,} examples{also}; {part.shortest:,} to "
                f"{part.longest:,} tokens, median {part.median:g}"
            )
            lines.append(f"    {_shown(part)}")
        pairs = self._example()
        lines.append(f"  first training example: {pairs}")
        lines += [f"  left out or changed: {what}: {n:,}" for what, n in self.left_out.items()]
        lines += [f"  warning: {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def _example(self) -> str:
        more = " …" if len(self.example) > TOKENS else ""
        tokens = self.example[:TOKENS]
        if len(self.example_labels) == len(self.example) and self.kind.endswith(
            ("tagging", "per token")
        ):
            both = zip(tokens, self.example_labels, strict=False)
            return " ".join(f"{token}/{label}" for token, label in both) + more
        return f"{' '.join(tokens)}{more}  →  {', '.join(self.example_labels) or 'no label'}"


def report(task: Task) -> Report:
    """Inspect what was read of a task."""
    counts = {split: split_counts(task, split) for split in SPLITS}
    tokens, labels = _first(task)
    return Report(
        task.name,
        task.kind_and_unit,
        task.metric,
        task.scheme.says if task.scheme else "",
        counts,
        tokens,
        labels,
        dict(task.report),
        split_overlap(task),
        doubts(task, counts),
    )


def _shown(part: SplitCounts) -> str:
    shown = list(part.labels.items())[:LABELS]
    more = len(part.labels) - len(shown)
    text = ", ".join(f"{name} {n:,}" for name, n in shown)
    text += f", and {more:,} more labels" if more else ""
    return f"{text}; without a label {part.unlabelled:,}" if part.unlabelled else text


def _first(task: Task) -> tuple[list[str], list[str]]:
    """Tokens and labels of the first training example."""
    part = task.splits["train"]
    if not len(part):
        return [], []
    end = int(part.offsets[1])
    tokens = [task.words[code] for code in part.tokens[:end].tolist()]
    names = task.all_labels
    if task.kind == "multilabel":
        return tokens, [names[i] for i, on in enumerate(part.targets[0].tolist()) if on]
    codes = part.targets[: end if task.per_token else 1].tolist()
    return tokens, ["–" if code == ABSENT else names[code] for code in codes]
