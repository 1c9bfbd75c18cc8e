"""The clause that names what exists."""

import pytest

from taskrel import errors
from taskrel.errors import TaskrelError, nearest

NAMES = [f"task{i:02}" for i in range(15)]


@pytest.mark.parametrize(
    ("name", "known", "clause"),
    [
        ("chnk", ["pos", "chunk"], "did you mean chunk?"),
        ("rate", ["rates", "rater"], "did you mean rates or rater?"),
        ("x", ["pos", "chunk"], "known: chunk, pos"),
        ("x", [], "there are none"),
        ("x", NAMES, f"known: {', '.join(NAMES[:12])} and 3 more"),
    ],
)
def test_nearest(name, known, clause):
    assert nearest(name, iter(known)) == clause


def test_every_error_is_one_the_commands_catch():
    raised = [
        e for e in vars(errors).values() if isinstance(e, type) and e.__module__ == errors.__name__
    ]
    assert len(raised) > 5
    assert all(issubclass(e, TaskrelError) for e in raised)
