import msgspec
import pandas as pd
import pytest
from made_experiment import RECIPES

from taskrel.study.analysis.gains import gains, gains_per_seed
from taskrel.study.analysis.records import against, recipe_digest, record_scores
from taskrel.study.experiment.experiment import Runs
from taskrel.study.runs.part import Part
from taskrel.training.recipes.recipe import Recipe


def test_record_scores_by_hand():
    columns = ["run", "tasks", "task", "seed", "split", "checkpoint", "metric", "value"]
    frame = pd.DataFrame(
        [
            ["1", ("a",), "a", 0, "test", "best", "accuracy", 0.5],
            ["1", ("a",), "a", 0, "test", "last", "accuracy", 0.4],
            ["1", ("a",), "a", 0, "dev", "best", "accuracy", 0.9],
            ["2", ("a", "b"), "a", 0, "test", "best", "accuracy", 0.6],
            ["2", ("a", "b"), "a", 0, "test", "best", "macro_f1", 0.1],
            ["2", ("a", "b"), "b", 0, "test", "best", "macro_f1", 0.7],
        ],
        columns=columns,
    )
    record = record_scores(frame, "best", {"a": "accuracy", "b": "macro_f1"}, name="r")
    assert record.to_numpy().tolist() == [
        ["r", "a", "", 0, 0.5],
        ["r", "a", "b", 0, 0.6],
        ["r", "b", "a", 0, 0.7],
    ]


def test_recipe_digest_tells_recipes_apart_and_pairs_from_nothing_else():
    a = recipe_digest(Recipe(), None, "cpu")
    assert a == recipe_digest(Recipe(steps=2500), None, "cpu")
    assert (
        len(
            {
                a,
                recipe_digest(Recipe(steps=9), None, "cpu"),
                recipe_digest(Recipe(), "abc", "cpu"),
                recipe_digest(Recipe(), None, "cuda"),
            }
        )
        == 4
    )


def run_scores(*rows):
    """Test scores, a row per (tasks, task, value), of seed 0."""
    return pd.DataFrame(
        [
            {
                "tasks": tuple(tasks.split()),
                "task": task,
                "seed": 0,
                "split": "test",
                "checkpoint": "best",
                "metric": "accuracy",
                "value": value,
            }
            for tasks, task, value in rows
        ]
    )


METRICS = dict.fromkeys("abc", "accuracy")
GROUP = [("a", "a", 0.5), ("a b", "a", 0.6), ("a b", "b", 0.7), ("a b c", "a", 0.8)]


@pytest.mark.parametrize(
    ("options", "auxs"),
    [
        ({}, [("a", ""), ("a", "b"), ("b", "a"), ("a", "b + c")]),
        (
            {"groups": {("a", "b", "c"): "all", ("a", "b"): "both"}},
            [("a", ""), ("a", "b"), ("b", "a"), ("a", "all")],
        ),
        ({"symmetric": False}, [("a", ""), ("a", "b"), ("a", "b + c")]),
    ],
)
def test_how_sets_of_auxiliaries_are_named(options, auxs):
    record = record_scores(run_scores(*GROUP), "best", METRICS, **options)
    assert list(zip(record.main, record.aux, strict=True)) == auxs


def test_an_automated_task_is_alone_but_no_main_task():
    record = record_scores(
        run_scores(
            ("a", "a", 0.5),
            ("a:next_word", "a:next_word", 0.1),
            ("a a:next_word", "a", 0.6),
            ("a a:next_word", "a:next_word", 0.2),
        ),
        "best",
        METRICS | {"a:next_word": "accuracy"},
    )
    assert list(zip(record.main, record.aux, strict=True)) == [
        ("a", ""),
        ("a:next_word", ""),
        ("a", "a:next_word"),
    ]


def test_gains_against_the_single_task_runs_of_another_recipe():
    own = record_scores(run_scores(*GROUP), "best", METRICS, name="mtl")
    other = record_scores(
        run_scores(("a", "a", 0.4), ("a b", "a", 0.9)), "best", METRICS, name="lstm"
    )
    cells = gains_per_seed(against(own, other)).set_index(["recipe", "main", "aux"])
    assert cells.gain.to_dict() == pytest.approx(
        {("mtl", "a", "b"): 50, ("mtl", "a", "b + c"): 100, ("mtl", "b", "a"): float("nan")},
        nan_ok=True,
    )
    assert cells.stl["mtl", "a", "b"] == 0.4
    assert against(own[own.aux == ""], other).empty


def test_all_as_auxiliary_set_has_a_gain():
    record = record_scores(run_scores(*GROUP), "best", METRICS, groups={("a", "b", "c"): "all"})
    cells = gains(gains_per_seed(record)).set_index(["main", "aux"])
    assert cells.gain["a", "all"] == pytest.approx(60)


def test_directed_groups_of_the_same_tasks_keep_their_names():
    groups = {"x": ("a", "b", "c"), "y": ("b", "c", "a"), "z": ("a", "c", "b")}
    recipe = msgspec.structs.replace(RECIPES["a"], schedule="sequential")
    part = Part("a", recipe, None, "cpu", [], Runs(pairs=(), groups=groups))
    rows = [(" ".join(tasks), tasks[0], 0.5) for tasks in groups.values()]
    record = record_scores(run_scores(*rows), "best", METRICS, symmetric=False, groups=part.groups)
    assert list(zip(record.main, record.aux, strict=True)) == [("a", "x"), ("b", "y"), ("a", "z")]
