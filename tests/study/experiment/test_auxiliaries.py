import pytest

from taskrel.errors import UsageError
from taskrel.study.experiment.auxiliaries import Auxiliaries


def test_names_and_what_each_main_task_yields_are_told_apart():
    found = Auxiliaries.parse(["pos", "auto:next_word", "topic:next_char", "auto:missing_word"])
    assert found == Auxiliaries(("pos", "topic:next_char"), ("next_word", "missing_word"))
    assert found.own_of("ner") == ["ner:next_word", "ner:missing_word"]


@pytest.mark.parametrize(
    ("main", "aux", "allowed"),
    [
        ("ner", "pos", True),
        ("ner", "ner:next_word", True),
        ("ner", "topic:next_char", True),
        ("ner", "pos:next_word", False),  # another one's own
        ("ner", "ner:next_char", False),
        ("ner", "chunk", False),
        ("pos", "pos", False),
    ],
)
def test_which_pairs_a_call_is_about(main, aux, allowed):
    asked = Auxiliaries(("pos", "topic:next_char"), ("next_word",))
    assert asked.allow(main, aux) is allowed


def test_automated_tasks_that_do_not_exist_are_named():
    with pytest.raises(UsageError, match="'auto:next_wrod': no automated task is called"):
        Auxiliaries.parse(["pos", "auto:next_wrod"])
