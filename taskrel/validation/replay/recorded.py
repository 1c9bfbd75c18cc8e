"""The recorded runs of one main task, dealt out one by one as if they were trained."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from taskrel.meta.search.belief import ALONE, Belief, Observation, believe
from taskrel.meta.search.variation import Main, Variation

OnBelief = Callable[[Belief, set[str]], None]


@dataclass(frozen=True, eq=False)
class Recorded:
    """What was measured of a main task, and what a search may know of it beforehand.

    name, family : of the main task
    auxs : its auxiliaries
    main : scores by auxiliary and seed
    variation : the prior, from main tasks of other families
    """

    name: str
    family: str
    auxs: tuple[str, ...]
    main: Main
    variation: Variation

    @property
    def arms(self) -> tuple[str, ...]:
        """`ALONE` and the auxiliaries, as the rows of the scores."""
        return (ALONE, *self.auxs)

    @property
    def ranked(self) -> list[str]:
        """Auxiliaries in the order of the ranker, the most promising first."""
        z = np.zeros(len(self.auxs)) if self.main.z is None else self.main.z
        return [self.auxs[i] for i in np.argsort(-z, kind="stable")]

    def truth(self, variation: Variation, rng: np.random.Generator) -> Belief:
        """What is believed of the gains given all test scores, and no prediction.

        variation : how scores on test vary
        """
        test = self.main.dev if self.main.test is None else self.main.test
        seen = [
            Observation(arm, seed, float(score))
            for arm, scores in zip(self.arms, test, strict=True)
            for seed, score in enumerate(scores)
        ]
        return believe(self.auxs, None, variation, seen, rng)


class Dealer:
    """Deals out the recorded runs of a main task; each arm takes the seeds in the same order.

    on_belief : called by strategies that have beliefs, after each run, with the arms tried so far
    """

    def __init__(
        self,
        recorded: Recorded,
        rng: np.random.Generator,
        on_belief: OnBelief | None = None,
    ):
        self.recorded, self.on_belief = recorded, on_belief
        self._order = rng.permutation(recorded.main.dev.shape[1])
        self.seen: list[Observation] = []
        self._taken = dict.fromkeys(recorded.arms, 0)

    @property
    def n_seeds(self) -> int:
        """Runs that each arm has."""
        return len(self._order)

    @property
    def tried(self) -> set[str]:
        """Arms that have a run."""
        return {arm for arm, n in self._taken.items() if n}

    @property
    def closed(self) -> set[str]:
        """Arms that have no further run."""
        return {arm for arm, n in self._taken.items() if n == self.n_seeds}

    def run(self, arm: str) -> None:
        """Take the next run of an arm; IndexError where it has none."""
        seed = int(self._order[self._taken[arm]])
        self._taken[arm] += 1
        score = self.recorded.main.dev[self.recorded.arms.index(arm), seed]
        self.seen.append(Observation(arm, seed, float(score)))

    def mean(self, arm: str) -> float:
        """Mean score of the runs of an arm so far."""
        return float(np.mean([o.score for o in self.seen if o.arm == arm]))

    def best_of(self, arms: Sequence[str]) -> str:
        """The arm with the highest mean score."""
        return max(arms, key=self.mean)
