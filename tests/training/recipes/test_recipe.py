import msgspec
import pytest

from taskrel.errors import RecipeError
from taskrel.training.recipes.recipe import (
    CNN,
    LSTM,
    Adam,
    BiLSTM,
    Gated,
    Head,
    MetaTraining,
    Recipe,
    Transformer,
    canonical,
    parse_recipe,
)


@pytest.mark.parametrize(
    ("recipe", "plain"),
    [
        (Recipe(), {}),
        (Recipe(steps=7), {"steps": 7}),
        (Recipe(encoder=BiLSTM(units=64)), {"encoder": {"name": "bilstm", "units": 64}}),
        (Recipe(optimiser=Adam()), {"optimiser": {"name": "adam"}}),
        (Recipe(vectors="g.txt", clip=1.0), {"vectors": "g.txt", "clip": 1.0}),
        (Recipe(head=Head(hidden=8)), {"head": {"hidden": 8}}),
        (Recipe(head=Head()), {}),
        (
            Recipe(head=Head(2, 8, "none", 0.5)),
            {"head": {"attention": 2, "hidden": 8, "activation": "none", "dropout": 0.5}},
        ),
        (Recipe(epochs=3), {"epochs": 3}),
        (
            Recipe(loss="sigmoid", schedule="sequential", common_batches=True),
            {"loss": "sigmoid", "schedule": "sequential", "common_batches": True},
        ),
        (Recipe(class_weights={}), {}),
        (Recipe(class_weights={"a": 2.0}), {"class_weights": {"a": 2.0}}),
        (Recipe(encoder=CNN(window=4)), {"encoder": {"name": "cnn", "window": 4}}),
        (
            Recipe(encoder=LSTM(layers=2, skip=True)),
            {"encoder": {"name": "lstm", "layers": 2, "skip": True}},
        ),
        (
            Recipe(sharing=Gated("sig", (1,))),
            {"sharing": {"name": "gated", "gate": "sig", "levels": (1,)}},
        ),
        (Recipe(schedule=MetaTraining(order=2)), {"schedule": {"name": "meta", "order": 2}}),
        (Recipe(encoder=Transformer("m")), {"encoder": {"name": "transformer", "model": "m"}}),
    ],
)
def test_canonical_leaves_defaults_out_and_reads_back(recipe, plain):
    assert canonical(recipe) == plain
    assert parse_recipe(canonical(recipe), "test") == recipe


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"step": 5}, "unknown field 'step'; did you mean steps or aux_steps or states?"),
        ({"steps": 0}, "field 'steps': expected `int` >= 1"),
        ({"steps": "many"}, "field 'steps': expected `int`, found `str`"),
        ({"dropout": 1.0}, "field 'dropout': expected `float` < 1.0"),
        ({"width": 2**40}, "field 'width': expected `int` <= 4096"),
        (
            {"encoder": {"name": "lstm", "units": 2**40}},
            "field 'encoder.units': expected `int` <= 4096",
        ),
        (
            {"encoder": {"name": "bilstm", "unit": 5}},
            "unknown field 'unit' in [encoder]; did you mean units?",
        ),
        (
            {"optimiser": {"name": "adamw"}},
            "field 'optimiser.name': expected 'adadelta' or 'adam', found 'adamw'",
        ),
        (
            {"epochs": 3, "steps": 500},
            "expected one of the fields 'steps' and 'epochs', found both",
        ),
        ({"epochs": 0}, "field 'epochs': expected `int` >= 1"),
        (
            {"schedule": "curriculum"},
            "field 'schedule': expected 'uniform' or 'simultaneous' or 'sequential' or "
            "'modulated' or 'auxiliary_first' or 'transfer', found 'curriculum'",
        ),
        (
            {"loss": "hinge"},
            "field 'loss': expected 'softmax' or 'sigmoid' or 'sigmoid_sum', found 'hinge'",
        ),
        ({"threshold": 1.0}, "field 'threshold': expected `float` < 1.0"),
        ({"threshold": 0}, "field 'threshold': expected `float` > 0.0"),
        ({"common_batches": 1}, "field 'common_batches': expected `bool`, found `int`"),
        ({"class_weights": {"a": 0}}, "expected `float` > 0"),
        ({"class_weights": ["a"]}, "field 'class_weights': expected `object`"),
        ({"head": {"heads": 2}}, "unknown field 'heads' in [head]"),
        ({"head": {"attention": -1}}, "field 'head.attention': expected `int` >= 0"),
        ({"head": {"hidden": 0}}, "field 'head.hidden': expected `int` >= 1"),
        ({"head": {"dropout": 1.0}}, "field 'head.dropout': expected `float` < 1.0"),
        (
            {"head": {"activation": "gelu"}},
            "'head.activation': expected 'leaky_relu' or 'relu' or 'tanh' or 'none', found 'gelu'",
        ),
        ({"head": {"dropout": 0.3}}, "field 'head.hidden' is missing"),
        ({"encoder": {"name": "transformer"}}, "field 'encoder.model' is missing"),
        (
            {"checkpoint": "first"},
            "field 'checkpoint': expected 'best' or 'last' or 'mean', found 'first'",
        ),
    ],
)
def test_errors_name_field_expected_and_found(raw, says):
    with pytest.raises(RecipeError) as e:
        parse_recipe(raw, "exp.toml, recipe r")
    assert str(e.value).startswith("exp.toml, recipe r: ")
    assert says in str(e.value)


@pytest.mark.parametrize(
    ("fields", "symmetric"),
    [
        ({}, True),
        ({"schedule": "simultaneous"}, True),
        ({"sharing": Gated()}, True),
        ({"encoder": LSTM(2), "sharing": "branches"}, True),
        ({"schedule": "sequential"}, False),
        ({"encoder": LSTM(2), "sharing": "cascade"}, False),
        ({"schedule": "modulated"}, False),
        ({"schedule": MetaTraining()}, False),
    ],
)
def test_which_recipes_treat_main_and_auxiliary_alike(fields, symmetric):
    assert Recipe(**fields).symmetric is symmetric


def test_recipes_are_frozen():
    with pytest.raises(AttributeError):
        Recipe().steps = 5
    assert msgspec.structs.replace(Recipe(), steps=5).steps == 5
