from dataclasses import replace

import pytest
from made_experiment import FINE_AND_TOPIC, RECIPES, TOPIC_ONLY, grouped

from taskrel.study.experiment.experiment import Runs
from taskrel.study.runs.part import Part
from taskrel.training.recipes.recipe import Recipe, States, Transformer


def test_what_is_never_trained_together_is_not_compared():
    study = grouped(RECIPES, {"a": TOPIC_ONLY})
    assert study.trained_together == study.parts[0].comparable == FINE_AND_TOPIC
    everything = grouped(RECIPES, {}, single=True)
    assert len(everything.trained_together) == len(everything.parts[0].comparable) == 6


def test_each_recipe_has_runs_of_its_own():
    study = grouped(
        RECIPES, {"a": TOPIC_ONLY, "b": Runs(alone=("coarse",), pairs=())}, default=("a", "b")
    )
    assert [[r.tasks for r in part.runs] for part in study.parts] == [
        [("fine",), ("topic",), ("fine", "topic")],
        [("coarse",)],
    ]
    assert [part.comparable for part in study.parts] == [FINE_AND_TOPIC, set()]
    assert study.trained_together == FINE_AND_TOPIC
    assert [part.groups for part in study.parts] == [{("fine", "topic"): "x"}, {}]


def test_another_budget_keeps_the_recipes_runs():
    (part,) = grouped(RECIPES, {"a": TOPIC_ONLY}, steps=7).parts
    assert (part.name, part.scope) == ("a-7", TOPIC_ONLY)
    assert len(part.runs) == 3


def test_pair_features_say_nothing_of_a_transformer():
    (part,) = grouped(RECIPES, {}).parts
    assert len(part.comparable) == 6
    recipe = Recipe(encoder=Transformer("some"))
    assert Part("t", recipe, None, "cpu", part.runs).comparable == set()


@pytest.mark.parametrize("states", [None, States("some")], ids=["words", "states"])
def test_encoders_are_kept_of_the_first_seeds(states):
    (part,) = grouped(RECIPES, {}).parts
    runs = [replace(run, seed=seed) for seed in (7, 0, 2, 1) for run in part.runs]
    part = replace(part, recipe=Recipe(states=states), runs=runs)
    # A word table makes encoders large, so that those of one seed are kept.
    seeds = {7} if states is None else {7, 0, 2}
    assert {run.seed for run in part.kept_alone} == seeds
    assert len(part.kept_alone) == 3 * len(seeds) == len(part.kept)
    assert all(len(run.tasks) == 1 for run in part.kept_alone)
