"""Recipes: all settings of a run except its tasks and its seed.

A recipe is a point in encoder × sharing × schedule × heads, written in an experiment's
TOML. Every field has a default. The identity of a run does not contain fields at their
default, so that finished runs stay valid when a field is added.
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
    Attention,
    BiLSTM,
    Checkpoint,
    Gated,
    Head,
    MetaTraining,
    Positive,
    Rate,
    Share,
    States,
    Transformer,
    Units,
)


class Recipe(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How runs are trained; a budget is the number of updates of each task in any run."""

    # words
    vectors: str | None = None  # GloVe text file, see `find_vectors`; None: learned vectors
    width: Units = 50  # of learned vectors; pre-trained ones have their own
    tune_vectors: bool = True  # train the word vectors; false: they are frozen
    states: States | None = None  # instead of word vectors: states of a frozen transformer
    max_tokens: Positive = 200  # longer texts are cut there, except sentences to be tagged
    # model
    encoder: BiLSTM | LSTM | CNN | Attention | Transformer = BiLSTM()
    # What tasks share: "hard" the whole encoder; "branches" its lowest level, with separate upper
    # levels for each task; "cascade" the whole encoder, but heads of auxiliaries read its lowest
    # level; gated: nothing, but two towers read each other's states.
    sharing: Literal["hard", "branches", "cascade"] | Gated = "hard"
    pool: Literal["max", "mean"] = "max"  # over the tokens, for one label per text
    dropout: Share = 0.0  # on word vectors and on the encoder's output
    head: Head = Head()
    # Classification: a softmax over all labels, or a binary decision for each label. The losses of
    # these decisions, also those of multilabel tasks, are averaged over the labels, or summed.
    loss: Literal["softmax", "sigmoid", "sigmoid_sum"] = "softmax"
    # Multilabel: the loss is the mean over the labels, or ("sum", loss "sigmoid_sum") their sum. In
    # a shared model, a mean over 28 labels has a 28th of the weight of a task with one label.
    multilabel: Literal["mean", "sum"] = "mean"
    class_weights: dict[str, Rate] = {}  # label → factor on its loss; 1 for all others
    threshold: Annotated[float, Meta(gt=0, lt=1)] = 0.5  # multilabel: probability of a label
    # training
    schedule: (
        Literal["uniform", "simultaneous", "sequential", "modulated", "auxiliary_first", "transfer"]
        | MetaTraining
    ) = "uniform"
    optimiser: Adadelta | Adam = Adadelta()
    clip: Rate | None = None  # largest norm of the gradients
    batch: Positive = 32
    bucketed: bool = True  # texts of similar length in one batch
    common_batches: bool = False  # tasks over the same training texts get the same batches
    steps: Positive = 2500  # updates of each task
    aux_steps: Positive | None = None  # updates of each auxiliary task; None: as many as steps
    epochs: Positive | None = None  # instead of steps: passes over each task's training split
    # Of the encoder's arithmetic; bfloat16 only if the device supports it.
    precision: Literal["float32", "bfloat16"] = "float32"
    # evaluation
    evaluations: Positive = 20  # dev evaluations of each task over its budget
    evaluate: Literal["all", "main"] = "all"  # tasks of a run that are scored
    # Weights whose test score counts: those of the best dev evaluation, the last ones, or the mean
    # of those at the last five evaluations (Izmailov et al. 2018).
    checkpoint: Checkpoint = "best"

    @property
    def symmetric(self) -> bool:
        """Whether all tasks are treated alike, so that each can be the main task of a run."""
        return (
            self.sharing != "cascade"
            and self.schedule not in ("sequential", "modulated", "auxiliary_first", "transfer")
            and self.aux_steps is None
            and self.evaluate == "all"
            and not isinstance(self.schedule, MetaTraining)
        )

    @property
    def of_auxiliary(self) -> "Recipe":
        """The recipe of an auxiliary task's single-task run: its budget is that of an auxiliary."""
        return msgspec.structs.replace(self, steps=self.aux_steps or self.steps, aux_steps=None)


def parse_recipe(raw: dict, where: str) -> Recipe:
    """Decode one recipe strictly; `where` names its file and table in errors."""
    recipe = convert(raw, Recipe, where, RecipeError)
    for field in ("steps", "aux_steps"):
        if field in raw and recipe.epochs is not None:
            raise RecipeError(
                f"{where}: expected one of the fields {field!r} and 'epochs', found both"
            )
    for contradiction in contradictions(recipe):
        raise RecipeError(f"{where}: {contradiction}")
    return recipe


def canonical(struct: Struct) -> dict[str, Any]:
    """Plain data of a struct, without fields at their default, for identities.

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
