"""Recipes: everything about a run but its tasks and its seed.

A recipe is a point in encoder × sharing × schedule × heads. It is written in an
experiment's TOML; every field has a default, and a field at its default leaves
no trace in a run's identity, so that a field added later invalidates no
finished run.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from taskrel.errors import RecipeError
from taskrel.strict import convert

Positive = Annotated[int, Meta(ge=1)]
Rate = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]


class BiLSTM(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="bilstm"):
    """Bidirectional LSTM: `layers` levels of `units` in each direction."""

    layers: Positive = 1
    units: Positive = 100


class Adadelta(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name",
               tag="adadelta"):
    """Adadelta (Zeiler 2012); the authors of the paper ran it at lr 0.1."""

    lr: Rate = 1.0
    rho: Share = 0.9
    eps: Rate = 1e-6


class Adam(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="adam"):
    """Adam; word vectors are updated lazily (only rows that the batch reads)."""

    lr: Rate = 1e-3
    beta1: Share = 0.9
    beta2: Share = 0.999
    eps: Rate = 1e-8


class Recipe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How runs are trained; budgets count updates of each task, alone and together."""

    # words
    vectors: str | None = None  # GloVe text file, relative to the data folder; None: learned
    width: Positive = 50  # of learned vectors; pre-trained ones bring their own
    tune_vectors: bool = True  # train the word vectors, too
    max_tokens: Positive = 200  # longer texts are cut there (not sentences to be tagged)
    # model
    encoder: BiLSTM = BiLSTM()
    sharing: Literal["hard"] = "hard"
    pool: Literal["max", "mean"] = "max"  # over the tokens, for one label per text
    dropout: Share = 0.0  # on word vectors and on the encoder's output
    threshold: Annotated[float, Meta(gt=0, lt=1)] = 0.5  # multi-label: probability of a yes
    # training
    schedule: Literal["uniform"] = "uniform"
    optimiser: Adadelta | Adam = Adadelta()
    clip: Rate | None = None  # largest norm of the gradient
    batch: Positive = 32
    bucketed: bool = True  # texts of similar length in one batch
    steps: Positive = 2500  # updates of each task
    precision: Literal["float32", "bfloat16"] = "float32"  # of the encoder's arithmetic
    # evaluation
    evaluations: Positive = 20  # dev evaluations of each task over its budget
    checkpoint: Literal["best", "last"] = "best"  # weights of the score of record

    @property
    def symmetric(self) -> bool:
        """Whether main and auxiliary are treated alike, so that one run serves both."""
        return self.sharing == "hard" and self.schedule == "uniform"


def parse_recipe(raw: dict, where: str) -> Recipe:
    """Decode one recipe strictly; `where` names its file and table in errors."""
    return convert(raw, Recipe, where, RecipeError)


def canonical(struct: Struct) -> dict[str, Any]:
    """Plain data of a struct without the fields at their default, for identities.

    A nested struct keeps its tag: {"encoder": {"name": "bilstm", "units": 64}}.
    """
    plain = {}
    config = struct.__struct_config__
    if config.tag is not None:
        plain[config.tag_field] = config.tag
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if value != field.default:
            plain[field.encode_name] = canonical(value) if isinstance(value, Struct) else value
    return plain
