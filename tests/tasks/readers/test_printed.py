"""Lists that were printed into a string."""

import pytest
from taskrel.tasks.readers.printed import printed_list


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("['pos', 'loud']", ["pos", "loud"]),
        (" [ 'pos' ] ", ["pos"]),
        ('["it\'s", "a, b"]', ["it's", "a, b"]),
        ("['a' 'b'\n 'c']", ["a", "b", "c"]),
        ("['a', 'b' 'c']", ["a", "b", "c"]),
        ("[1, 2.5, None, True]", [1, 2.5, None, True]),
        ("('a',)", ["a"]),
        ("{'b', 'a'}", ["a", "b"]),
        ("['\\d']", ["\\d"]),
        ("[]", []),
    ],
)
def test_a_list(text, items):
    assert printed_list(text) == items


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a, b",
        "[a, b]",
        "[sic] 'x' [sic]",
        "('a')",
        "{'a': 1}",
        "['a'",
        "[['a']]",
        "[" * 5000 + "]" * 5000,
        "[" + "9" * 5000 + "]",
        "['\0",
        "[b'a']",
        "[{'a'}, [{}]]",
        "[__import__('os')]",
    ],
    ids=lambda text: text[:20],
)
def test_other_text(text):
    assert printed_list(text) is None
