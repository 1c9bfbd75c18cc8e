import torch

from taskrel.models.encoders.lstm import LSTM


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_equals_torchs_lstm_of_two_layers():
    ours = LSTM(5, 4, 2, generator())
    theirs = torch.nn.LSTM(5, 4, num_layers=2, batch_first=True)
    theirs.load_state_dict(
        {
            name.replace("l0", f"l{n}"): value
            for n, level in enumerate(ours.levels)
            for name, value in level.ahead.state_dict().items()
        }
    )
    x = torch.randn(3, 6, 5, generator=generator())
    torch.testing.assert_close(ours(x, torch.tensor([6, 6, 6]))[-1], theirs(x)[0])


def test_with_skip_upper_levels_read_words_and_the_states_below():
    encoder = LSTM(5, 4, 3, generator(), skip=True)
    assert [level.ahead.input_size for level in encoder.levels] == [5, 9, 9]
    x = torch.randn(2, 6, 5, generator=generator())
    states = encoder(x, torch.tensor([6, 3]))
    for n in (1, 2):
        read = torch.cat([x, states[n - 1]], -1)
        torch.testing.assert_close(states[n], encoder.levels[n].ahead(read)[0])
    torch.testing.assert_close(states[0], encoder.levels[0].ahead(x)[0])


def test_weights_are_within_one_over_the_root_of_units():
    bound = 4**-0.5
    largest = max(p.abs().max().item() for p in LSTM(5, 4, 2, generator()).parameters())
    assert 0.9 * bound < largest <= bound
