import math

import pytest
import torch

from taskrel.models.attention import SelfAttention


def made(width=4, heads=2, seed=0):
    return SelfAttention(width, heads, torch.Generator().manual_seed(seed))


def test_one_head_by_hand():
    """Queries, keys and values are the states: weights softmax(x·x / √2)."""
    attention = made(2, 1)
    with torch.no_grad():
        attention.mix.in_proj_weight.copy_(torch.eye(2).repeat(3, 1))
        attention.mix.out_proj.weight.copy_(torch.eye(2))
    states = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [7.0, 7.0]]])
    mixed = attention(states, torch.tensor([2]))
    # Of the first word: with itself 1/√2, with the second 0; of the second: 0 and 4/√2.
    a = 1 / (1 + math.exp(-1 / math.sqrt(2)))
    b = 1 / (1 + math.exp(-4 / math.sqrt(2)))
    assert mixed[0, 0].tolist() == pytest.approx([a, 2 * (1 - a)], rel=1e-5)
    assert mixed[0, 1].tolist() == pytest.approx([1 - b, 2 * b], rel=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_padding_is_never_attended_to(training):
    attention = made().train(training)
    states = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1))
    lengths = torch.tensor([3, 5])
    with torch.set_grad_enabled(training):
        together = attention(states, lengths)
        alone = attention(states[:1, :3], lengths[:1])
        noisy = states.clone()
        noisy[0, 3:] = 99.0
        torch.testing.assert_close(together[0, :3], alone[0])
        torch.testing.assert_close(attention(noisy, lengths)[0, :3], together[0, :3])


def test_each_head_mixes_its_own_share_of_the_features():
    attention = made(6, 3)
    with torch.no_grad():
        attention.mix.out_proj.bias.fill_(0.5)
    states = torch.randn(1, 4, 6, generator=torch.Generator().manual_seed(1))
    queries, keys, values = (states[0] @ part.T for part in attention.mix.in_proj_weight.chunk(3))
    mixed = [
        torch.softmax(queries[:, i : i + 2] @ keys[:, i : i + 2].T / math.sqrt(2), 1)
        @ values[:, i : i + 2]
        for i in (0, 2, 4)
    ]
    expected = torch.cat(mixed, 1) @ attention.mix.out_proj.weight.T + 0.5
    torch.testing.assert_close(attention(states, torch.tensor([4]))[0], expected)


def test_gradients_reach_the_words_and_every_weight_but_no_padding():
    attention = made()
    states = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1), requires_grad=True)
    mixed = attention(states, torch.tensor([3, 5]))
    (mixed[0, :3].square().sum() + mixed[1].square().sum()).backward()
    assert not states.grad[0, 3:].any()
    assert states.grad[0, :3].all() and states.grad[1].all()
    assert all(p.grad.any() for p in attention.parameters())


def test_first_weights_are_the_generators():
    before = torch.get_rng_state()
    one, other, another = (made(seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[k], other[k]) for k in one)
    assert not any(torch.equal(one[k], another[k]) for k in one if k.endswith("weight"))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("training", [True, False])
def test_causal_attention_is_that_of_the_text_up_to_each_token(training):
    causal = SelfAttention(4, 2, torch.Generator().manual_seed(0), causal=True).train(training)
    states = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1))
    with torch.set_grad_enabled(training):
        found = causal(states, torch.tensor([5, 3]))
        for t in range(1, 6):
            full = made()(states[:, :t], torch.tensor([t, min(t, 3)]))
            torch.testing.assert_close(found[0, t - 1], full[0, -1])
            if t <= 3:
                torch.testing.assert_close(found[1, t - 1], full[1, -1])
