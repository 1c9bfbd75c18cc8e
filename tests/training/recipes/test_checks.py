import pytest

from taskrel.errors import RecipeError
from taskrel.training.recipes.checks import contradictions
from taskrel.training.recipes.recipe import Recipe, parse_recipe

CNN, TRANSFORMER = {"name": "cnn"}, {"name": "transformer", "model": "m"}


def lstm(layers, **fields):
    return {"name": "lstm", "layers": layers, **fields}


def gated(*levels):
    return {"name": "gated", "levels": list(levels)}


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"encoder": lstm(2, skip=True)},
        {"encoder": lstm(1)},
        {"encoder": CNN},
        {"encoder": lstm(2), "sharing": "branches"},
        {"encoder": CNN, "sharing": "cascade"},
        {"encoder": {"name": "bilstm", "layers": 3}, "sharing": "cascade"},
        {"encoder": CNN, "sharing": {"name": "gated"}},
        {"encoder": CNN, "sharing": gated(0, 1, 2)},
        {"sharing": gated(1)},
        {"encoder": lstm(3), "sharing": gated(0, 3)},
        {"encoder": TRANSFORMER},
        {"head": {"hidden": 5, "dropout": 0.1}},
        {"encoder": lstm(1), "head": {"attention": 2}},
    ],
    ids=str,
)
def test_what_can_stand_together(raw):
    assert isinstance(parse_recipe(raw, "here"), Recipe)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"head": {"activation": "relu"}}, "field 'head.hidden' is missing"),
        (
            {"encoder": CNN, "head": {"attention": 2}},
            "field 'head.attention': expected 0 for encoder 'cnn', which has one state per "
            "text, found 2; leave it out",
        ),
        (
            {"encoder": lstm(1, skip=True)},
            "field 'encoder.skip': expected an encoder with upper levels, which "
            "read the words as well, found one level; set "
            "encoder.layers = 2",
        ),
        (
            {"sharing": "branches"},
            "field 'sharing': expected an encoder with two levels or more for "
            "'branches', found 'bilstm' with one; set encoder.layers = 2",
        ),
        (
            {"encoder": lstm(1), "sharing": "cascade"},
            "two levels or more for 'cascade', found 'lstm' with one",
        ),
        ({"encoder": TRANSFORMER, "sharing": "branches"}, "found 'transformer' with one"),
        (
            {"encoder": TRANSFORMER, "sharing": {"name": "gated"}},
            "field 'sharing': gates need an encoder of word vectors, found 'transformer'",
        ),
        (
            {"encoder": CNN, "sharing": gated(3)},
            "field 'sharing.levels': expected some of [0, 1, 2]",
        ),
        ({"encoder": CNN, "sharing": gated(1, 0)}, "in this order, each once, found [1, 0]"),
        ({"encoder": CNN, "sharing": gated(1, 1)}, "found [1, 1]; leave it out"),
        ({"encoder": CNN, "sharing": gated()}, "found []"),
        ({"encoder": lstm(1), "sharing": gated(2)}, "1 to 1 the levels of encoder 'lstm'"),
    ],
    ids=str,
)
def test_what_cannot(raw, says):
    with pytest.raises(RecipeError) as e:
        parse_recipe(raw, "exp.toml, recipe r")
    assert str(e.value).startswith("exp.toml, recipe r: field ")
    assert says in str(e.value)


def test_a_recipe_of_defaults_contradicts_nothing():
    recipe = Recipe()
    assert not list(contradictions(recipe))
