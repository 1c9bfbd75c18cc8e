"""A part of a study: one recipe, what it starts from, and its runs."""

from dataclasses import dataclass
from itertools import permutations

from taskrel.study.analysis.records import recipe_digest
from taskrel.study.experiment.experiment import ALL_PAIRS, Runs
from taskrel.study.runs.plan import Run, in_order, mains_of
from taskrel.tasks.automated.names import is_automated
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.recipes.recipe import Recipe, Transformer

#: Encoders of a task, of the first seeds, that features of pairs are measured on.
SEEDS = 3


@dataclass
class Part:
    """One recipe of a study: what it starts from and its runs.

    pretrained : word vectors (None: learned), or the transformer that the recipe names
    scope : the pairs and groups that the experiment asks for
    against : name of the part whose single-task runs gains are relative to; "": this one
    """

    name: str
    recipe: Recipe
    pretrained: Vectors | Pretrained | None
    device: str
    runs: list[Run]
    scope: Runs = ALL_PAIRS
    against: str = ""

    @property
    def digest(self) -> str:
        """Identity of the resolved recipe."""
        return recipe_digest(self.recipe, self.checksum, self.device)

    @property
    def kept_alone(self) -> list[Run]:
        """The single-task runs of the first `SEEDS` seeds whose encoders are kept."""
        kept = self.kept
        return [r for r in self._alone_of_first(SEEDS) if r.identity in kept]

    @property
    def kept(self) -> set[str]:
        """Identities of the runs whose encoders are kept.

        Those that start a run, and those that features of pairs are measured on: single-task runs
        of the first `SEEDS` seeds, and of the first seed where encoders have a word table, which
        makes them large.
        """
        measured_on = self._alone_of_first(SEEDS if self.recipe.states else 1)
        return {r.identity for r in measured_on} | {
            run.start.identity for run in self.runs if run.start
        }

    def _alone_of_first(self, n: int) -> list[Run]:
        seeds = list(dict.fromkeys(run.seed for run in self.runs))[:n]
        return [r for r in self.runs if len(r.tasks) == 1 and r.seed in seeds]

    @property
    def checksum(self) -> str | None:
        """Checksum of the pre-trained vectors or transformer, None if all is learned."""
        return self.pretrained.sha256 if self.pretrained else None

    @property
    def vectors(self) -> Vectors | None:
        """The pre-trained word vectors, if that is what the recipe starts from."""
        return self.pretrained if isinstance(self.pretrained, Vectors) else None

    @property
    def comparable(self) -> set[tuple[str, str]]:
        """(main, aux) that have pair features: of all tasks, or of those in `scope`.

        An automated task is no main task, and an auxiliary only of tasks that it is trained
        with. Empty for a transformer, whose encoder is not kept.
        """
        if isinstance(self.recipe.encoder, Transformer):
            return set()
        found = {
            pair
            for run in self.runs
            for pair in permutations(run.tasks, 2)
            if not self.scope.directed or pair[0] in mains_of(run.tasks, self.recipe)
        }
        if self.scope.pairs is None and not self.scope.directed:
            names = {name for run in self.runs for name in run.tasks if not is_automated(name)}
            found |= set(permutations(names, 2))
        return {(main, aux) for main, aux in found if not is_automated(main)}

    @property
    def groups(self) -> dict[tuple[str, ...], str]:
        """Tasks of a group, as their run names them → name of the group."""
        return {in_order(tasks, self.recipe): name for name, tasks in self.scope.groups.items()}
