import pytest

from taskrel.meta.evidence.pairs import directed_pairs

CARDS = {"a_9": {"card": "a"}, "b_9": {"card": "b"}}


@pytest.mark.parametrize(
    ("tasks", "auxiliaries", "expected"),
    [
        (["a", "b", "c"], (), ["ab", "ac", "ba", "bc", "ca", "cb"]),
        (["a", "a_9", "b", "b_9"], ("a", "b"), [("a_9", "b"), ("b_9", "a")]),
        # Where every task is both, two sizes of one card are a pair like any other.
        (["a", "a_9"], (), [("a", "a_9"), ("a_9", "a")]),
        (["a"], (), []),
    ],
)
def test_directed_pairs(tasks, auxiliaries, expected):
    found = directed_pairs(tasks, auxiliaries, CARDS)
    assert list(found) == [tuple(pair) for pair in expected]
    assert found.names == ["main", "aux"]
