from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from made_experiment import (
    NAMES,
    RECIPES,
    TINY,
    TOPIC_ONLY,
    grouped,
)

from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.study.runs.read_tasks import read_tasks
from taskrel.tasks.encode import encode
from taskrel.tasks.overlap import Shared
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS
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


def test_warnings_of_a_task_carry_its_name_and_leaks_a_remedy(monkeypatch, caplog):
    from taskrel.study.runs import task_warnings as module

    monkeypatch.setattr("taskrel.tasks.inspect.doubts.FEW", 501)
    shared = {("a", "b"): Shared(4, 0, 500), ("b", "a"): Shared(50, 9, 500)}
    monkeypatch.setattr(
        module, "contamination", lambda tasks: shared if set(tasks) == {"a", "b"} else {}
    )
    entries = (Entry("planted_fine", as_="a"), Entry("planted_coarse", as_="b"))
    with caplog.at_level("DEBUG", logger="taskrel"):
        study = prepare_study(Experiment("x", entries, (0,), RECIPES, ("a",)))
    few = (
        "only 500 test texts, so that each is 0.2 % of the score; a larger test split gives a more "
        "reliable one"
    )
    assert study.warnings == [
        f"a: {few}",
        f"b: {few}",
        "50 of 500 test texts of b (9 of them shorter than 5 tokens) are in the training split of "
        "a; --remove-leaks takes them out of it",
    ]
    assert "note: 4 of 500 test texts of a are in the training split of b" in caplog.text


def test_leaks_are_removed_where_asked():
    (fine,) = read_tasks(TINY[:1], Path()).values()
    examples = {split: [Example(*e) for e in fine.examples(split)] for split in SPLITS}
    parts = {
        "train": examples["dev"],
        "dev": examples["test"],
        "test": examples["train"][:5],
    }
    main = encode(parts, kind="tagging", metric="accuracy", name="main")
    given = {"main": main, "other": replace(fine, name="other")}
    tasks = Experiment("x", tuple(Entry(name) for name in given), (0,), RECIPES, ("a",))
    study = prepare_study(tasks, given=given, remove_leaks=True, main="main")
    assert study.warnings[0] == (
        "5 of 20 training texts of other were taken out, because they are in dev or test of main"
    )
    assert len(study.tasks["other"].splits["train"]) == 15 and study.tasks["main"] is main
    assert not [w for w in study.warnings if "are in the training split" in w]
    plain = prepare_study(tasks, given=given, main="main")
    assert plain.warnings[-1].startswith("5 of 5 test texts of main are in the training split of")
    single = {run.tasks: run.identity for run in plain.runs.values() if run.seed == 0}
    again = {run.tasks: run.identity for run in study.runs.values() if run.seed == 0}
    assert {tasks for tasks in single if single[tasks] == again[tasks]} == {("main",)}


def test_an_experiment_may_ask_for_it_and_only_its_main_tasks_count():
    """Texts of an auxiliary's test split may stay in another auxiliary's training split."""
    (fine,) = read_tasks(TINY[:1], Path()).values()
    examples = {split: [Example(*e) for e in fine.examples(split)] for split in SPLITS}
    held = examples["train"]
    own, others = (
        encode(parts, kind="tagging", metric="accuracy", name="x")
        for parts in (
            examples | {"train": examples["dev"], "test": held[:5]},
            examples | {"train": examples["test"], "test": held[5:8]},
        )
    )
    given = {
        "main": replace(own, name="main"),
        "aux": replace(others, name="aux"),
        "other": replace(fine, name="other"),
    }
    runs = {name: Runs(mains=("main",), auxiliaries=("aux", "other")) for name in RECIPES}
    entries = tuple(map(Entry, given))
    asked = Experiment("x", entries, (0,), RECIPES, ("a",), runs=runs, remove_leaks=True)
    study = prepare_study(asked, given=given)
    assert len(study.tasks["other"].splits["train"]) == 20 - 5
    kept = prepare_study(replace(asked, remove_leaks=False), given=given)
    assert len(kept.tasks["other"].splits["train"]) == 20


@pytest.mark.parametrize("listed", [True, False])
def test_leaks_are_removed_from_automated_tasks_of_other_tasks(listed):
    """Whether or not the task that they are made from is an auxiliary, too."""
    (fine,) = read_tasks(TINY[:1], Path()).values()
    examples = {split: [Example(*e) for e in fine.examples(split)] for split in SPLITS}
    parts = examples | {"train": examples["dev"], "test": examples["train"][:5]}
    main = encode(parts, kind="tagging", metric="accuracy", name="main")
    given = {"main": main, "other": replace(fine, name="other")}
    names = ["main", *["other"] * listed, "other:next_word", "main:next_word"]
    tasks = Experiment("x", tuple(map(Entry, names)), (0,), RECIPES, ("a",))
    plain = prepare_study(tasks, given=given, main="main")
    auxs = [*["other"] * listed, "other:next_word"]
    assert [w for w in plain.warnings if "of main" in w] == [
        f"5 of 5 test texts of main are in the training split of {aux}; --remove-leaks takes them "
        "out of it"
        for aux in auxs
    ]
    study = prepare_study(tasks, given=given, main="main", remove_leaks=True)
    assert [w for w in study.warnings if "of main" in w or "taken out" in w] == [
        "5 of 20 training texts of other were taken out, because they are in dev or test of main"
    ]
    sizes = {name: len(task.splits["train"]) for name, task in study.tasks.items()}
    assert sizes["other:next_word"] == 15
    assert sizes["main:next_word"] == sizes["main"] == len(parts["train"])


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
        module,
        "contamination",
        lambda tasks: dict.fromkeys(permutations(tasks, 2), Shared(50, 0, 500)),
    )
    pairs = permutations(NAMES, 2)
    warned = {f"{main} of {aux}" for main, aux in pairs} if warned is None else warned
    assert set(grouped(RECIPES, **options).warnings) == {
        f"50 of 500 test texts of {main} are in the training split of {aux}; --remove-leaks takes "
        "them out of it"
        for main, aux in (pair.split(" of ") for pair in warned)
    }
