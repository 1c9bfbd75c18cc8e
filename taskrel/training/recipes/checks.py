"""Fields of a recipe that are valid each by itself but cannot stand together."""

from collections.abc import Iterator

from taskrel.training.recipes.parts import CNN, LSTM, BiLSTM, Gated, Head, Transformer


def contradictions(
    head: Head, encoder: BiLSTM | LSTM | CNN | Transformer, sharing: str | Gated
) -> Iterator[str]:
    """Say which fields of a recipe contradict each other, what was found and what to do."""
    name, levels = encoder.__struct_config__.tag, n_levels(encoder)
    if head.hidden is None and (head.dropout or head.activation != Head().activation):
        yield (
            "field 'head.hidden' is missing: activation and dropout are those of the hidden "
            "layer, so say how many units it has"
        )
    if head.attention and isinstance(encoder, CNN):
        yield (
            f"field 'head.attention': expected 0 beside encoder {name!r}, which has one state "
            f"for the whole text, found {head.attention}; leave it out, or use encoder 'lstm' "
            "or 'bilstm'"
        )
    if isinstance(encoder, LSTM) and encoder.skip and levels == 1:
        yield (
            "field 'encoder.skip': it is upper levels that read the words, too, and this "
            "encoder has one level; set encoder.layers = 2 or more, or leave skip out"
        )
    if sharing in ("branches", "cascade") and levels == 1:
        yield (
            f"field 'sharing': expected an encoder of two levels or more beside {sharing!r}, "
            f"found {name!r} with one; set encoder.layers = 2 or more (of 'lstm' or 'bilstm'), "
            "or share 'hard'"
        )
    if isinstance(sharing, Gated):
        yield from _gates(sharing, encoder, name, levels)


def _gates(sharing: Gated, encoder: object, name: str, levels: int) -> Iterator[str]:
    if isinstance(encoder, Transformer):
        yield (
            f"field 'sharing': gates stand between word vectors and levels, which {name!r} "
            "keeps to itself; use encoder 'cnn', 'lstm' or 'bilstm', or share 'hard'"
        )
    elif sharing.levels is not None:
        found = list(sharing.levels)
        if not found or found != sorted(set(found)) or found[-1] > levels:
            yield (
                f"field 'sharing.levels': expected some of {list(range(levels + 1))} (0 the "
                f"word vectors, 1 to {levels} the levels of encoder {name!r}), in this order, "
                f"each once, found {found}; leave it out to have gates behind all levels"
            )


def n_levels(encoder: BiLSTM | LSTM | CNN | Transformer) -> int:
    """Number of levels that tasks can share, branch off or exchange between."""
    if isinstance(encoder, Transformer):
        return 1
    return 2 if isinstance(encoder, CNN) else encoder.layers
