from dataclasses import replace

import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import RecipeError
from taskrel.study.runs.fit import check_fit
from taskrel.study.runs.plan import Run
from taskrel.training.recipes.recipe import CNN, BiLSTM, Gated, Recipe, Transformer

TASKS = {
    task.name: task
    for task in (
        tagging_task(),
        text_task(),
        multilabel_task(),
        replace(tagging_task(), name="texts:next_char", causal=True),
    )
}


def check(recipe, *groups):
    check_fit(
        "here", [Run(group, ("",) * len(group), recipe, 0) for group in groups], recipe, TASKS
    )


@pytest.mark.parametrize(
    ("recipe", "groups"),
    [
        (Recipe(), [("tags",), ("tags", "texts", "many"), ("texts", "texts:next_char")]),
        (Recipe(), [("texts:next_char",)]),  # alone, as a feature of pairs
        (Recipe(encoder=CNN()), [("texts",), ("many", "texts"), ("texts", "tags")]),
        (
            Recipe(encoder=CNN(), sharing="cascade"),
            [("texts", "tags")],
        ),  # read off the lowest level
        (Recipe(encoder=Transformer("m")), [("tags", "texts")]),
        (Recipe(sharing=Gated()), [("tags",), ("tags", "texts")]),
    ],
)
def test_what_can_be_trained(recipe, groups):
    check(recipe, *groups)


@pytest.mark.parametrize(
    ("recipe", "group", "says"),
    [
        (
            Recipe(sharing=Gated()),
            ("tags", "texts", "many"),
            "here: field 'sharing': expected two tasks for gates between two towers, found 3",
        ),
        (
            Recipe(encoder=Transformer("m")),
            ("texts", "texts:next_char"),
            "here: task texts:next_char: its targets come later in the text, and all states of encoder 'transformer'",
        ),
        (
            Recipe(encoder=BiLSTM(), sharing=Gated("sog")),
            ("texts", "texts:next_char"),
            "encoder 'bilstm' behind gates 'sog' depend on them",
        ),
        (
            Recipe(schedule="sequential"),
            ("texts:next_char", "texts"),
            "here: field 'runs.groups': texts:next_char, texts: the main task is an automated one",
        ),
    ],
)
def test_what_cannot_be_trained_is_named(recipe, group, says):
    with pytest.raises(RecipeError) as e:
        check(recipe, ("texts",), group)
    assert says in str(e.value)
    assert "recipe: " not in str(e.value)
