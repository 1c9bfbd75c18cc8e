import torch

from taskrel.models.dropout import Dropout


def layer(p=0.25, seed=0):
    return Dropout(p, torch.Generator().manual_seed(seed))


def test_share_and_scale():
    y = layer()(torch.ones(100_000))
    assert set(y.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    # Standard deviation of the share: √(0.25 · 0.75 / 100,000) = 0.0014.
    assert abs((y == 0).float().mean().item() - 0.25) < 0.007


def test_evaluation_and_p_0_change_nothing():
    x = torch.randn(5, generator=torch.Generator().manual_seed(0))
    assert layer().eval()(x) is x
    assert layer(0.0)(x) is x


def test_own_generator_repeats_and_spares_the_global_one():
    before = torch.get_rng_state()
    x = torch.ones(50)
    assert torch.equal(layer()(x), layer()(x))
    assert not torch.equal(layer()(x), layer(seed=1)(x))
    assert torch.equal(before, torch.get_rng_state())
