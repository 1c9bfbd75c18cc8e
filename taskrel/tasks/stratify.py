"""Iterative stratification: splits in which every label has its share.

The rarest label is dealt out first, each of its examples to the split that still
wants most of that label. Pairs of labels that occur together are dealt like labels
of their own, which keeps label combinations in proportion, too.

A function of our own, although packages exist (``iterative-stratification``, last
released in 2024): a cut is part of a task's content digest, and an update of a
library must not silently move examples from one split to another.

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
    groups: Sequence[Mapping[Hashable, int]], sizes: Sequence[int], seed: int
) -> np.ndarray:
    """Deal `groups` out to splits so that each label has the same share in all of them.

    groups : label → number of examples that have it, for each group that moves whole
    sizes : number of groups of each split; they sum to ``len(groups)``
    seed : of the order in which groups are dealt, and of ties

    Returns the split of each group, an int array of shape (n_groups,), with exactly
    the sizes asked for: unlike in the published algorithm a split that is full takes
    no more. Groups without labels come last and fill up. A label that fewer than
    about 1 / share groups have goes whole to the largest split.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(groups)).tolist()
    members: dict[Hashable, list[int]] = {}
    for g in order:
        for label in groups[g]:
            members.setdefault(label, []).append(g)
    waiting = {label: len(g) for label, g in members.items()}  # groups not dealt yet
    # Times len(groups), all that a split wants is a whole number, and ties are exact.
    total = {label: sum(groups[i][label] for i in g) for label, g in members.items()}
    wanted = {label: [size * n for size in sizes] for label, n in total.items()}
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
        # Large groups first, for small ones can still even out.
        for g in sorted(members[rarest], key=lambda g: -groups[g][rarest]):
            if home[g] < 0:
                deal(g, wanted[rarest])
        waiting = {label: n for label, n in waiting.items() if n}
    for g in order:
        if home[g] < 0:
            deal(g, room)
    return home


def count_strata(examples: Sequence[Example], group: np.ndarray) -> list[Counter]:
    """Count labels, and pairs of labels of one example, in each group.

    group : group number of each example, int array of shape (n,), from 0
    """
    counts = [Counter() for _ in range(group.max() + 1 if len(group) else 0)]
    for example, g in zip(examples, group.tolist(), strict=True):
        labels = sorted(own_strata(example))
        counts[g].update(labels)
        counts[g].update(combinations(labels, 2))
    return counts


def own_strata(example: Example) -> Collection[str]:
    """Labels of one example whose shares count: its strata, else those of its target."""
    if example.strata:
        return set(example.strata)
    target = [example.target] if isinstance(example.target, str) else example.target or []
    return set(target) - {None}
