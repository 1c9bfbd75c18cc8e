"""Tables that an experiment asks for: published scores, speed of convergence, contrasts."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Fraction = Annotated[float, Meta(ge=0, le=1)]
Share = Annotated[float, Meta(gt=0, le=1)]

#: One task, or several whose accuracy is computed over all their labels together.
Tasks = str | Annotated[tuple[str, ...], Meta(min_length=1)]


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """Published scores of one model, and the runs that they are compared with."""

    model: str  # name of the row
    task: Tasks
    scores: dict[str, Fraction] = {}  # by metric; {}: none was published
    recipe: str = ""  # "": the first default one
    group: str = ""  # the recipe's group that the task was trained in; "": single-task runs
    baseline: Literal["", "majority", "random"] = ""  # a rule instead of a run


class Convergence(Struct, frozen=True, forbid_unknown_fields=True):
    """After how many updates the rows of the table reach a share of another recipe's dev score."""

    # recipe whose single-task runs give a task's final score; of several recipes, the first
    # with single-task runs of the task
    reference: str | Annotated[tuple[str, ...], Meta(min_length=1)]
    # one or more shares of that score
    share: Share | Annotated[tuple[Share, ...], Meta(min_length=1)] = 0.5

    @property
    def references(self) -> tuple[str, ...]:
        """The reference recipes as a tuple."""
        return (self.reference,) if isinstance(self.reference, str) else self.reference

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares as a tuple."""
        return self.share if isinstance(self.share, tuple) else (self.share,)


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """The runs on one side of a contrast."""

    recipe: str = ""  # "": the first default one
    group: str = ""  # the recipe's group that the task was trained in; "": single-task runs


class Contrast(Struct, frozen=True, forbid_unknown_fields=True):
    """A difference between two sides of runs, a − b, seed by seed."""

    name: str
    task: Tasks
    a: Side
    b: Side
    metric: str = ""  # "": the task's main metric, or accuracy for several tasks


def tasks_of(row: Published | Contrast) -> tuple[str, ...]:
    """The tasks of a published row or of a contrast."""
    return (row.task,) if isinstance(row.task, str) else row.task
