"""A card of one's own under a name that evidence knows."""

from dataclasses import replace

import pytest
from made import tagging_task
from made_tiny import CARD

from taskrel.errors import UsageError
from taskrel.io.paths import data_folder
from taskrel.recommendation.known_names import check_names
from taskrel.recommendation.workspace import Workspace
from taskrel.study.experiment.file import entries
from taskrel.study.runs.read_tasks import read_tasks


@pytest.fixture
def evidence(tiny):
    return replace(tiny, entries={**tiny.entries, "fine": {"card": "mine", "as": "fine"}})


@pytest.fixture
def cards(tmp_path):
    for name in ("mine", "coarse"):
        (tmp_path / f"{name}.toml").write_text(CARD.replace('"mine"', f'"{name}"'))
    return str(tmp_path)


@pytest.mark.parametrize("name", ["coarse", "fine"])
def test_other_data_under_a_known_name_is_refused(evidence, cards, name):
    card = {"coarse": "coarse.toml", "fine": "mine.toml"}[name]
    with pytest.raises(
        UsageError,
        match=rf"{card}: evidence .* has another task of that name "
        r"\(digest .* here, .* there\) .* give your task another name",
    ):
        check_names(evidence, ["mine", name], Workspace((cards,)))


def test_evidence_without_digests_cannot_tell(evidence, cards):
    bare = replace(evidence, about=evidence.about.assign(digest=""))
    with pytest.raises(UsageError, match=r"another task of that name \(digest unknown\)"):
        check_names(bare, ["coarse"], Workspace((cards,)))


def test_the_same_data_is_the_same_task(evidence, cards):
    task = read_tasks(entries([cards]), data_folder(None))["coarse"]
    about = evidence.about.copy()
    about.loc["coarse", "digest"] = task.digest
    check_names(replace(evidence, about=about), ["coarse"], Workspace((cards,)))


def test_new_names_and_shipped_cards_are_not_looked_at(evidence, cards):
    check_names(evidence, ["mine"], Workspace((cards,)))  # new
    check_names(evidence, ["fine", "coarse"], Workspace(("planted_topic",)))
    check_names(evidence, ["fine", "coarse"], Workspace())


def test_a_task_in_memory(evidence):
    task = tagging_task("coarse")
    space = Workspace(tasks={"coarse": task})
    with pytest.raises(UsageError, match=r"^task 'coarse': evidence .* has another task of that"):
        check_names(evidence, ["coarse"], space)
    about = evidence.about.copy()
    about.loc["coarse", "digest"] = task.digest
    check_names(replace(evidence, about=about), ["coarse"], space)
