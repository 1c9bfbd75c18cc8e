"""The plan: which runs a study consists of, each with an identity of its content."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from taskrel.tasks.task import Task
from taskrel.training.recipe import Recipe, canonical

#: Raised when a default of the recipe or the meaning of a field changes.
SCHEMA = 1

#: Recipe fields that say how tasks share; they mean nothing for one task alone.
_OF_SEVERAL = ("sharing", "schedule")


@dataclass(frozen=True)
class Run:
    """One planned training: tasks by name and digest, resolved recipe, seed.

    vectors : checksum of the vector file, None for learned vectors
    device : "cpu" or "cuda", the class of device, not its number
    """

    tasks: tuple[str, ...]
    digests: tuple[str, ...]
    recipe: Recipe
    seed: int
    vectors: str | None = None
    device: str = "cpu"

    @property
    def spec(self) -> dict:
        """Everything the result depends on, as plain data; the basis of `identity`."""
        recipe = canonical(self.recipe)
        # Whatever the file is called, its checksum says what is in it.
        recipe.pop("vectors", None)
        if self.vectors:
            recipe.pop("width", None)
        if len(self.tasks) == 1:
            for field in _OF_SEVERAL:
                recipe.pop(field, None)
        return {"schema": SCHEMA, "tasks": list(self.digests), "recipe": recipe,
                "vectors": self.vectors, "seed": self.seed, "device": self.device}

    @property
    def identity(self) -> str:
        """SHA-256 of the canonical JSON of `spec`, as 64 hex digits."""
        text = json.dumps(self.spec, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def steps(self) -> int:
        """Optimisation steps of the whole run."""
        return self.recipe.steps * len(self.tasks)


def plan(tasks: Sequence[Task], recipe: Recipe, seeds: Sequence[int], *,
         main: str | None = None, alone: bool = False, vectors: str | None = None,
         device: str = "cpu") -> list[Run]:
    """Every task alone and all pairs (with `main`: its pairs only, `alone`: none), per seed.


    A symmetric recipe trains each unordered pair once. Runs come seed by seed,
    so that an interrupted study has whole matrices, singles before pairs.
    """
    by_name = {task.name: task for task in tasks}
    names = sorted(by_name)
    pairs = list(combinations(names, 2) if recipe.symmetric else permutations(names, 2))
    if alone:
        pairs = []
    if main is not None:
        pairs = [p for p in pairs if (main in p if recipe.symmetric else p[0] == main)]
    groups = [(name,) for name in names] + pairs
    return [Run(group, tuple(by_name[n].digest for n in group), recipe, seed, vectors, device)
            for seed in seeds for group in groups]
