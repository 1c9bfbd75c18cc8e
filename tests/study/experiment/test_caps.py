"""Caps of the command line are those of an experiment's entries."""

import pytest

from taskrel.errors import UsageError
from taskrel.study.experiment.caps import capped, renamed
from taskrel.study.experiment.experiment import Entry

OWN = (Entry("cards/shop.toml"), Entry("topic"), Entry("topic:next_word"))


def test_caps_name_a_task_by_its_card_and_concern_its_automated_tasks():
    found = capped(OWN, {"limit": {"shop": 500, "topic": 20}, "dev": {"shop": 50}})
    assert found == (
        Entry("cards/shop.toml", limit=500, dev=50),
        Entry("topic", limit=20),
        Entry("topic:next_word", limit=20),
    )
    assert [entry.name for entry in found] == ["shop_500", "topic_20", "topic_20:next_word"]


def test_entries_that_a_cap_makes_the_same_are_one():
    both = (Entry("topic"), Entry("topic", limit=9), Entry("shop"))
    assert capped(both, {"limit": {"topic": 5}}) == (Entry("topic", limit=5), Entry("shop"))
    assert capped(both, {"limit": {"shop": 5}})[:2] == both[:2]


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("shop", "shop_500"),
        ("shop:next_word", "shop_500:next_word"),
        ("topic", "topic"),
        ("pos", "pos"),
        ("auto:next_word", "auto:next_word"),
        ("all", "all"),
    ],
)
def test_a_capped_task_is_still_asked_for_by_its_own_name(name, new):
    assert renamed(name, capped(OWN, {"limit": {"shop": 500}})) == new


def test_an_unknown_task_is_refused():
    with pytest.raises(
        UsageError, match=r"--dev shp=5: no task 'shp' in --tasks; did you mean shop"
    ):
        capped(OWN, {"dev": {"shp": 5}})
