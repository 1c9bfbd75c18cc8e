"""Arguments of `Task.from_frame`, `from_dataset` and `from_examples`, and their checks."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from taskrel.errors import UsageError, nearest
from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.card import METRICS
from taskrel.tasks.readers.rows import RowOptions
from taskrel.tasks.span_schemes import AUTO, NAMES

#: Kind of a task, by the columns that the user names.
KINDS = {
    ("text", "label"): "classification",
    ("text", "labels"): "multilabel",
    ("text", "flags"): "multilabel",
    ("tokens", "tags"): "tagging",
}


@dataclass(frozen=True)
class Arguments:
    """What `Task.from_frame` takes; columns are None where they are not named."""

    name: str
    text: Hashable = None
    text_pair: Hashable = None
    label: Hashable = None
    labels: Hashable = None
    flags: Sequence[Hashable] = ()
    tokens: Hashable = None
    tags: Hashable = None
    split: Hashable = None
    label_separator: str = ""
    dev: float = 0.1
    test: float = 0.1
    seed: int = 0
    kind: str | None = None
    metric: str | None = None
    outside: str | None = None
    scheme: str = AUTO
    family: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or not self.name.isprintable():
            raise UsageError(f"task: expected a name, found {self.name!r}")
        if is_automated(self.name):
            raise UsageError(f"{self.name!r} is the name of an automated task; rename it")
        if isinstance(self.flags, str):
            raise UsageError(
                f"task {self.name}: flags: expected a list of columns, found {self.flags!r}"
            )
        if not (self.dev >= 0 and self.test >= 0 and self.dev + self.test < 1):
            raise UsageError(
                f"task {self.name}: expected shares dev and test, from 0, whose sum is below 1, "
                f"found {self.dev} and {self.test}"
            )

    @property
    def columns(self) -> list[tuple[str, Hashable]]:
        """Each argument that names a column, with the column; "flags" for each flag."""
        single = ("text", "text_pair", "label", "labels", "tokens", "tags", "split")
        named = [(a, getattr(self, a)) for a in single if getattr(self, a) is not None]
        return named + [("flags", column) for column in self.flags]

    @property
    def options(self) -> RowOptions:
        """The same for the reader of rows, whose fields have strings as names."""
        names: dict[str, Any] = {argument: str(column) for argument, column in self.columns}
        names["flags"] = tuple(map(str, self.flags))
        return RowOptions(**names, label_separator=self.label_separator)

    def checked_kind(self) -> str:
        """The kind that follows from the columns; `UsageError` where they make none."""
        given = {argument for argument, _ in self.columns}
        named = tuple(
            a for a in ("text", "label", "labels", "flags", "tokens", "tags") if a in given
        )
        if named not in KINDS or ("text_pair" in given and "text" not in given):
            raise UsageError(
                f"task {self.name}: expected the columns text and label, text and labels, text and "
                f"flags, or tokens and tags, found {' and '.join(named) or 'none'}"
            )
        kind = KINDS[named]
        if self.kind not in (None, kind):
            raise UsageError(
                f"task {self.name}: expected kind {kind!r} for the columns "
                f"{' and '.join(named)}, found {self.kind!r}; leave kind out"
            )
        return kind

    def checked_metric(self, kind: str) -> str:
        """The metric, or the default one of the kind; `UsageError` where it does not fit."""
        metric, outside = self.metric, self.outside
        if outside is not None and kind != "tagging":
            raise UsageError(f"task {self.name}: outside is for tagging, not for {kind}")
        if metric is None:
            return (
                "macro_f1" if kind != "tagging" else "accuracy" if outside is None else "micro_f1"
            )
        if metric not in METRICS[kind]:
            raise UsageError(
                f"task {self.name}: {metric!r} is not a metric of {kind} tasks; "
                f"{nearest(metric, METRICS[kind])}"
            )
        if kind == "tagging" and metric == "micro_f1" and outside is None:
            raise UsageError(
                f"task {self.name}: {metric} needs outside, the label that means "
                '"nothing here", for example outside="O"'
            )
        return metric

    def checked_outside(self, metric: str) -> str | None:
        """The outside label, "O" by default for span_f1; `UsageError` for an unknown scheme."""
        if self.scheme not in NAMES:
            raise UsageError(
                f"task {self.name}: unknown scheme {self.scheme!r}; {nearest(self.scheme, NAMES)}"
            )
        return "O" if metric == "span_f1" and self.outside is None else self.outside

    def check_columns(self, known: Sequence[Hashable], what: str) -> None:
        """Refuse columns that are not among the known ones, or there twice."""
        for argument, column in self.columns:
            n = list(known).count(column)
            if n != 1:
                why = nearest(str(column), map(str, known)) if not n else "rename one of them"
                raise UsageError(
                    f"task {self.name}: {argument}={column!r}: {what} has {n or 'no'} "
                    f"column{'s' if n else ''} of this name; {why}"
                )


def arguments_of(function: str, name: str, given: Mapping[str, Any]) -> Arguments:
    """The arguments of a class method of `Task`; `UsageError` where it takes no such one."""
    known = [field.name for field in fields(Arguments)]
    for argument in given:
        if argument not in known:
            raise UsageError(
                f"Task.{function} has no argument {argument!r}; {nearest(argument, known)}"
            )
    return Arguments(name, **given)
