"""Projections: from one vector (of a token, or of a whole text) to the logits of one task."""

import torch
from torch import nn

from taskrel.models.dropout import Dropout

#: What stands between the hidden layer and the output layer.
ACTIVATIONS = {"none": nn.Identity, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "tanh": nn.Tanh}


def dense(width: int, out: int, generator: torch.Generator) -> nn.Linear:
    """Linear layer with weights drawn from `generator` (Glorot and Bengio 2010), biases 0."""
    # Made without storage first: torch's own initialisation would draw from its global state.
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
    """Map (…, width) to logits (…, n_labels), through one hidden layer if it has units.

    hidden : units of that layer; None: one linear map, `activation` and `dropout` play no part
    activation : a key of `ACTIVATIONS`, applied to the hidden layer
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
