from made_experiment import FINE_AND_TOPIC, RECIPES, TOPIC_ONLY, grouped

from taskrel.study.experiment.experiment import Runs
from taskrel.study.runs.part import Part
from taskrel.training.recipes.recipe import Recipe, Transformer


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
