"""Which arm to train next: top-two Thompson sampling.

References
----------
Russo, "Simple Bayesian algorithms for best-arm identification", Operations Research 68(6), 2020
(COLT 2016), section 3.3; Shang et al., "Fixed-confidence guarantees for Bayesian best-arm
identification", AISTATS 2020, for the challenger where resampling finds none.
"""

from collections.abc import Container, Sequence

import numpy as np

from taskrel.meta.search.belief import ALONE, Belief

#: Probability of training the leader rather than the challenger.
LEADER = 0.5
#: Share of single-task runs, at least: every gain is relative to them.
SINGLE = 0.15


def next_arm(
    belief: Belief,
    trained: Sequence[str],
    rng: np.random.Generator,
    closed: Container[str] = (),
) -> str | None:
    """The arm to train next: `choose`, unless there are few single-task runs.

    trained : the arm of each run so far, and of those that are about to be trained
    """
    if trained.count(ALONE) < SINGLE * len(trained) and ALONE not in closed:
        return ALONE
    return choose(belief, rng, closed)


def choose(belief: Belief, rng: np.random.Generator, closed: Container[str] = ()) -> str | None:
    """The arm to train next; None where all are closed.

    A draw from the posterior names the leader. With probability 1/2 it is trained, else the best
    arm of the first further draw in which another one is best. Where there is none, it is the arm
    that is most likely to be better than the leader.

    closed : arms that cannot have another run
    """
    open_arms = [i for i, arm in enumerate(belief.arms) if arm not in closed]
    if not open_arms:
        return None
    draws = belief.draws[:, open_arms]
    order = rng.permutation(len(draws))
    best = draws[order].argmax(axis=1)
    leader = best[0]
    if len(open_arms) == 1 or rng.random() < LEADER:
        return belief.arms[open_arms[leader]]
    others = best[best != leader]
    if len(others):
        return belief.arms[open_arms[others[0]]]
    difference = draws - draws[:, [leader]]
    chance = difference.mean(axis=0) / np.maximum(difference.std(axis=0), 1e-12)
    chance[leader] = -np.inf
    return belief.arms[open_arms[int(chance.argmax())]]
