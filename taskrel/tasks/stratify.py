"""Iterative stratification: splits in which every label has the same share.

The rarest label is distributed first. Each of its examples goes to the split that lacks
most of that label. Pairs of labels that occur together are treated like labels, so that
label combinations keep their shares as well.

The project has its own function, although packages exist (``iterative-stratification``,
last released in 2024): a cut enters a task's digest, and an update of a library must not
silently move examples from one split to another.

References
----------
Sechidis, Tsoumakas & Vlahavas (2011), On the stratification of multi-label data,
ECML PKDD, algorithm 1.
Szymański & Kajdanowicz (2017), A network perspective on stratification of
multi-label data, LIDTA (second-order stratification: pairs of labels).
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations

import numpy as np

from taskrel.tasks.readers.source import Example


def stratify(
    groups: Sequence[Mapping[Hashable, int]],
    sizes: Sequence[int],
    seed: int,
    *,
    one_each: bool = False,
) -> np.ndarray:
    """Distribute `groups` over splits so that each label has the same share in all of them.

    groups : for each group, label → number of its examples with this label
    sizes : number of groups of each split; they sum to ``len(groups)``
    seed : seed of the order of the groups and of ties
    one_each : a label (not a pair of labels) of as many groups as there are splits, or more,
        should have one at least in each split

    Returns the split of each group, an int array of shape (n_groups,). The splits have
    exactly these sizes, because a full split takes no further group, unlike in the
    published algorithm. Groups without labels come last. Without `one_each` a label of fewer
    than about 1 / share groups goes to the largest split alone.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(groups)).tolist()
    members: dict[Hashable, list[int]] = {}
    for g in order:
        for label in groups[g]:
            members.setdefault(label, []).append(g)
    waiting = {label: len(g) for label, g in members.items()}  # groups without a split
    # Multiplied by len(groups), what a split lacks is a whole number, and ties are exact.
    total = {label: sum(groups[i][label] for i in g) for label, g in members.items()}
    wanted = {
        label: _wanted(
            n, sizes, one_each and not isinstance(label, tuple) and waiting[label] >= len(sizes)
        )
        for label, n in total.items()
    }
    room = list(sizes)
    home = np.full(len(groups), -1)

    def deal(g: int, want: Sequence[int]) -> None:
        open_splits = [j for j, free in enumerate(room) if free]
        most = max((want[j], room[j]) for j in open_splits)
        tied = [j for j in open_splits if (want[j], room[j]) == most]
        j = tied[rng.integers(len(tied))]
        home[g] = j
        room[j] -= 1
        for label, n in groups[g].items():
            wanted[label][j] -= n * len(groups)
            waiting[label] -= 1

    while waiting:
        rarest = min(waiting, key=waiting.__getitem__)
        # Large groups first: small ones can level the rest.
        for g in sorted(members[rarest], key=lambda g: -groups[g][rarest]):
            if home[g] < 0:
                deal(g, wanted[rarest])
        waiting = {label: n for label, n in waiting.items() if n}
    for g in order:
        if home[g] < 0:
            deal(g, room)
    return home


def _wanted(total: int, sizes: Sequence[int], one_each: bool) -> list[int]:
    """How many of the `total` examples of a label each split should have, times the groups."""
    n = sum(sizes)
    wanted = [size * total for size in sizes]
    if one_each:
        wanted = [max(want, n) if size else 0 for want, size in zip(wanted, sizes, strict=True)]
        wanted[wanted.index(max(wanted))] -= sum(wanted) - n * total
    return wanted


def count_strata(examples: Sequence[Example], group: np.ndarray) -> list[Counter]:
    """Count the labels, and the pairs of labels of one example, in each group.

    group : group number of each example, int array of shape (n,), from 0
    """
    counts: list[Counter] = [Counter() for _ in range(group.max() + 1 if len(group) else 0)]
    for example, g in zip(examples, group.tolist(), strict=True):
        labels = sorted(own_strata(example))
        counts[g].update(labels)
        counts[g].update(combinations(labels, 2))
    return counts


def own_strata(example: Example) -> Collection[str]:
    """Labels of one example whose shares are kept: its strata, else the labels of its target."""
    if example.strata:
        return set(example.strata)
    target = [example.target] if isinstance(example.target, str) else example.target or []
    return set(target) - {None}
