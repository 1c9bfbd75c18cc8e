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


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [
        ("none", -2, 2),
        ("relu", 0, 2),
        ("leaky_relu", -0.02, 2),
        ("tanh", math.tanh(-2), math.tanh(2)),
    ],
)
def test_the_hidden_layers_activation_by_hand(activation, low, high):
    made = projection(1, 1, generator(), 1, activation)
    with torch.no_grad():
        for layer in (made[0], made[3]):
            layer.weight.fill_(1)
    assert made(torch.tensor([[-2.0], [2.0]])).flatten().tolist() == pytest.approx([low, high])


def test_every_activation_is_tried():
    assert set(ACTIVATIONS) == {"none", "relu", "leaky_relu", "tanh"}


def test_dropout_stands_between_the_hidden_and_the_output_layer():
    made = projection(2, 3, generator(), 8, "tanh", Dropout(0.5, generator()))
    assert made[0].weight.shape == (8, 2) and made[3].weight.shape == (3, 8)
    x = torch.ones(1, 2)
    kept = torch.rand(1, 8, generator=generator()) >= 0.5  # what the same generator draws
    expected = (torch.tanh(x @ made[0].weight.T) * kept * 2) @ made[3].weight.T
    assert 0 < kept.sum() < 8
    torch.testing.assert_close(made(x), expected)
    whole = torch.tanh(x @ made[0].weight.T) @ made[3].weight.T
    torch.testing.assert_close(made.eval()(x), whole)


@pytest.mark.parametrize("hidden", [None, 5])
def test_first_weights_are_the_generators(hidden):
    before = torch.get_rng_state()
    one, other = (projection(3, 2, generator(), hidden).state_dict() for _ in range(2))
    assert all(torch.equal(one[k], other[k]) for k in one)
    assert torch.equal(torch.get_rng_state(), before)
