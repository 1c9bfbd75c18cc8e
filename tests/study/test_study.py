from itertools import permutations

import msgspec
import pandas as pd
import pytest

from taskrel.errors import DataError, RecipeError, UsageError, VectorsError
from taskrel.study.experiment import Entry, Experiment, Runs
from taskrel.study.gains import gains, gains_per_seed
from taskrel.study.results import against, recipe_digest, record_scores
from taskrel.study.store import Store
from taskrel.study.study import Part, Study
from taskrel.tasks.planted import Language
from taskrel.tasks.task import ABSENT
from taskrel.training.recipe import BiLSTM, Gated, Recipe, Transformer

RECIPES = {"a": Recipe(steps=3, width=4, encoder=BiLSTM(units=3)),
           "b": Recipe(steps=3, width=4, encoder=BiLSTM(units=3), dropout=0.1)}
TINY = tuple(Entry(f"planted_{n}", limit=20) for n in ("fine", "coarse"))
EXPERIMENT = Experiment("tiny", TINY, (0, 1), RECIPES, ("a",))


THREE = tuple(Entry(f"planted_{n}", limit=20, as_=n) for n in ("fine", "coarse", "topic"))
NAMES = tuple(e.name for e in THREE)
TOPIC_ONLY = Runs(pairs=(), groups={"x": ("fine", "topic")})
FINE_AND_TOPIC = {("fine", "topic"), ("topic", "fine")}


def grouped(recipes, runs, default=("a",), **options):
    """A study of three tasks; runs : recipe → what is trained together."""
    return Study.prepare(Experiment("tiny", THREE, (0,), recipes, default, runs=runs), **options)


def info(task, known):
    return {"metric": task.metric, "known": None if known is None else len(known)}


def test_prepare_overrides_what_it_is_told(tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text(f"{Language().spellings[0]} 1 2 3\n")
    study = Study.prepare(EXPERIMENT, recipes=["b"], steps=7, seeds=[5, 5], vectors=str(vectors))
    (part,) = study.parts
    assert (part.name, part.recipe.steps, part.recipe.dropout) == ("b-7", 7, 0.1)
    assert {r.seed for r in part.runs} == {5}
    assert all(r.vectors == part.vectors.sha256 for r in part.runs)
    assert [len(t.splits["train"]) for t in study.tasks.values()] == [20, 20]


@pytest.mark.parametrize(("options", "error", "says"), [
    ({"recipes": ["c"]}, UsageError, "unknown recipe 'c' in experiment tiny"),
    ({"only": ["fin"]}, UsageError, "unknown task 'fin' in experiment tiny"),
    ({"main": "planted_fine"}, UsageError, "unknown main task 'planted_fine' in experiment"),
    ({"only": ["planted_fine_20"], "main": "twin"}, UsageError, "unknown task 'twin'"),
    ({"device": "tpu"}, UsageError, "unknown device 'tpu'"),
    ({"vectors": "none.txt"}, VectorsError, "none.txt"),
    ({"data": "no/such/folder"}, DataError, "no such folder"),
])
def test_what_does_not_exist_is_named(options, error, says):
    with pytest.raises(error, match=says):
        Study.prepare(EXPERIMENT, **options)


def test_misspelt_cards_are_named_before_any_corpus_is_read(monkeypatch):
    from taskrel.study import read_tasks as module

    monkeypatch.setattr(module, "load_task", lambda *a, **k: pytest.fail("read a corpus"))
    tasks = (Entry("planted_fine"), Entry("planted_fien"))
    with pytest.raises(UsageError, match=r"'planted_fien'; did you mean planted_fine"):
        Study.prepare(Experiment("x", tasks, (0,), RECIPES, ("a",)))


def test_vectors_of_another_language_are_refused(tmp_path):
    (tmp_path / "v.txt").write_text("nichts 1 2\n")
    with pytest.raises(VectorsError, match="none of the study's words is in there"):
        Study.prepare(EXPERIMENT, vectors=str(tmp_path / "v.txt"))


def test_main_is_kept_among_the_only():
    study = Study.prepare(EXPERIMENT, only=["planted_fine_20"], main="planted_coarse_20")
    assert set(study.tasks) == {"planted_fine_20", "planted_coarse_20"}


def test_train_keeps_resumes_and_shares_runs(tmp_path):
    study = Study.prepare(EXPERIMENT, recipes=["a", "b"])
    assert study.train(tmp_path, info, jobs=1, bar=False) == 0
    assert len(study.trained) == len(study.runs) == 12
    again = Study.prepare(EXPERIMENT, recipes=["a", "b"], seeds=[0, 1, 2])
    assert again.train(tmp_path, info, jobs=1, bar=False) == 0
    assert len(again.trained) == 6


def planned(study):
    """Recipe → tasks of each planned run."""
    return {part.name: [run.tasks for run in part.runs] for part in study.parts}


NEXT = "fine:next_word"


@pytest.mark.parametrize(("options", "groups"), [
    ({"aux": ["auto:next_word"], "main": "fine"}, [("fine",), (NEXT,), ("fine", NEXT)]),
    ({"aux": ["topic", "auto:next_word"], "main": "fine"},
     [("fine",), (NEXT,), ("topic",), ("fine", NEXT), ("fine", "topic")]),
    ({"aux": [NEXT], "only": ["topic"]}, [(NEXT,), ("topic",), (NEXT, "topic")]),
    ({"aux": ["topic"], "only": ["fine"]}, [("fine",), ("topic",), ("fine", "topic")]),
    ({"only": ["fine", NEXT]}, [("fine",), (NEXT,), ("fine", NEXT)]),
])
def test_chosen_and_automated_auxiliaries_are_planned(options, groups):
    study = grouped(RECIPES, {}, **options)
    assert planned(study) == {"a": groups}
    assert {main for main, _ in study.parts[0].comparable} == {"fine", "topic"} & {
        name for group in groups for name in group}


def test_automated_tasks_of_each_main_task_are_planned_beside_it_alone():
    study = grouped(RECIPES, {"a": TOPIC_ONLY}, aux=["auto:missing_word"])
    assert [tasks for tasks in planned(study)["a"] if len(tasks) == 2] == [
        (name, f"{name}:missing_word") for name in sorted(NAMES)]
    assert study.warnings == grouped(RECIPES, {}).warnings  # its texts are the same


@pytest.mark.parametrize(("options", "says"), [
    ({"aux": ["auto:next_wrod"]}, "no automated task is called 'next_wrod'; did you mean next_wor"),
    ({"aux": ["topc"]}, "unknown task 'topc' in experiment tiny; did you mean topic?"),
    ({"aux": ["topc:next_word"]}, "did you mean topic:next_word"),
    ({"aux": ["fine"], "main": "fine"}, "main and auxiliary task are both 'fine'"),
    ({"main": NEXT}, "main task 'fine:next_word': an automated task is an auxiliary only"),
])
def test_auxiliaries_that_do_not_exist_are_named(options, says):
    with pytest.raises(UsageError, match=says):
        grouped(RECIPES, {}, **options)


def test_what_gains_are_taken_against_is_planned_with_them():
    runs = {"a": Runs(pairs=(), alone=("coarse",)), "b": Runs(pairs=("fine", "topic"), against="a")}
    both = grouped(RECIPES, runs, default=("b", "a"))
    assert planned(both) == {"b": [("fine", "topic")],
                             "a": [("fine",), ("topic",), ("coarse",)]}
    # The baseline is planned where it is left out, too, as far as it is needed.
    for options, singles in (({}, [("fine",), ("topic",)]), ({"main": "topic"}, [("topic",)])):
        study = grouped(RECIPES, runs, default=("b",), **options)
        assert planned(study) == {"b": [("fine", "topic")], "a": singles}
    study = grouped(RECIPES, runs, default=("b",), steps=9)
    assert [(part.name, part.against) for part in study.parts] == [("b-9", "a-9"), ("a-9", "")]


def test_what_a_left_out_baseline_trains_together_keeps_its_name_and_is_not_planned():
    runs = {"a": TOPIC_ONLY, "b": Runs(pairs=("fine", "topic"), against="a")}
    study = grouped(RECIPES, runs, default=("b",))
    assert planned(study) == {"b": [("fine", "topic")], "a": [("fine",), ("topic",)]}
    assert study.parts[1].groups == {("fine", "topic"): "x"}
    # Nor is what --aux asks for; what it is taken against itself is no matter.
    runs |= {"a": Runs(pairs=(), against="c")}
    study = grouped(RECIPES | {"c": Recipe(steps=4)}, runs, default=("b",), main="fine",
                    aux=["auto:next_word"])
    assert planned(study) == {"b": [("fine", NEXT)], "a": [("fine",)]}


def test_tasks_that_do_not_fit_a_recipe_are_named_before_any_run():
    recipes = {"a": Recipe(sharing=Gated())}
    with pytest.raises(RecipeError, match=r"experiment tiny, recipe a: field 'sharing': gates"):
        grouped(recipes, {}, together=True)
    assert len(planned(grouped(recipes, {}))["a"]) == 6


def test_warnings_name_overlap():
    """Two capped draws from one card share training texts, but no test text is in training."""
    entries = (Entry("planted_fine", limit=90), Entry("planted_fine", limit=80, as_="twin"))
    assert Study.prepare(Experiment("x", entries, (0,), RECIPES, ("a",))).warnings == []


@pytest.mark.parametrize("there", [True, False])
def test_a_device_without_bfloat16_is_named(there, monkeypatch):
    monkeypatch.setattr("taskrel.study.device.has_bfloat16", lambda device: there)
    recipes = {"a": Recipe(), "half": Recipe(precision="bfloat16")}
    entries = (Entry("planted_fine", limit=90),)
    study = Study.prepare(Experiment("x", entries, (0,), recipes, ("a", "half")))
    assert study.warnings == ([] if there else [
        "recipe half: this cpu does not compute in bfloat16; float32 is used, so runs may take "
        "longer"])


def test_overlaps_are_warned_about_where_they_are_many(monkeypatch, caplog):
    from taskrel.study import task_warnings as module

    monkeypatch.setattr(module, "split_overlap", lambda task: {"dev": 1, "test": 80})
    monkeypatch.setattr(module, "contamination", lambda tasks: {("a", "b"): 4, ("b", "a"): 50}
                        if set(tasks) == {"a", "b"} else {})
    entries = (Entry("planted_fine", as_="a"), Entry("planted_coarse", as_="b"))
    with caplog.at_level("DEBUG", logger="taskrel"):
        study = Study.prepare(Experiment("x", entries, (0,), RECIPES, ("a",)))
    assert study.warnings == [
        "a: 80 of 500 test texts stand in its training part, too",
        "b: 80 of 500 test texts stand in its training part, too",
        "contamination: 50 of 500 test texts of b stand in the training part of a"]
    assert "note: a: 1 of 200 dev texts" in caplog.text
    assert "note: contamination: 4 of 500 test texts of a" in caplog.text


def test_few_test_texts_are_warned_about(monkeypatch):
    from taskrel.study import task_warnings as module

    monkeypatch.setattr(module, "FEW", 501)
    assert Study.prepare(EXPERIMENT).warnings == [
        f"{name}_20: only 500 test texts, so one of them is 0 % of the score"
        for name in ("planted_fine", "planted_coarse")]


def test_record_scores_by_hand():
    columns = ["run", "tasks", "task", "seed", "split", "checkpoint", "metric", "value"]
    frame = pd.DataFrame([
        ["1", ("a",), "a", 0, "test", "best", "accuracy", 0.5],
        ["1", ("a",), "a", 0, "test", "last", "accuracy", 0.4],
        ["1", ("a",), "a", 0, "dev", "best", "accuracy", 0.9],
        ["2", ("a", "b"), "a", 0, "test", "best", "accuracy", 0.6],
        ["2", ("a", "b"), "a", 0, "test", "best", "macro_f1", 0.1],
        ["2", ("a", "b"), "b", 0, "test", "best", "macro_f1", 0.7],
    ], columns=columns)
    record = record_scores(frame, "best", {"a": "accuracy", "b": "macro_f1"}, name="r")
    assert record.to_numpy().tolist() == [["r", "a", "", 0, 0.5], ["r", "a", "b", 0, 0.6],
                                      ["r", "b", "a", 0, 0.7]]


def test_recipe_digest_tells_recipes_apart_and_pairs_from_nothing_else():
    a = recipe_digest(Recipe(), None, "cpu")
    assert a == recipe_digest(Recipe(steps=2500), None, "cpu")
    assert len({a, recipe_digest(Recipe(steps=9), None, "cpu"),
                recipe_digest(Recipe(), "abc", "cpu"), recipe_digest(Recipe(), None, "cuda")}) == 4


def run_scores(*rows):
    """Test scores, a row per (tasks, task, value), of seed 0."""
    return pd.DataFrame([{"tasks": tuple(tasks.split()), "task": task, "seed": 0, "split": "test",
                          "checkpoint": "best", "metric": "accuracy", "value": value}
                         for tasks, task, value in rows])


METRICS = dict.fromkeys("abc", "accuracy")
GROUP = [("a", "a", 0.5), ("a b", "a", 0.6), ("a b", "b", 0.7), ("a b c", "a", 0.8)]


@pytest.mark.parametrize(("options", "auxs"), [
    ({}, [("a", ""), ("a", "b"), ("b", "a"), ("a", "b + c")]),
    ({"groups": {("a", "b", "c"): "all", ("a", "b"): "both"}},
     [("a", ""), ("a", "b"), ("b", "a"), ("a", "all")]),
    ({"symmetric": False}, [("a", ""), ("a", "b"), ("a", "b + c")]),
])
def test_how_sets_of_auxiliaries_are_named(options, auxs):
    record = record_scores(run_scores(*GROUP), "best", METRICS, **options)
    assert list(zip(record.main, record.aux, strict=True)) == auxs


def test_an_automated_task_is_alone_but_no_main_task():
    record = record_scores(run_scores(("a", "a", 0.5), ("a:next_word", "a:next_word", 0.1),
                                      ("a a:next_word", "a", 0.6),
                                      ("a a:next_word", "a:next_word", 0.2)),
                           "best", METRICS | {"a:next_word": "accuracy"})
    assert list(zip(record.main, record.aux, strict=True)) == [
        ("a", ""), ("a:next_word", ""), ("a", "a:next_word")]


def test_gains_against_the_single_task_runs_of_another_recipe():
    own = record_scores(run_scores(*GROUP), "best", METRICS, name="mtl")
    other = record_scores(run_scores(("a", "a", 0.4), ("a b", "a", 0.9)), "best", METRICS,
                          name="lstm")
    cells = gains_per_seed(against(own, other)).set_index(["recipe", "main", "aux"])
    assert cells.gain.to_dict() == pytest.approx(
        {("mtl", "a", "b"): 50, ("mtl", "a", "b + c"): 100, ("mtl", "b", "a"): float("nan")},
        nan_ok=True)
    assert cells.stl["mtl", "a", "b"] == 0.4
    assert against(own[own.aux == ""], other).empty


def test_all_as_auxiliary_set_has_a_gain():
    record = record_scores(run_scores(*GROUP), "best", METRICS,
                           groups={("a", "b", "c"): "all"})
    cells = gains(gains_per_seed(record)).set_index(["main", "aux"])
    assert cells.gain["a", "all"] == pytest.approx(60)


def test_directed_groups_of_the_same_tasks_keep_their_names():
    groups = {"x": ("a", "b", "c"), "y": ("b", "c", "a"), "z": ("a", "c", "b")}
    recipe = msgspec.structs.replace(RECIPES["a"], schedule="sequential")
    part = Part("a", recipe, None, "cpu", [], Runs(pairs=(), groups=groups))
    rows = [(" ".join(tasks), tasks[0], 0.5) for tasks in groups.values()]
    record = record_scores(run_scores(*rows), "best", METRICS, symmetric=False,
                           groups=part.groups)
    assert list(zip(record.main, record.aux, strict=True)) == [
        ("a", "x"), ("b", "y"), ("a", "z")]


@pytest.mark.parametrize(("schedule", "cells"), [
    ("uniform", {("fine", "all"), ("coarse", "all"), ("topic", "all"), ("fine", "topic"),
                 ("topic", "fine")}),
    ("sequential", {("fine", "all"), ("topic", "fine")})])
def test_a_study_of_groups_has_gains_of_each(schedule, cells, tmp_path):
    recipe = msgspec.structs.replace(RECIPES["a"], schedule=schedule)
    runs = Runs(pairs=(), groups={"all": NAMES, "back": ("topic", "fine")})
    study = grouped({"a": recipe}, {"a": runs})
    assert study.train(tmp_path, info, jobs=1, bar=False) == 0
    (part,) = study.parts
    with Store.read(tmp_path) as store:
        record = record_scores(store.scores(part.digest), "best",
                               {name: task.metric for name, task in study.tasks.items()},
                               symmetric=recipe.symmetric, groups=part.groups)
    found = gains_per_seed(record)
    assert set(zip(found.main, found.aux, strict=True)) == cells


def test_class_weights_must_name_a_label():
    recipe = msgspec.structs.replace(RECIPES["a"], class_weights={"C0": 2.0, "nagative": 2.0})
    with pytest.raises(RecipeError, match="experiment tiny, recipe a: field 'class_weights': no "
                                          "task has a label 'nagative'"):
        Study.prepare(Experiment("tiny", TINY, (0,), {"a": recipe}, ("a",)))


def test_a_budget_in_steps_replaces_epochs():
    recipe = msgspec.structs.replace(RECIPES["a"], steps=2500, epochs=4)
    study = Study.prepare(Experiment("tiny", TINY, (0,), {"a": recipe}, ("a",)), steps=7)
    assert (study.parts[0].name, study.parts[0].recipe) == ("a-7", msgspec.structs.replace(
        recipe, steps=7, epochs=None))


def test_labels_of_an_entry_can_be_absent():
    whole = Study.prepare(EXPERIMENT).tasks["planted_coarse_20"]
    entry = Entry("planted_coarse", limit=20, absent=(whole.labels[0],), as_="less")
    less = Study.prepare(Experiment("tiny", (entry,), (0,), RECIPES, ("a",))).tasks["less"]
    assert less.labels == whole.labels[1:]
    assert ((less.splits["test"].targets == ABSENT)
            == (whole.splits["test"].targets == whole.labels.index(whole.labels[0]))).all()


def test_class_weights_may_name_a_label_of_a_task_that_is_left_out():
    recipe = msgspec.structs.replace(RECIPES["a"], class_weights={"C0": 2.0})
    study = grouped({"a": recipe}, {}, only=["topic"])
    assert study.parts[0].recipe == recipe


def test_what_is_never_trained_together_is_not_compared():
    study = grouped(RECIPES, {"a": TOPIC_ONLY})
    assert study.trained_together == study.parts[0].comparable == FINE_AND_TOPIC
    everything = grouped(RECIPES, {}, alone=True)
    assert len(everything.trained_together) == len(everything.parts[0].comparable) == 6


def test_each_recipe_has_runs_of_its_own():
    study = grouped(RECIPES, {"a": TOPIC_ONLY, "b": Runs(alone=("coarse",), pairs=())},
                    default=("a", "b"))
    assert [[r.tasks for r in part.runs] for part in study.parts] == [
        [("fine",), ("topic",), ("fine", "topic")], [("coarse",)]]
    assert [part.comparable for part in study.parts] == [FINE_AND_TOPIC, set()]
    assert study.trained_together == FINE_AND_TOPIC
    assert [part.groups for part in study.parts] == [{("fine", "topic"): "x"}, {}]


def test_another_budget_keeps_the_recipes_runs():
    (part,) = grouped(RECIPES, {"a": TOPIC_ONLY}, steps=7).parts
    assert (part.name, part.scope) == ("a-7", TOPIC_ONLY)
    assert len(part.runs) == 3


def test_groups_with_a_task_that_is_left_out_are_left_out():
    runs = {"a": Runs(pairs=("fine", "coarse"), groups={"x": ("fine", "topic"), "all": NAMES})}
    study = grouped(RECIPES, runs, only=["fine", "topic"])
    assert [r.tasks for r in study.runs.values()] == [("fine",), ("topic",), ("fine", "topic")]


def test_all_tasks_together_beside_a_recipes_own_runs():
    study = grouped(RECIPES, {"a": TOPIC_ONLY}, together=True)
    assert [r.tasks for r in study.runs.values()] == [
        ("coarse",), ("fine",), ("topic",), ("fine", "topic"), ("coarse", "fine", "topic")]
    assert len(study.parts[0].comparable) == 6


@pytest.mark.parametrize(("options", "warned"), [
    ({"runs": {"a": TOPIC_ONLY}}, {"fine of topic", "topic of fine"}),
    ({"runs": {"a": TOPIC_ONLY}, "alone": True}, None),  # any of them may be asked about
    ({"runs": {"a": TOPIC_ONLY, "b": Runs(pairs=("fine", "coarse"))}, "default": ("a", "b")},
     {"fine of topic", "topic of fine", "fine of coarse", "coarse of fine"}),
    ({"runs": {}, "main": "fine"},
     {"fine of topic", "topic of fine", "fine of coarse", "coarse of fine"}),
    ({"runs": {}}, None)])
def test_contamination_is_warned_about_where_a_run_has_both_tasks(options, warned, monkeypatch):
    from taskrel.study import task_warnings as module

    monkeypatch.setattr(module, "contamination",
                        lambda tasks: dict.fromkeys(permutations(tasks, 2), 50))
    pairs = permutations(NAMES, 2)
    warned = {f"{main} of {aux}" for main, aux in pairs} if warned is None else warned
    assert set(grouped(RECIPES, **options).warnings) == {
        f"contamination: 50 of 500 test texts of {main} stand in the training part of {aux}"
        for main, aux in (pair.split(" of ") for pair in warned)}


def test_pair_features_say_nothing_of_a_transformer():
    (part,) = grouped(RECIPES, {}).parts
    assert len(part.comparable) == 6
    recipe = Recipe(encoder=Transformer("some"))
    assert Part("t", recipe, None, "cpu", part.runs).comparable == set()
