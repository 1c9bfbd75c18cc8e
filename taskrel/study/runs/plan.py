"""The plan: the runs of a study, each identified by its content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from types import MappingProxyType

import msgspec

from taskrel.study.experiment.auxiliaries import Auxiliaries
from taskrel.study.experiment.experiment import ALL_PAIRS, Runs
from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.task import Task
from taskrel.training.recipes.budget import budgets_of
from taskrel.training.recipes.recipe import Recipe, Transformer, canonical
from taskrel.training.schedules.schedules import n_steps

#: Raised when a default of the recipe or the meaning of a field changes.
SCHEMA = 1

#: Recipe fields about sharing between tasks; they have no effect on a single-task run.
_OF_SEVERAL = ("sharing", "schedule", "aux_steps", "evaluate")


@dataclass(frozen=True)
class Run:
    """One planned training: tasks by name and digest, resolved recipe, seed.

    vectors : checksum of the pre-trained vectors or transformer, None for learned vectors
    updates : budget of each task where budgets differ; no part of the identity
    start : the run from whose encoder this one starts, in transfer that of the auxiliary task
    encoder : checksum of an encoder from elsewhere that it starts from in place of `start`; the
        study keeps it under that name, and tasks other than the first are not read
    device : "cpu" or "cuda", the class of device, not its number
    """

    tasks: tuple[str, ...]
    digests: tuple[str, ...]
    recipe: Recipe
    seed: int
    vectors: str | None = None
    device: str = "cpu"
    updates: tuple[int, ...] = ()
    start: "Run | None" = None
    encoder: str | None = None

    @property
    def read(self) -> tuple[str, ...]:
        """The tasks whose texts are read."""
        return self.tasks[:1] if self.encoder else self.tasks

    @property
    def spec(self) -> dict:
        """Everything the result depends on, as plain data; the basis of `identity`."""
        recipe = canonical(self.recipe)
        # Whatever the file is called, its checksum says what is in it.
        recipe.pop("vectors", None)
        if isinstance(self.recipe.encoder, Transformer):
            recipe["encoder"].pop("model")
            recipe.pop("tune_vectors", None)
        if self.recipe.states:
            recipe["states"].pop("model")
        if self.vectors:
            recipe.pop("width", None)
        if len(self.tasks) == 1:
            for field in _OF_SEVERAL:
                recipe.pop(field, None)
        return {
            "schema": SCHEMA,
            "tasks": list(self.digests),
            "recipe": recipe,
            "vectors": self.vectors,
            "seed": self.seed,
            "device": self.device,
            **({"encoder": self.encoder} if self.encoder else {}),
        }

    @property
    def identity(self) -> str:
        """SHA-256 of the canonical JSON of `spec`, as 64 hex digits."""
        text = json.dumps(self.spec, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def steps(self) -> int:
        """Optimisation steps of the whole run; approximate where it may end early."""
        budgets = self.updates or (self.recipe.steps,) * len(self.tasks)
        started = self.start or self.encoder
        return n_steps(self.recipe.schedule, list(budgets[:1] if started else budgets))


def plan(
    tasks: Sequence[Task],
    recipe: Recipe,
    seeds: Sequence[int],
    runs: Runs = ALL_PAIRS,
    *,
    main: str | None = None,
    aux: Auxiliaries | None = None,
    single: bool = False,
    vectors: str | None = None,
    device: str = "cpu",
    cards: Mapping[str, str] = MappingProxyType({}),
) -> list[Run]:
    """The runs of one recipe for each seed: single-task runs, pairs, groups.

    A symmetric recipe trains each unordered pair once. Runs come seed by seed, so that an
    interrupted study has whole matrices, single-task runs before pairs. No automated task is the
    main task of a pair.

    runs : which pairs and groups; those with a task that is not in `tasks` are left out
    main : pairs and groups of this main task only
    aux : pairs and groups with these auxiliaries only, and single-task runs of their tasks only
    single : single-task runs only
    cards : name → card of a task; two tasks of one card, of different sizes, are no pair
    """
    by_name = {task.name: task for task in tasks}
    pairs, groups = (
        [
            group
            for group in found
            if by_name.keys() >= set(group)
            and len({cards.get(name, name) for name in group}) == len(group)
        ]
        for found in (
            _pairs(sorted(by_name), runs, aux, recipe),
            [in_order(group, recipe) for group in runs.groups.values()],
        )
    )
    # Of all pairs, also of those that are not asked for now: how long a task is trained alone
    # must not depend on that.
    mains = {name for group in [*pairs, *groups] for name in mains_of(group, recipe)}
    pairs, groups = (
        [group for group in found if not single and _concerns(group, main, aux, recipe)]
        for found in (pairs, groups)
    )
    if runs.alone is not None:
        singles = [name for name in runs.alone if name in by_name]
    elif runs.against:
        singles = []
    elif single or (aux is None and (runs.of_all or runs.of_none)):
        singles = sorted(by_name)
    else:
        # The curve of an automated task is needed only as a feature of pairs.
        singles = sorted(
            {name for pair in pairs for name in pair}
            | {n for group in groups for n in group if not is_automated(n)}
        )

    def made(group: tuple[str, ...], recipe: Recipe, seed: int) -> Run:
        found = [by_name[n] for n in group]
        several = len(group) > 1
        return Run(
            group,
            tuple(task.digest for task in found),
            _own(recipe, found),
            seed,
            vectors,
            device,
            tuple(budgets_of([len(task.splits["train"]) for task in found], recipe))
            if recipe.epochs or recipe.aux_steps
            else (),
            made(group[1:], recipe.of_auxiliary, seed)
            if several and recipe.schedule == "transfer"
            else None,
        )

    # A task that is an auxiliary only is trained alone as long as in a pair.
    own = {name: recipe if name in mains or not mains else recipe.of_auxiliary for name in singles}
    several = [*dict.fromkeys([*pairs, *groups])]
    n_seeds = {
        group: runs.seeds.of([by_name[name].per_token for name in group]) or len(seeds)
        for group in several
    }
    # A task has the seeds of its runs with others; without such runs, all.
    of_task: dict[str, int] = {}
    for group, n in n_seeds.items():
        for name in group:
            of_task[name] = max(n, of_task.get(name, 0))
    n_seeds |= {(name,): of_task.get(name, len(seeds)) for name in singles}
    planned = [*(((name,), own[name]) for name in singles), *((group, recipe) for group in several)]
    return [
        made(group, how, seed)
        for number, seed in enumerate(seeds)
        for group, how in planned
        if number < n_seeds[group]
    ]


def _own(recipe: Recipe, tasks: Sequence[Task]) -> Recipe:
    """The recipe without fields that have no effect on these tasks, for the run's identity."""
    if any(task.kind == "multilabel" for task in tasks):
        return recipe
    return msgspec.structs.replace(recipe, multilabel=Recipe().multilabel)


def _pairs(
    names: list[str], runs: Runs, aux: Auxiliaries | None, recipe: Recipe
) -> list[tuple[str, ...]]:
    """Pairs, main task first; with a symmetric recipe each once, with sorted names."""
    chosen = names if runs.pairs is None else sorted(runs.pairs)
    if runs.directed:
        mains, auxiliaries = (
            names if listed is None else sorted(listed) for listed in (runs.mains, runs.auxiliaries)
        )
        pairs = [in_order(pair, recipe) for pair in product(mains, auxiliaries) if len({*pair}) > 1]
    else:
        pairs = [*(combinations if recipe.symmetric else permutations)(chosen, 2)]
    own = [
        in_order((main, name), recipe)
        for main in names
        if not is_automated(main)
        for name in (aux.own_of(main) if aux else ())
    ]
    return [pair for pair in dict.fromkeys([*pairs, *own]) if mains_of(pair, recipe)]


def mains_of(group: tuple[str, ...], recipe: Recipe) -> list[str]:
    """The tasks whose gain a run measures: all, or only the first; no automated ones."""
    return [n for n in (group if recipe.symmetric else group[:1]) if not is_automated(n)]


def in_order(group: tuple[str, ...], recipe: Recipe) -> tuple[str, ...]:
    """The tasks of a run in the order of its name: sorted, unless the first is the main task."""
    return tuple(sorted(group)) if recipe.symmetric else group


def _concerns(
    group: tuple[str, ...], main: str | None, aux: Auxiliaries | None, recipe: Recipe
) -> bool:
    """Whether a run is about this main task (None: any) with such auxiliaries (None: any)."""
    if main is None and aux is None:
        return True
    return any(
        main in (None, own) and (aux is None or all(aux.allow(own, n) for n in group if n != own))
        for own in mains_of(group, recipe)
    )
