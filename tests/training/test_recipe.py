import msgspec
import pytest

from taskrel.errors import RecipeError
from taskrel.training.recipe import Adam, BiLSTM, Head, Recipe, Transformer, canonical, parse_recipe


@pytest.mark.parametrize(("recipe", "plain"), [
    (Recipe(), {}),
    (Recipe(steps=7), {"steps": 7}),
    (Recipe(encoder=BiLSTM(units=64)), {"encoder": {"name": "bilstm", "units": 64}}),
    (Recipe(optimiser=Adam()), {"optimiser": {"name": "adam"}}),
    (Recipe(vectors="g.txt", clip=1.0), {"vectors": "g.txt", "clip": 1.0}),
    (Recipe(head=Head(hidden=8)), {"head": {"hidden": 8}}),
    (Recipe(class_weights={}), {}),
    (Recipe(class_weights={"a": 2.0}), {"class_weights": {"a": 2.0}}),
    (Recipe(encoder=Transformer("m")), {"encoder": {"name": "transformer", "model": "m"}}),
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
    ({"epochs": 3, "steps": 500}, "fields 'steps' and 'epochs' both say how long to train"),
    ({"class_weights": {"a": 0}}, "expected `float` > 0"),
    ({"head": {"activation": "gelu"}},
     "'head.activation': expected 'leaky_relu' or 'relu' or 'tanh' or 'none', found 'gelu'"),
    ({"encoder": {"name": "transformer"}}, "field 'encoder.model' is missing"),
    ({"checkpoint": "first"}, "field 'checkpoint': expected 'best' or 'last', found 'first'"),
])
def test_errors_name_field_expected_and_found(raw, says):
    with pytest.raises(RecipeError) as e:
        parse_recipe(raw, "exp.toml, recipe r")
    assert str(e.value).startswith("exp.toml, recipe r: ")
    assert says in str(e.value)


def test_hard_sharing_under_the_uniform_schedule_is_symmetric():
    assert Recipe().symmetric
    assert Recipe(schedule="simultaneous").symmetric
    assert not Recipe(schedule="sequential").symmetric


def test_recipes_are_frozen():
    with pytest.raises(AttributeError):
        Recipe().steps = 5
    assert msgspec.structs.replace(Recipe(), steps=5).steps == 5
