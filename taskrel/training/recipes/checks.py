"""Checks of fields of a recipe that are valid alone but contradict each other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskrel.training.recipes.parts import CNN, LSTM, Attention, BiLSTM, Gated, Head, Transformer

if TYPE_CHECKING:
    from taskrel.training.recipes.recipe import Recipe


def contradictions(recipe: "Recipe") -> Iterator[str]:
    """Yield a message for each contradiction: the field, what was found, and what to do."""
    head, encoder, sharing = recipe.head, recipe.encoder, recipe.sharing
    name, levels = encoder.__struct_config__.tag, n_levels(encoder)
    yield from _inputs(recipe)
    if head.hidden is None and (head.dropout or head.activation != Head().activation):
        yield (
            "field 'head.hidden' is missing: activation and dropout of the head are those of its "
            "hidden layer; set its number of units"
        )
    if head.attention and isinstance(encoder, CNN | Attention):
        yield (
            f"field 'head.attention': expected 0 for encoder {name!r}, which has one state per "
            f"text, found {head.attention}; leave it out, or use encoder 'lstm' or 'bilstm'"
        )
    if isinstance(encoder, LSTM) and encoder.skip and levels == 1:
        yield (
            "field 'encoder.skip': expected an encoder with upper levels, which read the words "
            "as well, found one level; set encoder.layers = 2 or more, or leave skip out"
        )
    if sharing in ("branches", "cascade") and levels == 1:
        yield (
            f"field 'sharing': expected an encoder with two levels or more for {sharing!r}, "
            f"found {name!r} with one; set encoder.layers = 2 or more ('lstm' or 'bilstm'), "
            "or sharing = 'hard'"
        )
    if isinstance(sharing, Gated):
        yield from _gates(sharing, encoder, name, levels)


def _inputs(recipe: "Recipe") -> Iterator[str]:
    """Contradictions between what is read, the encoder, and how an auxiliary is trained."""
    transformer = isinstance(recipe.encoder, Transformer)
    if recipe.states and transformer:
        yield (
            "field 'states': expected an encoder that reads word vectors, found 'transformer', "
            "which reads texts; use encoder 'bilstm', 'lstm', 'cnn' or 'attention', or leave "
            "states out"
        )
    if recipe.states and recipe.vectors:
        yield (
            "field 'states': expected one of the fields 'states' and 'vectors', found both; "
            "leave one out"
        )
    if recipe.schedule == "transfer" and (transformer or recipe.sharing != "hard"):
        found = "encoder 'transformer'" if transformer else "another sharing"
        yield (
            f"field 'schedule': 'transfer' needs sharing = 'hard' and an encoder of word vectors "
            f"or states, found {found}; use schedule = 'sequential'"
        )


def _gates(sharing: Gated, encoder: object, name: str, levels: int) -> Iterator[str]:
    if isinstance(encoder, Transformer):
        yield (
            f"field 'sharing': gates need an encoder of word vectors, found {name!r}; use "
            "encoder 'cnn', 'lstm' or 'bilstm', or sharing = 'hard'"
        )
    elif sharing.levels is not None:
        found = list(sharing.levels)
        if not found or found != sorted(set(found)) or found[-1] > levels:
            yield (
                f"field 'sharing.levels': expected some of {list(range(levels + 1))} (0 the "
                f"word vectors, 1 to {levels} the levels of encoder {name!r}), in this order, "
                f"each once, found {found}; leave it out for gates behind all levels"
            )


def n_levels(encoder: BiLSTM | LSTM | CNN | Attention | Transformer) -> int:
    """Number of levels that sharing, branches and gates can distinguish."""
    if isinstance(encoder, Transformer):
        return 1
    return 2 if isinstance(encoder, CNN | Attention) else encoder.layers
