"""Iterative stratification: small cases worked by hand, and properties of all cases."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskrel.tasks.readers.source import Example
from taskrel.tasks.stratify import count_strata, own_strata, stratify


@pytest.mark.parametrize("seed", range(20))
def test_rare_labels_are_dealt_before_common_ones(seed):
    # Half of the groups each. "ab" is rarest and has two groups: one to each split. Then "b" has
    # one left, of which either split wants one half: to the split with more room, which is
    # neither, so by chance. "a" alone: 2 + 4 groups, so 3 each.
    both = Counter({"a": 1, "b": 1, ("a", "b"): 1})
    groups = [both, both, Counter("b"), *[Counter("a")] * 4, Counter()]
    home = stratify(groups, [4, 4], seed)
    assert sorted(home[:2]) == [0, 1]
    assert sorted(home[3:7]) == [0, 0, 1, 1]
    assert home[2] != home[7]  # the group without labels fills up


@pytest.mark.parametrize("seed", range(20))
def test_a_group_counts_with_all_its_examples(seed):
    # Eight examples in five groups: two groups of five want 8 · 2/5 = 3.2 of them, three want 4.8.
    # The group of four goes first, to the latter, which leaves 0.8 there; so the next two go to
    # the former, which is full, and the rest to the latter.
    groups = [Counter({"a": n}) for n in (1, 1, 4, 1, 1)]
    home = stratify(groups, [2, 3], seed)
    assert home[2] == 1
    assert sorted(home) == [0, 0, 1, 1, 1]


@pytest.mark.parametrize(("n", "in_dev"), [(1, 0), (2, 0), (3, 1), (7, 1), (8, 2)])
def test_a_rare_label_is_rounded(n, in_dev):
    """Of n examples, n / 5 belong to dev; the split with more room gets what is undecided."""
    groups = [Counter("x")] * n + [Counter("y")] * (100 - n)
    assert stratify(groups, [20, 80], 0)[:n].tolist().count(0) == in_dev


def test_the_seed_decides_alone():
    groups = count_strata(made_up_reviews(60), np.arange(60))
    first = stratify(groups, [12, 48], 3)
    assert stratify(groups, [12, 48], 3).tolist() == first.tolist()
    assert any(stratify(groups, [12, 48], s).tolist() != first.tolist() for s in (4, 5))
    # Written down: a split must not move with a new version of anything.
    assert np.flatnonzero(first == 0).tolist() == [5, 8, 14, 16, 20, 21, 26, 27, 32, 36, 47, 51]


def made_up_reviews(n, seed=0):
    """Examples with one to three of six labels each, two of which like to come together."""
    rng = np.random.default_rng(seed)
    names = np.array(list("abcdef"))
    examples = []
    for i in range(n):
        has = rng.random(6) < (0.5, 0.3, 0.2, 0.1, 0.05, 0.05)
        has[1] |= has[2] and rng.random() < 0.7
        examples.append(Example([f"w{i}"], names[has].tolist()))
    return examples


@pytest.mark.parametrize("seed", range(3))
def test_labels_and_pairs_of_labels_keep_their_shares(seed):
    examples = made_up_reviews(1000, seed)
    home = stratify(count_strata(examples, np.arange(1000)), [150, 200, 650], seed)
    for order, most in ((1, 0.015), (2, 0.05)):
        strata = [list(combinations(sorted(e.target), order)) for e in examples]
        total = Counter(s for labels in strata for s in labels)
        assert len(total) > 5
        for split, share in enumerate((0.15, 0.2, 0.65)):
            found = Counter(
                s for labels, j in zip(strata, home, strict=True) if j == split for s in labels
            )
            for stratum, n in total.items():
                if n >= 20:
                    assert found[stratum] / n == pytest.approx(share, abs=most)


LABELS = st.lists(st.sets(st.sampled_from("abcde"), max_size=3), min_size=1, max_size=60)


@settings(deadline=None)
@given(LABELS, st.data())
def test_sizes_are_those_asked_for(labels, data):
    n = len(labels)
    first = data.draw(st.integers(0, n))
    second = data.draw(st.integers(0, n - first))
    sizes = [first, second, n - first - second]
    groups = [Counter([*s, *combinations(sorted(s), 2)]) for s in labels]
    home = stratify(groups, sizes, data.draw(st.integers(0, 9)))
    assert np.bincount(home, minlength=3).tolist() == sizes


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=60), st.data())
def test_every_label_has_its_share(labels, data):
    """With one label each: rounding costs 1/2, and a last label pays for all before it."""
    n = len(labels)
    sizes = [data.draw(st.integers(0, n))]
    sizes.append(n - sizes[0])
    home = stratify([Counter(label) for label in labels], sizes, data.draw(st.integers(0, 9)))
    most = max(1, len(set(labels)) - 1) / 2
    for label, count in Counter(labels).items():
        found = sum(home[i] == 0 for i in range(n) if labels[i] == label)
        assert abs(found - count * sizes[0] / n) <= most + 1e-9


@pytest.mark.parametrize(
    ("example", "strata"),
    [
        (Example(["w"], "x"), {"x"}),
        (Example(["w"], None), set()),
        (Example(["w"], ["x", "y"]), {"x", "y"}),
        (Example(["w", "w", "w"], ["x", "x", None]), {"x"}),
        (Example(["w"], "x", strata=("p", "q")), {"p", "q"}),
        (Example(["w"], None, strata=("p",)), {"p"}),
    ],
)
def test_strata_of_an_example(example, strata):
    assert own_strata(example) == strata


def test_strata_of_a_group_count_its_examples():
    examples = [Example(["w"], target) for target in (["b", "a"], ["a"], None, ["a", "b"])]
    assert count_strata(examples, np.array([0, 0, 2, 1])) == [
        Counter({"a": 2, "b": 1, ("a", "b"): 1}),
        Counter({"a": 1, "b": 1, ("a", "b"): 1}),
        Counter(),
    ]
    assert count_strata([], np.array([], int)) == []
