"""Parts of a recipe with their own fields; see `training.recipes.recipe`."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Positive = Annotated[int, Meta(ge=1)]
#: Numbers of units and of levels; larger models would not fit into a machine's memory.
Units = Annotated[int, Meta(ge=1, le=4096)]
Layers = Annotated[int, Meta(ge=1, le=32)]
Rate = Annotated[float, Meta(gt=0)]
Share = Annotated[float, Meta(ge=0, lt=1)]
#: Weights that are scored: of the best dev evaluation, the last ones, the mean of the last five.
Checkpoint = Literal["best", "last", "mean"]


class BiLSTM(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="bilstm"):
    """Bidirectional LSTM: `layers` levels of `units` in each direction."""

    layers: Layers = 1
    units: Units = 100


class LSTM(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="lstm"):
    """LSTM that reads from left to right: `layers` levels of `units`."""

    layers: Layers = 1
    units: Units = 100
    skip: bool = False  # upper levels read the word vectors and the states below


class CNN(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="cnn"):
    """Convolution over words, max-pooling over the text, dense layer: one vector per text."""

    filters: Units = 100
    window: Units = 3  # words that a filter reads
    dense: Units = 100  # units


class Attention(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="attention"):
    """Dense layer for each word, then attention pooling over the text: one vector per text."""

    units: Units = 64


class Transformer(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="transformer"
):
    """Pre-trained transformer, which is fine-tuned: a Hugging Face model or a local folder."""

    model: str
    # Number of its top layers that are trained; the states of the layer below are computed once
    # for each text, see `models.frozen`. None: all layers, and the vectors of the pieces.
    trained: Layers | None = None
    dropout: Share | None = None  # inside the transformer; None: as in its pre-training


class States(Struct, frozen=True, forbid_unknown_fields=True):
    """Token states of a frozen pre-trained model, which the encoder reads as word vectors.

    They are computed once for each text, see `models.frozen`.
    """

    model: str  # as in `Transformer`
    dims: Units | None = None  # principal components that are kept; None: all features
    layer: Positive | None = None  # number of the model's layer, from 1; None: the last


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """Layers between the encoder's states and the labels of each task."""

    attention: Annotated[int, Meta(ge=0)] = 0  # heads of self-attention over the states; 0: none
    hidden: Units | None = None  # units of a hidden layer; None: a linear map
    activation: Literal["leaky_relu", "relu", "tanh", "none"] = "leaky_relu"  # of the hidden layer
    dropout: Share = 0.0  # behind the hidden layer


class Gated(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="gated"):
    """Two towers, an encoder for each task, that read each other's states through gates.

    Gates of Li et al. (2021), with c the tower's own states and c' the other tower's:
    "sig" c + σ(c'); "silg" c + σ(c') · c'; "sog" c + softmax(c') · c'; "cag" cross attention
    with queries from c', keys and values from c; "cag_reverse" with queries from c, keys and
    values from c'; "none".
    """

    gate: Literal["none", "sig", "cag", "cag_reverse", "silg", "sog"] = "sog"
    # Levels with a gate behind them: 0 the word vectors, 1 the encoder's lowest level, …
    levels: tuple[Annotated[int, Meta(ge=0)], ...] | None = None  # None: all


class MetaTraining(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="meta"):
    """Learn weights from which a step of adaptation is effective (MAML, Finn et al. 2017)."""

    shots: Annotated[int, Meta(ge=2)] = 2  # batches of each auxiliary, with one of the main task
    lr: Rate = 0.01  # of the step of adaptation
    order: Literal[1, 2] = 1  # 1: the gradient does not go through the step of adaptation


class Adadelta(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="adadelta"):
    """Adadelta (Zeiler 2012); Bingel and Søgaard (2017) used lr 0.1."""

    lr: Rate = 1.0
    rho: Share = 0.9
    eps: Rate = 1e-6


class Adam(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name", tag="adam"):
    """Adam (Kingma and Ba 2015); of word tables, only rows that a batch reads are updated."""

    lr: Rate = 1e-3
    beta1: Share = 0.9
    beta2: Share = 0.999
    eps: Rate = 1e-8
