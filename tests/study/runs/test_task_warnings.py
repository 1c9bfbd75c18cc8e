from itertools import permutations

import pytest
from made_experiment import (
    EXPERIMENT,
    NAMES,
    RECIPES,
    TOPIC_ONLY,
    grouped,
)

from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.training.recipes.recipe import Recipe


def test_warnings_name_overlap():
    """Two capped draws from one card share training texts, but no test text is in training."""
    entries = (Entry("planted_fine", limit=90), Entry("planted_fine", limit=80, as_="twin"))
    assert prepare_study(Experiment("x", entries, (0,), RECIPES, ("a",))).warnings == []


@pytest.mark.parametrize("there", [True, False])
def test_a_device_without_bfloat16_is_named(there, monkeypatch):
    monkeypatch.setattr("taskrel.study.runs.device.has_bfloat16", lambda device: there)
    recipes = {"a": Recipe(), "half": Recipe(precision="bfloat16")}
    entries = (Entry("planted_fine", limit=90),)
    study = prepare_study(Experiment("x", entries, (0,), recipes, ("a", "half")))
    assert study.warnings == (
        []
        if there
        else [
            "recipe half: this cpu does not compute in bfloat16; float32 is used, so runs may take "
            "longer"
        ]
    )


def test_overlaps_are_warned_about_where_they_are_many(monkeypatch, caplog):
    from taskrel.study.runs import task_warnings as module

    monkeypatch.setattr(module, "split_overlap", lambda task: {"dev": 1, "test": 80})
    monkeypatch.setattr(
        module,
        "contamination",
        lambda tasks: {("a", "b"): 4, ("b", "a"): 50} if set(tasks) == {"a", "b"} else {},
    )
    entries = (Entry("planted_fine", as_="a"), Entry("planted_coarse", as_="b"))
    with caplog.at_level("DEBUG", logger="taskrel"):
        study = prepare_study(Experiment("x", entries, (0,), RECIPES, ("a",)))
    assert study.warnings == [
        "80 of 500 test texts of a are also in its training split",
        "80 of 500 test texts of b are also in its training split",
        "50 of 500 test texts of b are in the training split of a",
    ]
    assert "note: 1 of 200 dev texts of a are also in" in caplog.text
    assert "note: 4 of 500 test texts of a are in the training split of b" in caplog.text


def test_few_test_texts_are_warned_about(monkeypatch):
    from taskrel.study.runs import task_warnings as module

    monkeypatch.setattr(module, "FEW", 501)
    assert prepare_study(EXPERIMENT).warnings == [
        f"{name}_20: only 500 test texts, so that each is 0.2 % of the score"
        for name in ("planted_fine", "planted_coarse")
    ]


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"runs": {"a": TOPIC_ONLY}}, {"fine of topic", "topic of fine"}),
        ({"runs": {"a": TOPIC_ONLY}, "single": True}, None),  # any of them may be asked about
        (
            {"runs": {"a": TOPIC_ONLY, "b": Runs(pairs=("fine", "coarse"))}, "default": ("a", "b")},
            {"fine of topic", "topic of fine", "fine of coarse", "coarse of fine"},
        ),
        (
            {"runs": {}, "main": "fine"},
            {"fine of topic", "topic of fine", "fine of coarse", "coarse of fine"},
        ),
        ({"runs": {}}, None),
    ],
)
def test_contamination_is_warned_about_where_a_run_has_both_tasks(options, warned, monkeypatch):
    from taskrel.study.runs import task_warnings as module

    monkeypatch.setattr(
        module, "contamination", lambda tasks: dict.fromkeys(permutations(tasks, 2), 50)
    )
    pairs = permutations(NAMES, 2)
    warned = {f"{main} of {aux}" for main, aux in pairs} if warned is None else warned
    assert set(grouped(RECIPES, **options).warnings) == {
        f"50 of 500 test texts of {main} are in the training split of {aux}"
        for main, aux in (pair.split(" of ") for pair in warned)
    }
