import msgspec
import pytest
from made_experiment import EXPERIMENT, NAMES, RECIPES, TINY, TOPIC_ONLY, grouped

from taskrel.errors import DataError, RecipeError, UsageError, VectorsError
from taskrel.study.experiment.experiment import Entry, Experiment, Runs
from taskrel.study.prepare import prepare_study
from taskrel.tasks.readers.corpora.planted_language import Language
from taskrel.tasks.task import ABSENT
from taskrel.training.recipes.recipe import Gated, Recipe


def test_prepare_overrides_what_it_is_told(tmp_path):
    vectors = tmp_path / "v.txt"
    vectors.write_text(f"{Language().spellings[0]} 1 2 3\n")
    study = prepare_study(EXPERIMENT, recipes=["b"], steps=7, seeds=[5, 5], vectors=str(vectors))
    (part,) = study.parts
    assert (part.name, part.recipe.steps, part.recipe.dropout) == ("b-7", 7, 0.1)
    assert {r.seed for r in part.runs} == {5}
    assert all(r.vectors == part.vectors.sha256 for r in part.runs)
    assert [len(t.splits["train"]) for t in study.tasks.values()] == [20, 20]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"recipes": ["c"]}, UsageError, "unknown recipe 'c' in experiment tiny"),
        ({"only": ["fin"]}, UsageError, "unknown task 'fin' in experiment tiny"),
        ({"main": "planted_fine"}, UsageError, "unknown main task 'planted_fine' in experiment"),
        ({"only": ["planted_fine_20"], "main": "twin"}, UsageError, "unknown task 'twin'"),
        ({"device": "tpu"}, UsageError, "unknown device 'tpu'"),
        ({"vectors": "none.txt"}, VectorsError, "none.txt"),
        ({"data": "no/such/folder"}, DataError, "no such folder"),
    ],
)
def test_what_does_not_exist_is_named(options, error, says):
    with pytest.raises(error, match=says):
        prepare_study(EXPERIMENT, **options)


def test_misspelt_cards_are_named_before_any_corpus_is_read(monkeypatch):
    from taskrel.study.runs import read_tasks as module

    monkeypatch.setattr(module, "read_task", lambda *a, **k: pytest.fail("read a corpus"))
    tasks = (Entry("planted_fine"), Entry("planted_fien"))
    with pytest.raises(UsageError, match=r"'planted_fien'; did you mean planted_fine"):
        prepare_study(Experiment("x", tasks, (0,), RECIPES, ("a",)))


def test_vectors_of_another_language_are_refused(tmp_path):
    (tmp_path / "v.txt").write_text("nichts 1 2\n")
    with pytest.raises(VectorsError, match="the file has none of the study's words"):
        prepare_study(EXPERIMENT, vectors=str(tmp_path / "v.txt"))


def test_main_is_kept_among_the_only():
    study = prepare_study(EXPERIMENT, only=["planted_fine_20"], main="planted_coarse_20")
    assert set(study.tasks) == {"planted_fine_20", "planted_coarse_20"}


def planned(study):
    """Recipe → tasks of each planned run."""
    return {part.name: [run.tasks for run in part.runs] for part in study.parts}


NEXT = "fine:next_word"


@pytest.mark.parametrize(
    ("options", "groups"),
    [
        ({"aux": ["auto:next_word"], "main": "fine"}, [("fine",), (NEXT,), ("fine", NEXT)]),
        (
            {"aux": ["topic", "auto:next_word"], "main": "fine"},
            [("fine",), (NEXT,), ("topic",), ("fine", NEXT), ("fine", "topic")],
        ),
        ({"aux": [NEXT], "only": ["topic"]}, [(NEXT,), ("topic",), (NEXT, "topic")]),
        ({"aux": ["topic"], "only": ["fine"]}, [("fine",), ("topic",), ("fine", "topic")]),
        ({"only": ["fine", NEXT]}, [("fine",), (NEXT,), ("fine", NEXT)]),
    ],
)
def test_chosen_and_automated_auxiliaries_are_planned(options, groups):
    study = grouped(RECIPES, {}, **options)
    assert planned(study) == {"a": groups}
    assert {main for main, _ in study.parts[0].comparable} == {"fine", "topic"} & {
        name for group in groups for name in group
    }


def test_automated_tasks_of_each_main_task_are_planned_beside_it_alone():
    study = grouped(RECIPES, {"a": TOPIC_ONLY}, aux=["auto:missing_word"])
    assert [tasks for tasks in planned(study)["a"] if len(tasks) == 2] == [
        (name, f"{name}:missing_word") for name in sorted(NAMES)
    ]
    assert study.warnings == grouped(RECIPES, {}).warnings  # its texts are the same


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"aux": ["auto:next_wrod"]},
            "no automated task is called 'next_wrod'; did you mean next_wor",
        ),
        ({"aux": ["topc"]}, "unknown task 'topc' in experiment tiny; did you mean topic?"),
        ({"aux": ["topc:next_word"]}, "did you mean topic:next_word"),
        ({"aux": ["fine"], "main": "fine"}, "main and auxiliary task are both 'fine'"),
        ({"main": NEXT}, "main task 'fine:next_word': an automated task is an auxiliary only"),
    ],
)
def test_auxiliaries_that_do_not_exist_are_named(options, says):
    with pytest.raises(UsageError, match=says):
        grouped(RECIPES, {}, **options)


def test_what_gains_are_taken_against_is_planned_with_them():
    runs = {"a": Runs(pairs=(), alone=("coarse",)), "b": Runs(pairs=("fine", "topic"), against="a")}
    both = grouped(RECIPES, runs, default=("b", "a"))
    assert planned(both) == {"b": [("fine", "topic")], "a": [("fine",), ("topic",), ("coarse",)]}
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
    study = grouped(
        RECIPES | {"c": Recipe(steps=4)}, runs, default=("b",), main="fine", aux=["auto:next_word"]
    )
    assert planned(study) == {"b": [("fine", NEXT)], "a": [("fine",)]}


def test_tasks_that_do_not_fit_a_recipe_are_named_before_any_run():
    recipes = {"a": Recipe(sharing=Gated())}
    with pytest.raises(
        RecipeError,
        match=r"experiment tiny, recipe a: field 'sharing': expected two tasks for gates",
    ):
        grouped(recipes, {}, group_all=True)
    assert len(planned(grouped(recipes, {}))["a"]) == 6


def test_class_weights_must_name_a_label():
    recipe = msgspec.structs.replace(RECIPES["a"], class_weights={"C0": 2.0, "nagative": 2.0})
    with pytest.raises(
        RecipeError,
        match="experiment tiny, recipe a: field 'class_weights': no task has a label 'nagative'",
    ):
        prepare_study(Experiment("tiny", TINY, (0,), {"a": recipe}, ("a",)))


def test_a_budget_in_steps_replaces_epochs():
    recipe = msgspec.structs.replace(RECIPES["a"], steps=2500, epochs=4)
    study = prepare_study(Experiment("tiny", TINY, (0,), {"a": recipe}, ("a",)), steps=7)
    assert (study.parts[0].name, study.parts[0].recipe) == (
        "a-7",
        msgspec.structs.replace(recipe, steps=7, epochs=None),
    )


def test_labels_of_an_entry_can_be_absent():
    whole = prepare_study(EXPERIMENT).tasks["planted_coarse_20"]
    entry = Entry("planted_coarse", limit=20, absent=(whole.labels[0],), as_="less")
    less = prepare_study(Experiment("tiny", (entry,), (0,), RECIPES, ("a",))).tasks["less"]
    assert less.labels == whole.labels[1:]
    assert (
        (less.splits["test"].targets == ABSENT)
        == (whole.splits["test"].targets == whole.labels.index(whole.labels[0]))
    ).all()


def test_class_weights_may_name_a_label_of_a_task_that_is_left_out():
    recipe = msgspec.structs.replace(RECIPES["a"], class_weights={"C0": 2.0})
    study = grouped({"a": recipe}, {}, only=["topic"])
    assert study.parts[0].recipe == recipe


def test_groups_with_a_task_that_is_left_out_are_left_out():
    runs = {"a": Runs(pairs=("fine", "coarse"), groups={"x": ("fine", "topic"), "all": NAMES})}
    study = grouped(RECIPES, runs, only=["fine", "topic"])
    assert [r.tasks for r in study.runs.values()] == [("fine",), ("topic",), ("fine", "topic")]


def test_all_tasks_together_beside_a_recipes_own_runs():
    study = grouped(RECIPES, {"a": TOPIC_ONLY}, group_all=True)
    assert [r.tasks for r in study.runs.values()] == [
        ("coarse",),
        ("fine",),
        ("topic",),
        ("fine", "topic"),
        ("coarse", "fine", "topic"),
    ]
    assert len(study.parts[0].comparable) == 6
