"""Recipes: everything about a run but its tasks and its seed.

A recipe is a point in encoder × sharing × schedule × heads. It is written in an
experiment's TOML; every field has a default, and a field at its default leaves
no trace in a run's identity, so that a field added later invalidates no
finished run.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from taskrel.errors import RecipeError
from taskrel.io.toml import convert
from taskrel.training.recipes.checks import contradictions
from taskrel.training.recipes.parts import (
    CNN,
    LSTM,
    Adadelta,
    Adam,
    BiLSTM,
    Gated,
    Head,
    MetaTraining,
    Positive,
    Rate,
    Share,
    Transformer,
)


class Recipe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How runs are trained; budgets count updates of each task, alone and together."""

    # words
    vectors: str | None = None  # GloVe text file, relative to the data folder; None: learned
    width: Positive = 50  # of learned vectors; pre-trained ones bring their own
    tune_vectors: bool = True  # train the word vectors, too; false: frozen
    max_tokens: Positive = 200  # longer texts are cut there (not sentences to be tagged)
    # model
    encoder: BiLSTM | LSTM | CNN | Transformer = BiLSTM()
    # What tasks have in common: the whole encoder ("hard"), its lowest level ("branches": each
    # task has upper levels of its own), the whole of it but auxiliaries are read off its lowest
    # level ("cascade"), or nothing but what passes the gates.
    sharing: Literal["hard", "branches", "cascade"] | Gated = "hard"
    pool: Literal["max", "mean"] = "max"  # over the tokens, for one label per text
    dropout: Share = 0.0  # on word vectors and on the encoder's output
    head: Head = Head()
    # One label per text: a softmax over all labels, or a yes or no for each, whose losses
    # (and those of multi-label tasks) are averaged over the labels, or summed.
    loss: Literal["softmax", "sigmoid", "sigmoid_sum"] = "softmax"
    # Loss of a multi-label task: the mean over its labels, or ("sum", "sigmoid_sum") their sum. In
    # a shared model a mean over 28 labels has a 28th of the weight of a task with one label.
    multilabel: Literal["mean", "sum"] = "mean"
    class_weights: dict[str, Rate] = {}  # label → factor on the loss of what has it; else 1
    threshold: Annotated[float, Meta(gt=0, lt=1)] = 0.5  # multi-label: probability of a yes
    # training
    schedule: Literal["uniform", "simultaneous", "sequential", "modulated"] | MetaTraining = (
        "uniform"
    )
    optimiser: Adadelta | Adam = Adadelta()
    clip: Rate | None = None  # largest norm of the gradient
    batch: Positive = 32
    bucketed: bool = True  # texts of similar length in one batch
    common_batches: bool = False  # tasks over the same training texts read the same batches
    steps: Positive = 2500  # updates of each task
    epochs: Positive | None = None  # budget in passes over each task's training part, not in steps
    # Of the encoder's arithmetic; bfloat16 only where the device computes in it.
    precision: Literal["float32", "bfloat16"] = "float32"
    # evaluation
    evaluations: Positive = 20  # dev evaluations of each task over its budget
    checkpoint: Literal["best", "last"] = "best"  # weights of the score of record

    @property
    def symmetric(self) -> bool:
        """Whether main and auxiliary are treated alike, so that one run serves both."""
        return (
            self.sharing != "cascade"
            and self.schedule not in ("sequential", "modulated")
            and not isinstance(self.schedule, MetaTraining)
        )


def parse_recipe(raw: dict, where: str) -> Recipe:
    """Decode one recipe strictly; `where` names its file and table in errors."""
    recipe = convert(raw, Recipe, where, RecipeError)
    if "steps" in raw and recipe.epochs is not None:
        raise RecipeError(
            f"{where}: fields 'steps' and 'epochs' both say how long to train; expected one of them"
        )
    for contradiction in contradictions(recipe.head, recipe.encoder, recipe.sharing):
        raise RecipeError(f"{where}: {contradiction}")
    return recipe


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
        default = field.default if field.default_factory is NODEFAULT else field.default_factory()
        if value != default:
            plain[field.encode_name] = canonical(value) if isinstance(value, Struct) else value
    return plain
