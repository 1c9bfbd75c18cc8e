"""Evidence is found by its name, its folder or its study."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from made_study import write_study

from taskrel.errors import UsageError
from taskrel.meta.evidence import find
from taskrel.meta.evidence.files import write_evidence
from taskrel.meta.evidence.find import (
    counterpart,
    find_evidence,
    preferred_evidence,
    shipped_evidence,
)
from taskrel.meta.evidence.from_store import evidence_from_store

FEATURES = {"mwe": {"size": 300.0}, "pos": {"size": 100.0}}


@pytest.fixture
def written(tmp_path):
    """A folder of evidence with two recipes; the second one has the gains of the first."""
    write_study(tmp_path / "study", FEATURES, lambda *_: 1.0)
    made = evidence_from_store(tmp_path / "study")
    gains = pd.concat([made.gains, made.gains.assign(recipe="long")], ignore_index=True)
    recipes = made.recipes | {"long": {"steps": 9}}
    write_evidence(replace(made, gains=gains, recipes=recipes), tmp_path / "made")
    return tmp_path / "made"


def test_evidence_is_found_by_shipped_name_folder_or_store(written, tmp_path, monkeypatch):
    shipped = tmp_path / "experiments"
    (shipped / "made").mkdir(parents=True)
    shutil.copytree(written, shipped / "bingel2017")
    monkeypatch.setattr(find, "shipped", lambda kind: shipped)
    assert shipped_evidence() == ["bingel2017"]  # made has no evidence.json
    assert find_evidence("bingel2017").folder == shipped / "bingel2017"
    assert find_evidence(None, "long").recipe == {"steps": 9}
    assert find_evidence(str(written)).folder == written
    write_study(tmp_path / "runs", FEATURES, lambda *_: 1.0)
    assert find_evidence(tmp_path / "runs").name == "runs, recipe short"
    assert find_evidence(str(tmp_path / "runs" / "store.sqlite"), "short").symmetric
    with pytest.raises(UsageError, match=r"unknown evidence 'bingel2018': .*did you mean bingel"):
        find_evidence("bingel2018")
    with pytest.raises(UsageError, match=r"has no evidence.json and no store.sqlite; .*bingel2017"):
        find_evidence(shipped / "made")


def test_a_shipped_name_comes_before_a_folder_of_that_name(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(written, tmp_path / "bingel2017")
    assert "mwe" in find_evidence("./bingel2017").tasks.index
    assert find_evidence("./bingel2017").name != find_evidence("bingel2017").name


@pytest.mark.parametrize(
    ("there", "level", "best"),
    [
        (["bingel2017", "library", "planted_map", "starter", "text_transfer"], "", "library"),
        (["bingel2017", "library", "starter", "text_transfer"], "text", "text_transfer"),
        (["bingel2017", "library", "starter", "text_transfer"], "token", "library"),
        (["library", "starter", "token_transfer"], "token", "token_transfer"),
        (["bingel2017", "starter"], "text", "starter"),
        (["bingel2017"], "token", "bingel2017"),
    ],
)
def test_the_default_is_the_best_that_ships(there, level, best, monkeypatch):
    monkeypatch.setattr(find, "shipped_evidence", lambda: there)
    assert preferred_evidence(level)[0] == best


def test_without_shipped_evidence_there_is_no_default(monkeypatch):
    monkeypatch.setattr(find, "shipped_evidence", list)
    with pytest.raises(UsageError, match="is missing; install it again"):
        preferred_evidence()


@pytest.mark.parametrize("name", shipped_evidence())
def test_shipped_evidence_can_be_read(name):
    evidence = find_evidence(name)
    assert evidence.name == name
    assert len(evidence.measured()) > 40
    assert evidence.provenance["title"]
    head = json.loads((evidence.folder / "evidence.json").read_text())
    for recipe in head["recipes"]:
        assert len(find_evidence(name, recipe).measured()) > 40


def test_evidence_of_the_other_training(monkeypatch):
    monkeypatch.setattr(find, "shipped_evidence", lambda: ["text_joint", "text_transfer"])
    assert counterpart("text_transfer") == "text_joint"
    assert counterpart("text_joint") == "text_transfer"
    assert counterpart("library") is None
    monkeypatch.setattr(find, "shipped_evidence", lambda: ["text_transfer"])
    assert counterpart("text_transfer") is None
