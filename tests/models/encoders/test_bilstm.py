import pytest
import torch

from taskrel.models.encoders.bilstm import BiLSTM, permute, reversal


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def encoder(**options):
    return BiLSTM(5, 4, **{"layers": 2, "generator": generator(), **options})


def test_reversal_by_hand():
    x = torch.arange(8.0).reshape(2, 4, 1)
    y = permute(x, reversal(torch.tensor([3, 2]), 4))
    assert y.flatten().tolist() == [2, 1, 0, 3, 5, 4, 6, 7]


def test_gradient_of_a_reversal_is_the_reversal():
    x = torch.randn(2, 4, 3, dtype=torch.float64, generator=generator(), requires_grad=True)
    order = reversal(torch.tensor([4, 2]), 4)
    assert torch.autograd.gradcheck(lambda v: permute(v, order).sin(), (x,))


def test_equals_torchs_bidirectional_lstm_on_packed_sequences():
    ours = encoder(layers=1)
    theirs = torch.nn.LSTM(5, 4, batch_first=True, bidirectional=True)
    state = {
        f"{name}{suffix}": value
        for half, suffix in ((ours.forward_halves[0], ""), (ours.backward_halves[0], "_reverse"))
        for name, value in half.state_dict().items()
    }
    theirs.load_state_dict(state)
    x, lengths = torch.randn(3, 6, 5, generator=generator()), torch.tensor([6, 2, 4])
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, lengths, batch_first=True, enforce_sorted=False
    )
    expected = torch.nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)[0]
    (found,) = ours(x, lengths)
    for i, n in enumerate(lengths):
        torch.testing.assert_close(found[i, :n], expected[i, :n], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n", [1, 3])
def test_padding_changes_nothing(n):
    model, x = encoder(), torch.randn(1, n, 5, generator=generator())
    longer = torch.cat([x, torch.full((1, 4, 5), 99.0)], 1)
    for a, b in zip(model(x, torch.tensor([n])), model(longer, torch.tensor([n])), strict=True):
        torch.testing.assert_close(a, b[:, :n])


def test_forward_states_do_not_see_the_future():
    model, x = encoder(layers=1), torch.randn(1, 6, 5, generator=generator())
    changed = x.clone()
    changed[:, 3:] += 1
    lengths = torch.tensor([6])
    (a,), (b,) = model(x, lengths), model(changed, lengths)
    assert torch.equal(a[:, :3, :4], b[:, :3, :4])
    assert not torch.allclose(a[:, :3, 4:], b[:, :3, 4:])


def test_weights_come_from_the_generator_alone():
    before = torch.get_rng_state()
    a, b, c = encoder(), encoder(), encoder(generator=generator(1))
    assert torch.equal(before, torch.get_rng_state())
    same = [torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True)]
    other = [torch.equal(p, q) for p, q in zip(a.parameters(), c.parameters(), strict=True)]
    assert all(same)
    assert not any(other)
    assert max(p.abs().max().item() for p in a.parameters()) <= 4**-0.5


def test_bfloat16_is_close_to_float32():
    x, lengths = torch.randn(4, 7, 5, generator=generator()), torch.tensor([7, 5, 3, 1])
    full = encoder()(x, lengths)[-1]
    half = encoder(precision=torch.bfloat16)(x, lengths)[-1]
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, full, rtol=0.05, atol=0.02)
