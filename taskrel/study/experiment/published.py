"""What an experiment wants said of its scores: beside print, how fast, and which differences."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Fraction = Annotated[float, Meta(ge=0, le=1)]
Share = Annotated[float, Meta(gt=0, le=1)]


#: One task, or several, whose accuracy is taken over all their labels together.
Tasks = str | Annotated[tuple[str, ...], Meta(min_length=1)]


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """Scores of one model in print, and which of our runs they stand beside."""

    model: str  # what the row is called
    task: Tasks
    scores: dict[str, Fraction] = {}  # by metric; {}: not in print
    recipe: str = ""  # "": the first default one
    group: str = ""  # of the recipe's runs, in which the task was trained; "": alone
    baseline: Literal["", "majority", "random"] = ""  # a rule in place of a run


class Convergence(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast published rows get to a share of what another recipe ends with, on dev."""

    # recipe whose single-task runs say what a task's final score is; of several the first
    # that has the task alone
    reference: str | Annotated[tuple[str, ...], Meta(min_length=1)]
    # one or more of that score
    share: Share | Annotated[tuple[Share, ...], Meta(min_length=1)] = 0.5

    @property
    def references(self) -> tuple[str, ...]:
        """The reference recipes, whether one is given or several."""
        return (self.reference,) if isinstance(self.reference, str) else self.reference

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares, whether one is given or several."""
        return self.share if isinstance(self.share, tuple) else (self.share,)


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """One side of a contrast: which runs."""

    recipe: str = ""  # "": the first default one
    group: str = ""  # of the recipe's runs, in which the task was trained; "": alone


class Contrast(Struct, frozen=True, forbid_unknown_fields=True):
    """A difference that a finding is about: side a − side b, seed by seed."""

    name: str
    task: Tasks
    a: Side
    b: Side
    metric: str = ""  # "": the task's main one; of several accuracy


def tasks_of(row: Published | Contrast) -> tuple[str, ...]:
    """The tasks whose scores a published row gives, or that a contrast is about."""
    return (row.task,) if isinstance(row.task, str) else row.task
