import pytest

from taskrel.training.recipes.in_words import recipe_in_words
from taskrel.training.recipes.recipe import canonical, parse_recipe


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "joint training, with a BiLSTM"),
        ({"schedule": {"name": "meta"}}, "joint training, with a BiLSTM"),
        ({"encoder": {"name": "cnn"}, "schedule": "sequential"}, "transfer, with a CNN"),
        (
            {"encoder": {"name": "transformer", "model": "bert"}},
            "joint training, with the transformer bert",
        ),
        (
            {"encoder": {"name": "transformer", "model": "bert", "trained": 2}},
            "joint training, with the top 2 layers of the transformer bert",
        ),
        (
            {
                "encoder": {"name": "attention"},
                "states": {"model": "minilm", "dims": 8},
                "schedule": "transfer",
            },
            "transfer, with attention pooling on frozen states of minilm",
        ),
    ],
)
def test_recipes(fields, words):
    assert recipe_in_words(canonical(parse_recipe(fields, "here"))) == words
