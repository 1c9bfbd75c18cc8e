import torch

from taskrel.models.encoders.attention import Attention


def made(width=3, units=2):
    return Attention(width, units, torch.Generator().manual_seed(0))


def test_states_by_hand():
    encoder = made(1, 1)
    with torch.no_grad():
        encoder.levels[0].dense.weight.fill_(1.0)
        encoder.levels[1].query.weight.fill_(2.0)
    words, text = encoder(torch.tensor([[[0.0], [1.0]]]), torch.tensor([2]))
    h = torch.tensor([0.0, 0.76159416])  # tanh 0, tanh 1
    torch.testing.assert_close(words[0, :, 0], h)
    weight = torch.exp(2 * h) / torch.exp(2 * h).sum()
    torch.testing.assert_close(text, (weight * h).sum().reshape(1, 1))


def test_padding_has_no_part_in_a_text():
    x = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(1))
    encoder = made()
    short = encoder(x[:, :2], torch.tensor([2]))[1]
    x[:, 2:] = 1e6
    torch.testing.assert_close(encoder(x, torch.tensor([2]))[1], short)
