import msgspec
import pytest

from taskrel.errors import RecipeError
from taskrel.training.recipe import Adam, BiLSTM, Recipe, canonical, parse_recipe


@pytest.mark.parametrize(("recipe", "plain"), [
    (Recipe(), {}),
    (Recipe(steps=7), {"steps": 7}),
    (Recipe(encoder=BiLSTM(units=64)), {"encoder": {"name": "bilstm", "units": 64}}),
    (Recipe(optimiser=Adam()), {"optimiser": {"name": "adam"}}),
    (Recipe(vectors="g.txt", clip=1.0), {"vectors": "g.txt", "clip": 1.0}),
])
def test_canonical_leaves_defaults_out_and_reads_back(recipe, plain):
    assert canonical(recipe) == plain
    assert parse_recipe(canonical(recipe), "test") == recipe


@pytest.mark.parametrize(("raw", "says"), [
    ({"step": 5}, "unknown field 'step'; did you mean steps?"),
    ({"steps": 0}, "field 'steps': expected `int` >= 1"),
    ({"steps": "many"}, "field 'steps': expected `int`, found `str`"),
    ({"dropout": 1.0}, "field 'dropout': expected `float` < 1.0"),
    ({"encoder": {"name": "bilstm", "unit": 5}},
     "unknown field 'unit' in [encoder]; did you mean units?"),
    ({"optimiser": {"name": "adamw"}},
     "field 'optimiser.name': expected 'adadelta' or 'adam', found 'adamw'"),
    ({"checkpoint": "first"}, "field 'checkpoint': expected 'best' or 'last', found 'first'"),
])
def test_errors_name_field_expected_and_found(raw, says):
    with pytest.raises(RecipeError) as e:
        parse_recipe(raw, "exp.toml, recipe r")
    assert str(e.value).startswith("exp.toml, recipe r: ")
    assert says in str(e.value)


def test_hard_sharing_under_the_uniform_schedule_is_symmetric():
    assert Recipe().symmetric


def test_recipes_are_frozen():
    with pytest.raises(AttributeError):
        Recipe().steps = 5
    assert msgspec.structs.replace(Recipe(), steps=5).steps == 5
