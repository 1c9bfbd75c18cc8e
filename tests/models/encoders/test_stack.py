"""Properties of every encoder and each of its levels."""

import pytest
import torch

from taskrel.models import precision
from taskrel.models.encoders.bilstm import BiLSTM
from taskrel.models.encoders.cnn import CNN
from taskrel.models.encoders.lstm import LSTM
from taskrel.models.precision import has_bfloat16

D = 5


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


ENCODERS = {
    "bilstm": lambda g, **o: BiLSTM(D, 4, 2, g, **o),
    "lstm": lambda g, **o: LSTM(D, 4, 2, g, **o),
    "lstm, skip": lambda g, **o: LSTM(D, 4, 3, g, skip=True, **o),
    "cnn": lambda g, **o: CNN(D, 7, 3, 6, g, **o),
    "cnn, even window": lambda g, **o: CNN(D, 7, 4, 6, g, **o),
}
every = pytest.mark.parametrize("make", ENCODERS.values(), ids=ENCODERS)


def words(*shape, seed=0):
    return torch.randn(*shape, D, generator=generator(seed))


@every
def test_levels_say_what_comes_out_of_them(make):
    encoder, x = make(generator()), words(3, 6)
    lengths = torch.tensor([6, 1, 4])
    states = encoder(x, lengths)
    assert len(states) == len(encoder.levels)
    for level, state in zip(encoder.levels, states, strict=True):
        assert state.shape == ((3, 6, level.out) if level.per_token else (3, level.out))
        assert state.dtype == torch.float32
    assert encoder.out == states[-1].shape[-1]
    (lowest,) = encoder(x, lengths, 1)
    assert torch.equal(lowest, states[0])


@every
@pytest.mark.parametrize("n", [1, 3])
def test_padding_changes_nothing(make, n):
    encoder, x, lengths = make(generator()), words(1, n), torch.tensor([n])
    longer = torch.cat([x, torch.full((1, 4, D), 99.0)], 1)
    for level, a, b in zip(
        encoder.levels, encoder(x, lengths), encoder(longer, lengths), strict=True
    ):
        torch.testing.assert_close(a, b[:, :n] if level.per_token else b)


@every
def test_causal_features_and_they_alone_see_nothing_of_the_future(make):
    encoder, x = make(generator()), words(1, 6)
    changed = x.clone()
    changed[:, 3:] += 1
    lengths = torch.tensor([6])
    for level, a, b in zip(
        encoder.levels, encoder(x, lengths), encoder(changed, lengths), strict=True
    ):
        if level.per_token:
            a, b = a[:, :3], b[:, :3]
        assert torch.equal(a[..., : level.causal], b[..., : level.causal])
        assert level.causal == level.out or not torch.allclose(
            a[..., level.causal :], b[..., level.causal :]
        )


@every
def test_weights_come_from_the_generator_alone(make):
    before = torch.get_rng_state()
    a, b, c = make(generator()), make(generator()), make(generator(1))
    assert torch.equal(before, torch.get_rng_state())
    for p, q, r in zip(a.parameters(), b.parameters(), c.parameters(), strict=True):
        assert torch.equal(p, q)
        assert not p.any() or not torch.equal(p, r)  # a convolution's biases are 0


@pytest.mark.skipif(not has_bfloat16("cpu"), reason="this processor has no bfloat16")
@every
def test_bfloat16_is_close_to_float32_but_not_the_same(make):
    x, lengths = words(4, 7), torch.tensor([7, 5, 3, 1])
    full = make(generator())(x, lengths)[-1]
    half = make(generator(), precision=torch.bfloat16)(x, lengths)[-1]
    assert half.dtype == torch.float32
    assert not torch.equal(half, full)
    torch.testing.assert_close(half, full, rtol=0.05, atol=0.03)


@every
def test_without_bfloat16_in_the_device_it_is_float32(make, monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: False)
    x, lengths = words(4, 7), torch.tensor([7, 5, 3, 1])
    full = make(generator())(x, lengths)[-1]
    half = make(generator(), precision=torch.bfloat16)(x, lengths)[-1]
    assert torch.equal(half, full)
