"""When a search ends, and why."""

from collections.abc import Container
from typing import NamedTuple

from taskrel.meta.search.belief import ALONE, Belief

#: Probability with which the best arm must be within ε of any other.
SURE = 0.95

#: Why a search ended: the best auxiliary is found, single-task training is as good as any, the
#: budget is spent, all seeds are used, or what was to be trained is trained.
FOUND, AS_GOOD_ALONE, BUDGET, NO_MORE_SEEDS, FIXED = "found", "alone", "budget", "seeds", "fixed"


class Standing(NamedTuple):
    """Where a search stands.

    best : of the arms that were trained that of the largest expected gain; `ALONE` for single-task
        training
    gain : its expected gain in percent, given all runs so far
    close : probability that no arm is better by more than ε
    regret : expected difference to the largest gain, in percent
    """

    best: str
    gain: float
    close: float
    regret: float

    @property
    def settled(self) -> str | None:
        """Why no further run is needed; None where one is."""
        if self.close < SURE:
            return None
        return AS_GOOD_ALONE if self.best == ALONE else FOUND


def standing(belief: Belief, epsilon: float, tried: Container[str]) -> Standing:
    """Where a search stands with this belief.

    epsilon : in percent of the single-task score
    tried : the arms that were trained
    """
    best = belief.best(tried)
    i = belief.arms.index(best) - 1
    gain = float(belief.mean[i]) if i >= 0 else 0.0
    return Standing(best, gain, belief.probability_close(best, epsilon), belief.regret(best))
