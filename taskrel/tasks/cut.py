"""Cutting splits that a corpus lacks, and removing training examples that leak or recur.

What belongs together (same document, same tweet, same text) is cut together:
examples that share a value are joined into groups, and whole groups move.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from taskrel.tasks.card import Cut
from taskrel.tasks.readers.source import Example
from taskrel.tasks.stratify import count_strata, stratify

Parts = dict[str, list[Example]]


def _text(example: Example) -> str:
    return " ".join(example.tokens).lower()


def _alnum(example: Example) -> str:
    return "".join(c for c in "".join(example.tokens).lower() if c.isalnum())


FIELDS: dict[str, Callable[[Example], str]] = {
    "key": lambda example: example.key,
    "text": _text,
    "alnum": _alnum,
}


def remove_leaks(parts: Parts, by: tuple[str, ...], tally: Counter) -> None:
    """Take out of training what stands in dev or test as well; counted in `tally`."""
    for name in by:
        field = FIELDS[name]
        held = {field(e) for split in ("dev", "test") for e in parts[split]} - {""}
        kept = [e for e in parts["train"] if field(e) not in held]
        removed = len(parts["train"]) - len(kept)
        if removed:
            tally[f"training examples whose {name} stands in dev or test"] += removed
        parts["train"] = kept


def remove_repeats(parts: Parts, by: tuple[str, ...], tally: Counter) -> None:
    """Keep of the training examples that agree in a field the first one; counted in `tally`."""
    for name in by:
        first: dict[str, int] = {}
        kept = [
            e
            for i, e in enumerate(parts["train"])
            if not (value := FIELDS[name](e)) or first.setdefault(value, i) == i
        ]
        removed = len(parts["train"]) - len(kept)
        if removed:
            tally[f"training examples whose {name} stands earlier in training"] += removed
        parts["train"] = kept


def groups(examples: list[Example], by: tuple[str, ...]) -> np.ndarray:
    """Group number of each example: same number where any field of `by` agrees.

    Returns an int array of shape (n,), numbered by first appearance. An empty
    value joins nothing.
    """
    n = len(examples)
    rows, columns, values = [], [], {}
    for name in by:
        for i, example in enumerate(examples):
            value = FIELDS[name](example)
            if value:
                rows.append(i)
                columns.append(n + values.setdefault((name, value), len(values)))
    size = n + len(values)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(size, size))
    component = connected_components(graph, directed=False)[1][:n]
    _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def cut(parts: Parts, how: Cut) -> None:
    """Move a seeded share of the training groups, one at least, to dev and test where empty."""
    wanted = {s: share for s, share in (("test", how.test), ("dev", how.dev)) if share > 0}
    wanted = {s: share for s, share in wanted.items() if not parts[s]}
    if not wanted:
        return
    train = parts["train"]
    group = groups(train, how.by)
    n = int(group.max()) + 1 if len(train) else 0
    sizes: dict[str, int] = {}  # in groups
    for split, share in wanted.items():
        sizes[split] = min(max(1, round(share * n)), n - sum(sizes.values()))
    sizes["train"] = n - sum(sizes.values())
    if how.stratify:
        home = stratify(count_strata(train, group), list(sizes.values()), how.seed)
    else:
        home = at_random(list(sizes.values()), how.seed)
    for number, split in enumerate(sizes):
        parts[split] = [e for e, g in zip(train, group, strict=True) if home[g] == number]


def at_random(sizes: Sequence[int], seed: int) -> np.ndarray:
    """Split of each of ``sum(sizes)`` groups, an int array of shape (n_groups,)."""
    home = np.empty(sum(sizes), int)
    home[np.random.default_rng(seed).permutation(len(home))] = np.repeat(range(len(sizes)), sizes)
    return home
