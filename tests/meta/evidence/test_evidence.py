from dataclasses import replace

import pytest
from made_study import write_study

from taskrel.errors import UsageError
from taskrel.meta.evidence.from_store import evidence_from_store

TASKS = ("chunk", "mwe", "pos")


@pytest.fixture
def evidence(tmp_path):
    write_study(
        tmp_path,
        {t: {} for t in TASKS},
        lambda *_: 1,
        singles=("chunk", "pos"),
        info={"mwe": {"family": "ewt"}, "pos": {"family": "ewt"}},
    )
    return evidence_from_store(tmp_path)


def test_an_unknown_task_is_named_with_the_nearest(evidence):
    evidence.check("chunk")
    with pytest.raises(UsageError, match=r"task 'chnk' is not in evidence .*did you mean chunk"):
        evidence.check("chnk")


def test_a_task_without_a_family_is_its_own(evidence):
    assert evidence.families.to_dict() == {"chunk": "chunk", "mwe": "ewt", "pos": "ewt"}


def test_measured_pairs_have_a_defined_gain(evidence):
    measured = evidence.measured()  # mwe was not trained alone
    assert list(measured.index) == [(m, a) for m in ("chunk", "pos") for a in TASKS if m != a]
    assert measured["gain"].tolist() == pytest.approx([1] * 4)


def test_only_keeps_tasks_and_the_pairs_among_them(evidence):
    less = evidence.only(["pos", "chunk"])
    assert list(less.tasks.index) == list(less.about.index) == ["chunk", "pos"]
    assert list(less.pairs.index) == [("chunk", "pos"), ("pos", "chunk")]
    for frame in (less.gains, less.summary):
        assert set(zip(frame["main"], frame["aux"], strict=True)) == set(less.pairs.index)
    assert len(less.gains) == 2 * 3


def test_tasks_cut_from_a_card(evidence):
    entries = {
        "chunk": {"card": "chunks", "limit": 9},
        "mwe": {"card": "mwe", "dev": 5},
        "gone": {"card": "chunks", "limit": 7},
    }
    evidence = replace(evidence, entries=entries)
    assert {card: evidence.capped(card) for card in ("chunks", "chunk", "mwe", "pos")} == {
        "chunks": ["chunk"],
        "chunk": [],
        "mwe": [],
        "pos": [],
    }


@pytest.fixture
def apart(evidence):
    """A small main task and auxiliaries, one of them of the same card."""
    return replace(
        evidence, auxiliaries=("mwe", "pos"), entries={"chunk": {"card": "pos", "limit": 9}}
    )


def test_main_tasks_and_auxiliaries_apart(apart, evidence):
    assert apart.mains == ["chunk"]
    assert apart.candidates("chunk") == ["mwe"]  # pos is of its own card
    assert evidence.mains == list(TASKS)
    assert evidence.candidates("chunk") == ["mwe", "pos"]
    assert apart.only(["chunk", "pos"]).auxiliaries == ("pos",)


def test_the_main_task_that_a_name_means(apart, evidence):
    found = {name: apart.as_main(name) for name in ("pos", "chunk", "mwe", "chess")}
    assert found == {"pos": "chunk", "chunk": "chunk", "mwe": "mwe", "chess": "chess"}
    assert evidence.as_main("pos") == "pos"
