"""Evidence: features of tasks and pairs, and measured gains; what a predictor learns from.

In memory only; `from_store` makes it from a study's store, `files`
reads and writes its folder, `published` makes it from the authors' logs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskrel.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from taskrel.meta.features.profile import Profile

#: What is known about a task besides its features: columns of `Evidence.about`.
ABOUT = ("kind", "metric", "family", "digest", "stl")
#: Key of `Evidence.provenance`: mean seconds of a single-task run of a main task.
SECONDS = "single_seconds"


@dataclass(frozen=True, eq=False, repr=False)
class Evidence:
    """What was measured under one recipe.

    name : where it comes from, for people
    recipe : the recipe as plain data, fields that differ from their default
    symmetric : whether one run gives both directed gains of a pair
    tasks : DataFrame of shape (n_tasks, n_features), index task, columns
        `TASK_FEATURES`; NaN for missing
    about : DataFrame, the same index, columns `ABOUT`: strings, but for stl, the
        mean single-task test score (fraction)
    pairs : DataFrame, index (main, aux) over all directed pairs, columns
        `PAIR_FEATURES`; NaN for missing
    gains : DataFrame, a row per recipe, directed pair and seed (`gains_per_seed`)
    summary : DataFrame, a row per directed pair (`gains`)
    profiles : task → `Profile`, for features of pairs with a new task
    recipes : name → plain recipe, of all recipes in `gains`; `recipe` is one of them
    provenance : plain data: title, sources, which numbers are uncertain
    entries : task → the experiment's entry that made it, as plain data; only of tasks that are
        not simply the card of their name (capped tasks, for example)
    folder : the folder that it was read from; None for a store
    auxiliaries : the tasks that are auxiliaries alone, where main tasks are others (small ones,
        for example); empty where every task is both
    """

    name: str
    recipe: dict[str, Any]
    symmetric: bool
    tasks: "pd.DataFrame"
    about: "pd.DataFrame"
    pairs: "pd.DataFrame"
    gains: "pd.DataFrame"
    summary: "pd.DataFrame"
    profiles: "dict[str, Profile]" = field(default_factory=dict)
    recipes: dict[str, dict[str, Any]] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    folder: Path | None = None
    auxiliaries: tuple[str, ...] = ()

    @property
    def n_seeds(self) -> int:
        """The most seeds that a pair was measured with."""
        return int(self.summary["n_seeds"].max()) if len(self.summary) else 0

    def __repr__(self) -> str:
        n = self.n_seeds
        return (
            f"Evidence({self.name}: {len(self.tasks)} tasks, {len(self.measured())} pairs, "
            f"{n} seed{'' if n == 1 else 's'})"
        )

    def _repr_html_(self) -> str:
        from html import escape

        table = self.about.drop(columns="digest").rename(columns={"stl": "single-task score"})
        return f"<p>{escape(repr(self))}</p>{table.to_html(float_format='%.4f')}"

    @property
    def of_taskrel(self) -> bool:
        """Whether it was measured with taskrel, so that runs like its own can be trained."""
        return "vectors_sha256" in self.recipe

    @property
    def own_recipe(self) -> dict[str, Any]:
        """The recipe without what belongs to the machine and the files it was run with."""
        return {k: v for k, v in self.recipe.items() if k not in ("vectors_sha256", "device")}

    def check(self, task: str) -> None:
        """Raise `UsageError` where this evidence does not know `task`."""
        if task not in self.tasks.index:
            raise UsageError(
                f"task {task!r} is not in evidence {self.name}; {nearest(task, self.tasks.index)}"
            )

    @cached_property
    def families(self) -> "pd.Series":
        """Family by task; a task without one is a family of its own."""
        family = self.about["family"]
        return family.where(family.notna() & (family != ""), self.about.index.to_series())

    def measured(self) -> "pd.DataFrame":
        """Pairs with a defined mean gain: index (main, aux), columns of `summary`."""
        return self.summary.dropna(subset="gain").set_index(["main", "aux"]).sort_index()

    @cached_property
    def measured_tasks(self) -> list[str]:
        """Tasks of the measured pairs, sorted: those that models learn from."""
        return sorted({task for pair in self.measured().index for task in pair})

    def candidates(self, main: str) -> list[str]:
        """Auxiliaries for a main task: not itself, and no other task of the same card."""
        card = self._card(main)
        return [
            task
            for task in self.auxiliaries or self.tasks.index
            if task != main and not (self.auxiliaries and self._card(task) == card)
        ]

    def as_main(self, task: str) -> str:
        """The main task that is meant by a name: of an auxiliary, the one of the same card."""
        if task not in self.auxiliaries:
            return task
        card = self._card(task)
        return next((t for t in self.mains if self._card(t) == card), task)

    @property
    def mains(self) -> list[str]:
        """Tasks that can be main tasks: all that are not auxiliaries alone."""
        return [task for task in self.tasks.index if task not in self.auxiliaries]

    def _card(self, task: str) -> str:
        return self.entries.get(task, {}).get("card", task)

    @cached_property
    def measured_auxs(self) -> list[str]:
        """Auxiliaries of the measured pairs, sorted."""
        return sorted(set(self.measured().index.get_level_values("aux")))

    def only(self, tasks: Iterable[str]) -> "Evidence":
        """The same evidence with only these tasks, and the pairs among them."""
        keep = [t for t in self.tasks.index if t in set(tasks)]
        rows = {
            name: frame[frame["main"].isin(keep) & frame["aux"].isin(keep)]
            for name, frame in (("gains", self.gains), ("summary", self.summary))
        }
        pairs = self.pairs[[m in keep and a in keep for m, a in self.pairs.index]]
        return replace(
            self,
            tasks=self.tasks.loc[keep],
            about=self.about.loc[keep],
            pairs=pairs,
            profiles={t: p for t, p in self.profiles.items() if t in keep},
            auxiliaries=tuple(t for t in self.auxiliaries if t in keep),
            **rows,
        )

    def capped(self, card: str) -> list[str]:
        """Tasks made from the card of this name under another one: ``ner_1000`` from ``ner``."""
        return [
            name
            for name in self.tasks.index
            if name != card and self.entries.get(name, {}).get("card") == card
        ]
