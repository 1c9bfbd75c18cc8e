"""Cutting splits that a corpus lacks, and removing training examples that leak or recur.

Examples that belong together (same document, same tweet, same text) form a group, and
a group is never divided between two splits.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from taskrel.errors import DataError
from taskrel.tasks.card import Cut
from taskrel.tasks.readers.source import NOTE, Example
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
    """Remove training examples whose field occurs in dev or test, and count them in `tally`."""
    for name in by:
        field = FIELDS[name]
        held = {field(e) for split in ("dev", "test") for e in parts[split]} - {""}
        kept = [e for e in parts["train"] if field(e) not in held]
        removed = len(parts["train"]) - len(kept)
        if removed:
            tally[f"training examples whose {name} is also in dev or test"] += removed
        parts["train"] = kept


def remove_repeats(parts: Parts, by: tuple[str, ...], tally: Counter) -> None:
    """Remove training examples whose field occurs earlier in training, and count them."""
    for name in by:
        first: dict[str, int] = {}
        kept = [
            e
            for i, e in enumerate(parts["train"])
            if not (value := FIELDS[name](e)) or first.setdefault(value, i) == i
        ]
        removed = len(parts["train"]) - len(kept)
        if removed:
            tally[f"training examples whose {name} occurs earlier in training"] += removed
        parts["train"] = kept


def fill_test(
    parts: Parts, examples: list[Example], wanted: int, seed: int, tally: Counter
) -> None:
    """Add unused training examples to test until it has `wanted`, and count them in `tally`.

    A small main task so has a test split that is large enough to tell auxiliaries apart. An
    example is added only where no split has an example with its text (letters and digits) or
    with its key.

    examples : all training examples, of which ``parts["train"]`` has those that are used
    """
    missing = wanted - len(parts["test"])
    held = {
        name: {FIELDS[name](e) for part in parts.values() for e in part} - {""}
        for name in ("alnum", "key")
    }
    added: list[int] = []
    for i in np.random.default_rng([seed, wanted]).permutation(len(examples)).tolist():
        if len(added) >= missing:
            break
        values = {name: FIELDS[name](examples[i]) for name in held}
        if not any(values[name] in held[name] for name in held):
            added.append(i)
            held["alnum"].add(values["alnum"])
    if added:
        parts["test"] = parts["test"] + [examples[i] for i in sorted(added)]
        tally[f"{NOTE}unused training examples that join test"] += len(added)


def groups(examples: list[Example], by: tuple[str, ...]) -> np.ndarray:
    """Group number of each example: examples with the same value of any field of `by` share one.

    Returns an int array of shape (n,); groups are numbered by their first example. Empty
    values join no examples.
    """
    n = len(examples)
    rows: list[int] = []
    columns: list[int] = []
    values: dict[tuple[str, str], int] = {}
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
    """Move a random share of the training groups to dev and to test where these are empty.

    Each gets one group at least. Raises `DataError` where there are fewer groups than splits.
    """
    wanted = {s: share for s, share in (("test", how.test), ("dev", how.dev)) if share > 0}
    wanted = {s: share for s, share in wanted.items() if not parts[s]}
    train = parts["train"]
    if not wanted or not train:
        return
    group = groups(train, how.by)
    n = int(group.max()) + 1
    if n <= len(wanted):
        raise DataError(_too_few(len(train), n, how.by, len(wanted) + 1))
    sizes: dict[str, int] = {}  # in groups
    for split, share in wanted.items():
        # One at least is left for each of the others.
        most = n - sum(sizes.values()) - (len(wanted) - len(sizes))
        sizes[split] = min(max(1, round(share * n)), most)
    sizes["train"] = n - sum(sizes.values())
    if how.stratify:
        home = stratify(count_strata(train, group), list(sizes.values()), how.seed, one_each=True)
    else:
        home = at_random(list(sizes.values()), how.seed)
    for number, split in enumerate(sizes):
        parts[split] = [e for e, g in zip(train, group, strict=True) if home[g] == number]


def _too_few(n_texts: int, n_groups: int, by: tuple[str, ...], n_splits: int) -> str:
    """Why texts cannot be cut into so many splits, with the remedy."""
    texts = "1 text is" if n_texts == 1 else f"{n_texts:,} texts are"
    if n_groups < n_texts:
        what = {"text": "equal texts", "key": "texts with the same key"}
        kept = " and ".join(what[name] for name in by)
        texts += f" {n_groups} group{'s' * (n_groups > 1)}, because {kept} stay together, which is"
    return (
        f"{texts} too few for {n_splits} splits; give more texts, or texts of their own for dev "
        "and test"
    )


def at_random(sizes: Sequence[int], seed: int) -> np.ndarray:
    """Draw the split of each of ``sum(sizes)`` groups, an int array of shape (n_groups,)."""
    home = np.empty(sum(sizes), int)
    home[np.random.default_rng(seed).permutation(len(home))] = np.repeat(range(len(sizes)), sizes)
    return home
