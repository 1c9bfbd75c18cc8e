"""What a search can train: from encoders that come with the evidence, and from corpora."""

import logging
from dataclasses import replace

import pytest
from made_tiny import CARD, CARDS
from made_transfer import SHOP

from taskrel.errors import DataError
from taskrel.meta.evidence.encoders import read_encoders
from taskrel.meta.features.task_info import task_info
from taskrel.meta.search.belief import ALONE
from taskrel.recommendation.search.arms import FOLDER, MOST_SEEDS, planned_arms
from taskrel.recommendation.workspace import Workspace
from taskrel.study.store.store import Store
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.training.run import run


def test_arms_from_encoders_need_no_corpus(shipped_encoders, space):
    found = planned_arms(shipped_encoders, "shop", ["many", "more"], space)
    assert list(found.runs) == [ALONE, "many", "more"]
    assert found.auxs == ("many", "more")
    assert {arm: len(runs) for arm, runs in found.runs.items()} == dict.fromkeys(
        found.runs, MOST_SEEDS
    )
    assert [r.seed for r in found.runs["more"]] == list(range(MOST_SEEDS))
    assert {*found.study.tasks} == {"shop"}
    about = shipped_encoders.about
    assert {a: digest for a, (digest, _) in found.others.items()} == {
        a: about["digest"][a] for a in ("many", "more")
    }
    assert found.others["many"][1]["kind"] == "multilabel"
    assert found.folder == space.folder / FOLDER / "shop"
    assert found.missing == {}


def test_a_run_is_that_of_transfer_from_the_encoder(shipped_encoders, transfer, space, tmp_path):
    found = planned_arms(shipped_encoders, "shop", ["more"], space)
    encoders, model = (
        read_encoders(shipped_encoders),
        find_pretrained(transfer.states.model, tmp_path),
    )
    (part,) = found.study.parts
    with Store.write(found.folder) as store:
        found.study.register(store, task_info, found.others)
        done = {
            o.run.seed: o.result
            for o in found.study.execute(store, part, found.runs["more"][:3], jobs=1)
        }
    for seed, own in ((0, 0), (1, 1), (2, 0)):  # two seeds of the encoder, in turn
        expected = run([SHOP], transfer, seed, model, start=encoders["more", own])
        key = ("shop", "test", "mean", "accuracy")
        assert done[seed].scores[key] == expected.scores[key]


def test_arms_from_corpora(tiny, tmp_path, caplog):
    space = Workspace((CARDS,), out=str(tmp_path), jobs=1, progress=False)
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        found = planned_arms(tiny, "fine", ["coarse", "gone"], space)
    assert list(found.runs) == [ALONE, "coarse"]
    assert found.folder == space.folder
    assert found.others == {}
    assert [*found.missing] == ["gone"]
    # The recipe is symmetric: one run gives both gains of a pair.
    assert {r.tasks for r in found.runs["coarse"]} == {("coarse", "fine")}
    assert not [m for m in caplog.messages if "not exactly those" in m]


def test_other_data_than_was_measured_are_warned_about(tiny, tmp_path, caplog):
    # Evidence of an earlier version: its entries are taken for plain cards.
    old = replace(tiny, entries={})
    cards = []
    for name in ("fine", "coarse"):
        path = tmp_path / f"{name}.toml"
        path.write_text(CARD.replace('"mine"', f'"{name}"'))
        cards.append(str(path))
    space = Workspace(tuple(cards), out=str(tmp_path / "o"), jobs=1, progress=False)
    with caplog.at_level(logging.WARNING, logger="taskrel"):
        found = planned_arms(old, "fine", ["coarse"], space)
    said = (
        f"the data of fine are not exactly those that evidence {old.name} measured (30 training "
        "examples here, 20 there); the prediction is about those"
    )
    assert said in found.warnings
    assert f"warning: {said}" in caplog.messages


def test_nothing_that_can_be_trained(shipped_encoders, space):
    with pytest.raises(
        DataError, match=r"no candidate of shop can be trained here \(chess: .*\); or"
    ):
        planned_arms(shipped_encoders, "shop", ["chess"], space)
