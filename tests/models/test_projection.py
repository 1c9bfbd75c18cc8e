import math

import pytest
import torch

from taskrel.models.dropout import Dropout
from taskrel.models.projection import ACTIVATIONS, projection


def generator():
    return torch.Generator().manual_seed(0)


def test_without_hidden_layer_it_is_one_linear_map():
    layer = projection(3, 2, generator())
    assert layer.weight.shape == (2, 3) and layer.bias.tolist() == [0, 0]


@pytest.mark.parametrize(("activation", "low", "high"), [
    ("none", -2, 2), ("relu", 0, 2), ("leaky_relu", -0.02, 2),
    ("tanh", math.tanh(-2), math.tanh(2))])
def test_the_hidden_layers_activation_by_hand(activation, low, high):
    made = projection(1, 1, generator(), 1, activation)
    with torch.no_grad():
        for layer in (made[0], made[3]):
            layer.weight.fill_(1)
    assert made(torch.tensor([[-2.0], [2.0]])).flatten().tolist() == pytest.approx([low, high])


def test_every_activation_is_tried():
    assert set(ACTIVATIONS) == {"none", "relu", "leaky_relu", "tanh"}


def test_dropout_stands_behind_the_hidden_layer():
    made = projection(2, 3, generator(), 8, "none", Dropout(0.5, generator()))
    assert made[0].weight.shape == (8, 2) and made[3].weight.shape == (3, 8)
    x = torch.ones(1, 2)
    assert not torch.equal(made(x), made(x))
    assert torch.equal(made.eval()(x), made(x))
