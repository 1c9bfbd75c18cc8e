"""A recipe in a few words: how tasks are trained together, and with which encoder."""

from collections.abc import Mapping
from typing import Any

from taskrel.training.recipes.recipe import Recipe

#: Schedules in which the main task is trained after its auxiliaries, not with them.
ONE_AFTER_ANOTHER = ("sequential", "transfer")
_ENCODERS = {
    "bilstm": "a BiLSTM",
    "lstm": "an LSTM",
    "cnn": "a CNN",
    "attention": "attention pooling",
    "transformer": "the transformer",
}


def recipe_in_words(recipe: Mapping[str, Any]) -> str:
    """Such as "transfer, with attention pooling on frozen states of minilm".

    recipe : plain data, fields that differ from their default; see `canonical`
    """
    encoder = recipe.get("encoder", {})
    name = encoder.get("name", "bilstm")
    words = _ENCODERS.get(name, name)
    if name == "transformer":
        words += f" {encoder['model']}"
        if "trained" in encoder:
            words = f"the top {encoder['trained']} layers of {words}"
    if "states" in recipe:
        words += f" on frozen states of {recipe['states']['model']}"
    return f"{training_in_words(recipe)}, with {words}"


def training_in_words(recipe: Mapping[str, Any]) -> str:
    """How tasks are trained together: "transfer" or "joint training"."""
    schedule = recipe.get("schedule", Recipe().schedule)
    return "transfer" if schedule in ONE_AFTER_ANOTHER else "joint training"
