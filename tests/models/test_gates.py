from math import log

import pytest
import torch

from taskrel.models.gates import gate

OWN, OTHER = [1.0, 2.0], [log(2), log(6)]  # σ(c') = 2/3, 6/7; softmax(c') = 1/4, 3/4
EXPECTED = {
    "none": [1, 2],
    "sig": [1 + 2 / 3, 2 + 6 / 7],
    "silg": [1 + 2 / 3 * log(2), 2 + 6 / 7 * log(6)],
    "sog": [1 + 1 / 4 * log(2), 2 + 3 / 4 * log(6)],
    # One token alone: α = 1, whatever W is.
    "cag": [2, 4],
    "cag_reverse": [1 + log(2), 2 + log(6)],
}


def make(name):
    return gate(name, 2, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", EXPECTED)
def test_one_state_by_hand(name):
    """As the state of a whole text, (B, W), and of the one token of a text, (B, T, W)."""
    own, other, lengths = torch.tensor([OWN]), torch.tensor([OTHER]), torch.tensor([1])
    expected = torch.tensor([EXPECTED[name]], dtype=torch.float32)
    torch.testing.assert_close(make(name)(own, other, lengths), expected)
    torch.testing.assert_close(make(name)(own[None], other[None], lengths), expected[None])


@pytest.mark.parametrize("name", ["none", "sig", "silg", "sog"])
def test_each_token_by_itself(name):
    own = torch.tensor([[OWN, [7.0, 8.0], OWN]])
    other = torch.tensor([[OTHER, [-1.0, 3.0], OTHER]])
    found = make(name)(own, other, torch.tensor([3]))
    expected = torch.tensor(EXPECTED[name], dtype=torch.float32)
    torch.testing.assert_close(found[0, 0], expected)
    torch.testing.assert_close(found[0, 2], expected)
    assert name == "none" or not torch.allclose(found[0, 1], own[0, 1])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # m_11 = c'_1 W c_1 = ln 3, m_12 = c'_1 W c_2 = 0: α_1 = 3/4, 1/4; c'_2 = 0: α_2 = 1/2, 1/2
        ("cag", [[1 + 3 / 4, 1 / 4], [1 / 2, 1 + 1 / 2]]),
        # m_11 = c_1 W c'_1 = ln 3, m_21 = c_2 W c'_1 = ln 9, the others 0:
        # α_1 = 3/4, 1/4; α_2 = 9/10, 1/10; c'_2 = 0 adds nothing
        ("cag_reverse", [[1 + 3 / 4, 0], [9 / 10, 1]]),
    ],
)
def test_cross_attention_by_hand(name, expected):
    cross = make(name)
    with torch.no_grad():
        cross.weight.copy_(torch.tensor([[log(3), 0], [log(9), 5]]))
    own = torch.tensor([[[1.0, 0], [0, 1]]])
    other = torch.tensor([[[1.0, 0], [0, 0]]])
    found = cross(own, other, torch.tensor([2]))
    torch.testing.assert_close(found, torch.tensor([expected]))
    padding = torch.full((1, 1, 2), 9.0)
    longer = cross(*(torch.cat([x, padding], 1) for x in (own, other)), torch.tensor([2]))
    torch.testing.assert_close(longer[:, :2], found)


@pytest.mark.parametrize("name", EXPECTED)
def test_only_cross_attention_has_weights_and_draws_them_from_its_generator(name):
    before = torch.get_rng_state()
    weights = list(make(name).parameters())
    assert torch.equal(before, torch.get_rng_state())
    assert len(weights) == name.startswith("cag")
    assert all(torch.equal(p, q) for p, q in zip(weights, make(name).parameters(), strict=True))
