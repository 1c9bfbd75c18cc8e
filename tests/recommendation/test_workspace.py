"""What a task is made from, and where its data and runs are."""

import pytest
from made import tagging_task
from made_evidence import made_evidence

from taskrel.errors import EvidenceError, UsageError
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.experiment import Entry


@pytest.fixture
def evidence():
    found = made_evidence({("pos", "small"): 1.0, ("small", "chunk_1000"): -1.0})
    found.entries.update(
        small={"card": "mine", "limit": 20, "seed": 3, "as": "small"},
        chunk_1000={"card": "chunk", "limit": 1000, "dev": 500},
    )
    return found


@pytest.fixture
def cards(tmp_path):
    for name in ("mine", "pos"):
        (tmp_path / f"{name}.toml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "given", "entry"),
    [
        ("chunk", False, Entry("chunk")),
        ("chunk:next_word", False, Entry("chunk:next_word")),
        ("chunk_1000", False, Entry("chunk", limit=1000, dev=500)),
        ("chunk_1000:next_word", False, Entry("chunk:next_word", limit=1000, dev=500)),
        ("chunk_1000", True, Entry("chunk", limit=1000, dev=500)),
        ("pos", False, Entry("pos")),
        ("pos", True, Entry("{}/pos.toml")),
        ("mine", True, Entry("{}/mine.toml")),
        ("mine:next_char", True, Entry("{}/mine.toml:next_char")),
        ("small", True, Entry("{}/mine.toml", limit=20, seed=3, as_="small")),
        ("small:next_word", True, Entry("{}/mine.toml:next_word", limit=20, seed=3, as_="small")),
    ],
)
def test_what_a_task_is_made_from(evidence, cards, name, given, entry):
    found = Workspace((str(cards),) if given else ()).entry(name, evidence)
    assert found.name == name
    assert {f: getattr(found, f) for f in Entry.__struct_fields__} == {
        f: getattr(entry, f) for f in Entry.__struct_fields__
    } | {"card": entry.card.format(cards)}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("chnk", "task 'chnk' is not in evidence made and has no card; did you mean chunk"),
        ("small", "task 'small': unknown card 'mine'; known: accept"),
        ("small:next_word", "task 'small:next_word' is not in evidence made and has no card"),
    ],
)
def test_no_card(evidence, name, says):
    with pytest.raises(UsageError, match=says):
        Workspace().entry(name, evidence)


def test_an_entry_that_is_none(evidence):
    evidence.entries["pos"] = {"card": "pos", "limt": 5}
    with pytest.raises(
        EvidenceError,
        match=r"evidence made, entry of pos: unknown field 'limt'; "
        r"did you mean limit",
    ):
        Workspace().entry("pos", evidence)


def test_a_task_in_memory_comes_before_cards(evidence, cards, tmp_path):
    evidence.entries["pos"] = {"card": "pos", "limit": 5}
    space = Workspace((str(cards),), {"pos": tagging_task("pos")}, data=str(tmp_path))
    assert space.entry("pos", evidence) == Entry("pos")
    assert space.problem(space.entry("pos", evidence)) == ""
    assert "no such file" in Workspace(data=str(tmp_path)).problem(Entry("pos"))


@pytest.mark.parametrize(
    ("name", "generated"),
    [("planted_fine", True), ("planted_fine:next_word", True), ("pos", False), ("mine", False)],
)
def test_generated_texts(evidence, name, generated):
    space = Workspace(tasks={"mine": tagging_task("mine")})
    assert space.generated(name, evidence) is generated


def test_a_task_without_a_card_is_not_known_to_be_generated(evidence):
    assert Workspace().generated("small", evidence) is False


def test_where_runs_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Workspace().folder == tmp_path / "taskrel" / "alone"
    assert str(Workspace(out="mine").folder) == "mine"
