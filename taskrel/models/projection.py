"""Projections: from one vector, of a token or a text, to the logits of one task."""

import torch
from torch import nn

from taskrel.models.dropout import Dropout

#: Activations between the hidden layer and the output layer.
ACTIVATIONS = {"none": nn.Identity, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "tanh": nn.Tanh}


def dense(width: int, out: int, generator: torch.Generator) -> nn.Linear:
    """Linear layer with weights drawn from `generator` (Glorot and Bengio 2010), biases 0."""
    # Without storage first, because torch's initialisation draws from its global state.
    layer = nn.Linear(width, out, device="meta").to_empty(device="cpu")
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def projection(
    width: int,
    n_labels: int,
    generator: torch.Generator,
    hidden: int | None = None,
    activation: str = "leaky_relu",
    dropout: Dropout | None = None,
) -> nn.Module:
    """Module (…, width) → logits (…, n_labels), with or without a hidden layer.

    hidden : units of the hidden layer; None: a linear map, without `activation` and `dropout`
    activation : a key of `ACTIVATIONS`, of the hidden layer
    dropout : between hidden and output layer
    """
    if hidden is None:
        return dense(width, n_labels, generator)
    return nn.Sequential(
        dense(width, hidden, generator),
        ACTIVATIONS[activation](),
        dropout or nn.Identity(),
        dense(hidden, n_labels, generator),
    )
