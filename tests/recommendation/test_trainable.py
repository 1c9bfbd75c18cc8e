"""Which tasks can be trained here is said before any is."""

import pytest
from made_evidence import made_evidence

from taskrel.errors import DataError, EvidenceError, UsageError
from taskrel.recommendation.trainable import trainable
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.experiment import Entry

CARD = """
schema = 1
name = "{0}"
title = "Made up"
kind = "classification"
metric = "accuracy"
reader = "delimited"

[[files]]
path = "{0}.tsv"
{1}
"""
AUXS = ["there", "away", "wrong", "planted_fine", "nameless", "there:next_word", "away:next_word"]


@pytest.fixture
def call(tmp_path):
    """`trainable` with cards and data of its own; of the files only there.tsv is as it should."""
    cards, data = tmp_path / "cards", tmp_path / "data"
    for folder in (cards, data):
        folder.mkdir()
    rest = {
        "there": "",
        "away": 'url = "https://example.org/away.tsv"',
        "wrong": f'sha256 = "{"0" * 64}"',
    }
    for name, line in rest.items():
        (cards / f"{name}.toml").write_text(CARD.format(name, line))
    for name in ("there", "wrong"):
        (data / f"{name}.tsv").write_text("a text\tyes\n")
    evidence = made_evidence({(a, b): 1.0 for a in AUXS for b in AUXS if a != b})
    evidence.recipe["vectors_sha256"] = None
    space = Workspace((str(cards),), data=str(data))
    return lambda main, auxs: trainable(evidence, main, auxs, space)


def test_who_is_ready_and_who_is_not(call, tmp_path):
    found = call("planted_topic", AUXS)
    assert found.main == Entry("planted_topic")
    card = f"{tmp_path}/cards/there.toml"
    assert found.auxs == {
        "there": Entry(card),
        "planted_fine": Entry("planted_fine"),
        "there:next_word": Entry(f"{card}:next_word"),
    }
    away = (
        f"{tmp_path}/data/away.tsv: no such file; get it with: taskrel fetch away "
        f"--tasks {tmp_path}/cards --data {tmp_path}/data"
    )
    assert list(found.missing) == ["away", "wrong", "nameless", "away:next_word"]
    assert found.missing["away"] == found.missing["away:next_word"] == away
    assert "wrong.tsv: wrong checksum: expected 000000000000" in found.missing["wrong"]
    assert (
        "if you did not change it yourself, move it away and put it there" in found.missing["wrong"]
    )
    assert found.missing["nameless"].startswith("task 'nameless': unknown card 'nameless'")


def test_why_names_some(call):
    assert call("planted_topic", AUXS[:3]).why().startswith("away: ")
    assert call("planted_topic", AUXS).why().endswith("; 1 more")
    assert "more" not in call("planted_topic", AUXS[:3]).why()


@pytest.mark.parametrize(
    ("main", "error", "says"),
    [
        (
            "away",
            DataError,
            r"the main task away cannot be trained here: .*away.tsv: no such file; get it with",
        ),
        ("nowhere", UsageError, "task 'nowhere' is not in evidence made and has no card"),
    ],
)
def test_a_main_task_that_cannot_be_trained(call, main, error, says):
    with pytest.raises(error, match=says) as e:
        call(main, AUXS)
    assert "\n" not in str(e.value)


def test_evidence_of_another_system():
    evidence = made_evidence({("pos", "chunk"): 1.0})
    with pytest.raises(EvidenceError, match="was not measured with taskrel, so nothing"):
        trainable(evidence, "pos", ["chunk"], Workspace())
