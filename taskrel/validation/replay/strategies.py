"""Strategies that are compared: each takes runs one after the other and always names its choice.

A strategy is a generator over the runs it takes; what it yields is the arm that it would choose if
it were stopped now.

References
----------
Karnin, Koren and Somekh, "Almost optimal exploration in multi-armed bandits", ICML 2013, for
sequential halving.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from taskrel.meta.search.belief import ALONE, believe
from taskrel.meta.search.choose import next_arm
from taskrel.validation.replay.recorded import Dealer

#: Runs of each pair where a strategy measures one pair after the other.
SEEDS = 3

Strategy = Callable[[Dealer, int, np.random.Generator], Iterator[str]]


def search(
    dealer: Dealer,
    budget: int,
    rng: np.random.Generator,
    *,
    prior: bool = True,
) -> Iterator[str]:
    """Top-two Thompson sampling, with or without the predictions as prior."""
    recorded = dealer.recorded
    arm: str | None = ALONE
    while arm is not None:
        dealer.run(arm)
        belief = believe(
            recorded.auxs,
            recorded.main.z if prior else None,
            recorded.variation,
            dealer.seen,
            rng,
        )
        if dealer.on_belief is not None:
            dealer.on_belief(belief, dealer.tried)
        yield belief.best(dealer.tried)
        arm = next_arm(belief, [arm for arm, _, _ in dealer.seen], rng, dealer.closed)


def search_without_prior(dealer: Dealer, budget: int, rng: np.random.Generator) -> Iterator[str]:
    """The search with what is known of gains in general, but nothing of any auxiliary."""
    return search(dealer, budget, rng, prior=False)


def top_ranked(dealer: Dealer, budget: int, rng: np.random.Generator) -> Iterator[str]:
    """The auxiliaries in the ranker's order, three seeds each, and the best of them on dev."""
    return _one_by_one(dealer, dealer.recorded.ranked)


def random_order(dealer: Dealer, budget: int, rng: np.random.Generator) -> Iterator[str]:
    """The auxiliaries in random order, three seeds each, and the best of them on dev."""
    return _one_by_one(dealer, [str(aux) for aux in rng.permutation(dealer.recorded.auxs)])


def _one_by_one(dealer: Dealer, order: Sequence[str]) -> Iterator[str]:
    measured: list[str] = []
    for arm in (ALONE, *order):
        for _ in range(min(SEEDS, dealer.n_seeds)):
            dealer.run(arm)
            yield dealer.best_of(measured) if measured else ALONE
        measured.append(arm)
    yield dealer.best_of(measured)


def halving(dealer: Dealer, budget: int, rng: np.random.Generator) -> Iterator[str]:
    """Sequential halving: equal runs for the arms left, then the better half of them is kept.

    Where the budget has less than a run for each arm of the first round, a random part of the
    arms is tried. Seeds that are not there are not taken.
    """
    left = [ALONE, *(str(aux) for aux in rng.permutation(dealer.recorded.auxs))]
    rounds = max(int(np.ceil(np.log2(len(left)))), 1)
    left = left[: max(budget // rounds, 2)]
    for _ in range(rounds):
        for _ in range(max(budget // (len(left) * rounds), 1)):
            for arm in left:
                if arm not in dealer.closed:
                    dealer.run(arm)
                    yield ALONE
        left = sorted(left, key=dealer.mean, reverse=True)[: max(-(-len(left) // 2), 1)]
    while True:  # it ends before the budget where seeds are missing
        yield left[0]


STRATEGIES: dict[str, Strategy] = {
    "search": search,
    "search without predictions": search_without_prior,
    "ranker, three seeds each": top_ranked,
    "random, three seeds each": random_order,
    "sequential halving": halving,
}
#: Strategies whose runs depend on the budget, so that they are replayed anew for each.
PLANNED = ("sequential halving",)
