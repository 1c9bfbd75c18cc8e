"""What evidence was measured with: its recipe, and what its tasks are made from."""

import logging

import pytest
from made_evidence import made_evidence
from taskrel.recommendation.as_measured import check_vectors, entry_of, recipe_of, runs_folder

from taskrel.errors import EvidenceError, RecipeError, UsageError
from taskrel.study.experiment.experiment import Entry
from taskrel.study.runs.part import Part
from taskrel.training.recipes.recipe import Recipe


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
    found = entry_of(name, [str(cards)] if given else [], evidence)
    assert found.name == name
    assert {f: getattr(found, f) for f in Entry.__struct_fields__} == {
        f: getattr(entry, f) for f in Entry.__struct_fields__
    } | {"card": entry.card.format(cards)}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("chnk", "task 'chnk' is not in evidence made, and has no card; did you mean chunk"),
        ("small", "task 'small': there is no card 'mine' here; known: accept"),
        ("small:next_word", "task 'small:next_word' is not in evidence made, and has no card"),
    ],
)
def test_no_card(evidence, name, says):
    with pytest.raises(UsageError, match=says):
        entry_of(name, [], evidence)


def test_an_entry_that_is_none(evidence):
    evidence.entries["pos"] = {"card": "pos", "limt": 5}
    with pytest.raises(
        EvidenceError,
        match=r"evidence made, entry of pos: unknown field 'limt'; "
        r"did you mean limit",
    ):
        entry_of("pos", [], evidence)


def test_the_recipe_is_the_evidences(evidence):
    with pytest.raises(EvidenceError, match="not measured with a recipe of taskrel's, so nothing"):
        recipe_of(evidence)
    evidence.recipe.update(vectors_sha256=None, device="cpu", steps=70)
    assert recipe_of(evidence) == Recipe(steps=70)
    evidence.recipe["stepz"] = 1
    with pytest.raises(RecipeError, match="evidence made: unknown field 'stepz'"):
        recipe_of(evidence)


@pytest.mark.parametrize(("measured", "n"), [(None, 0), ("abc", 1)])
def test_other_vectors_are_warned_about(evidence, measured, n, caplog):
    evidence.recipe["vectors_sha256"] = measured
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        check_vectors(Part("x", Recipe(), None, "cpu", []), evidence)
    assert len(caplog.messages) == n


def test_where_runs_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert runs_folder(None) == tmp_path / "taskrel" / "alone"
    assert str(runs_folder("mine")) == "mine"
