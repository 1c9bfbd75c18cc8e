"""Planning with an evidence's recipe."""

import logging
from types import SimpleNamespace

import pytest
from made_evidence import made_evidence

from taskrel.errors import EvidenceError, RecipeError
from taskrel.recommendation import planned_like as module
from taskrel.recommendation.planned_like import planned_like, recipe_of
from taskrel.recommendation.workspace import Workspace
from taskrel.training.recipes.recipe import Recipe


@pytest.fixture
def evidence():
    return made_evidence({("pos", "chunk"): 1.0, ("chunk", "pos"): -1.0})


def test_the_recipe_is_the_evidences(evidence):
    with pytest.raises(EvidenceError, match="made was not measured with taskrel, so nothing can"):
        recipe_of(evidence)
    evidence.recipe.update(vectors_sha256=None, device="cpu", steps=70)
    assert recipe_of(evidence) == Recipe(steps=70)
    evidence.recipe["stepz"] = 1
    with pytest.raises(RecipeError, match="evidence made: unknown field 'stepz'"):
        recipe_of(evidence)


@pytest.mark.parametrize(("measured", "n"), [(None, 0), ("abc", 1)])
def test_other_vectors_are_warned_about(evidence, measured, n, monkeypatch, caplog):
    evidence.recipe["vectors_sha256"] = measured
    part = SimpleNamespace(checksum=None, recipe=Recipe())
    study = SimpleNamespace(parts=[part])
    monkeypatch.setattr(module, "prepare_study", lambda *_, **__: study)
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        assert planned_like(evidence, [], Workspace(out="none"), "x", (0,)) is study
    assert len(caplog.messages) == n
    assert all("are not those that evidence made was measured with" in m for m in caplog.messages)
