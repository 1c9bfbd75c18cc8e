import pytest

from taskrel.errors import UsageError
from taskrel.tasks.automated.make import AUTOMATED
from taskrel.tasks.automated.names import (
    AUTOMATED_NAMES,
    check_main,
    check_name,
    is_automated,
    split_name,
)


def test_the_names_are_those_of_the_tasks_that_can_be_made():
    assert tuple(AUTOMATED) == AUTOMATED_NAMES


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("topic:next_word", ("topic", "next_word")),
        ("a:b:missing_word", ("a:b", "missing_word")),
        ("my/card.toml:next_char", ("my/card.toml", "next_char")),
        ("topic", ("topic", "")),
        ("topic:next", ("topic:next", "")),
        (":next_word", (":next_word", "")),
        ("next_word", ("next_word", "")),
        (r"C:\cards\a.toml", (r"C:\cards\a.toml", "")),
    ],
)
def test_base_and_kind(name, parts):
    assert split_name(name) == parts
    assert is_automated(name) is bool(parts[1])


@pytest.mark.parametrize(
    "name", ["topic:next_word", "topic", "my/card.toml", r"C:\cards\a.toml", "C:/a"]
)
def test_names_and_paths_that_may_be(name):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "topic:next_wrod",
            "task 'topic:next_wrod': no automated task is called 'next_wrod'; did you "
            "mean next_word",
        ),
        ("auto:x", "known: missing_word, next_char, next_word"),
    ],
)
def test_kinds_that_do_not_exist_are_named(name, says):
    with pytest.raises(UsageError, match=says):
        check_name(name)


def test_an_automated_task_is_no_main_task():
    check_main("topic")
    with pytest.raises(UsageError, match=r"main task 'topic:next_word': .* did you mean topic\?"):
        check_main("topic:next_word")
