"""Examples of the planted language, which are generated and not read; see `planted_language`."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from taskrel.tasks.readers.corpora.planted_language import sentences
from taskrel.tasks.readers.source import Example, Source

#: The card needs no [[files]].
GENERATES = True
KINDS = ("tagging", "classification")

#: More sentences of a split would take minutes to generate.
Count = Annotated[int, Meta(ge=1, le=100_000)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The labelling, the lexicon, and the numbers and the seed of the sentences."""

    labelling: Literal["fine", "coarse", "phrase", "shuffled", "noise", "topic"]
    lexicon: Annotated[int, Meta(ge=0, le=1000)] = 0
    train: Count = 1000
    dev: Count = 200
    test: Count = 500
    seed: Annotated[int, Meta(ge=0)] = 0  # tasks with different seeds have different sentences


def read(source: Source) -> Iterator[Example]:
    """Yield the sentences of all three splits."""
    options = source.options
    for number, split in enumerate(("train", "dev", "test")):
        n = getattr(options, split)
        for words, labels in sentences(
            n, options.labelling, options.lexicon, [options.seed, number]
        ):
            yield Example(source.respelt(words), labels, split=split)
