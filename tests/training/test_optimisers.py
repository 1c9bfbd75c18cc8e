import numpy as np
import pytest
import torch
from torch import nn

from taskrel.training.optimisers import LazyAdadelta, RowAdam

WIDTH, ROWS = 4, 30


def embed(sparse):
    weight = torch.randn(
        ROWS, WIDTH, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    return nn.Embedding.from_pretrained(weight, freeze=False, sparse=sparse)


def losses(words, layer, steps, seed):
    """A loss per step; rows are read at random, some rarely, some twice in a batch."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, ROWS + 1) ** 1.5
    for _ in range(steps):
        rows = torch.from_numpy(rng.choice(ROWS, size=6, p=weights / weights.sum()))
        yield (layer(words(rows)) ** 2).mean() + words(rows).sin().sum()


@pytest.mark.parametrize(
    ("lr", "rho", "eps"),
    [(1.0, 0.9, 1e-6), pytest.param(0.1, 0.95, 1e-8, marks=pytest.mark.slow)],
)
def test_lazy_rows_equal_dense_adadelta(lr, rho, eps):
    """Hundreds of steps against torch's dense Adadelta, float64, rtol 1e-10."""
    results = []
    for lazy in (True, False):
        words = embed(sparse=lazy)
        layer = nn.Linear(WIDTH, 3, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.fill_(0.3)
            layer.bias.fill_(-0.1)
        params = [*words.parameters(), *layer.parameters()]
        make = LazyAdadelta if lazy else torch.optim.Adadelta
        optimiser = make(params, lr=lr, rho=rho, eps=eps)
        for loss in losses(words, layer, 400, seed=3):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        results.append([p.detach() for p in params])
    for lazy, dense in zip(*results, strict=True):
        torch.testing.assert_close(lazy, dense, rtol=1e-10, atol=0)


def test_first_step_by_hand():
    """Gradient 2: E[g²] = 0.1·4 = 0.4; Δ = √eps / √(0.4 + eps) · 2; E[Δ²] = 0.1·Δ²."""
    p = nn.Parameter(torch.tensor([1.0, 1.0], dtype=torch.float64))
    optimiser = LazyAdadelta([p], lr=1.0, rho=0.9, eps=1e-6)
    p.grad = torch.tensor([2.0, 0.0], dtype=torch.float64)
    optimiser.step()
    move = 1e-3 / np.sqrt(0.4 + 1e-6) * 2
    assert p.tolist() == pytest.approx([1 - move, 1.0], rel=1e-12)
    assert optimiser.state[p]["delta"].tolist() == pytest.approx([0.1 * move**2, 0], rel=1e-12)


def test_only_rows_of_the_batch_are_touched():
    words = embed(sparse=True)
    before = words.weight.detach().clone()
    optimiser = LazyAdadelta(words.parameters())
    words(torch.tensor([2, 5, 2])).sum().backward()
    optimiser.step()
    moved = (words.weight.detach() != before).any(1).nonzero().flatten().tolist()
    assert moved == [2, 5]
    assert optimiser.state[words.weight]["last"].nonzero().flatten().tolist() == [2, 5]


def test_parameters_without_a_gradient_stay():
    a, b = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    optimiser = LazyAdadelta([a, b])
    a.grad = torch.ones(1)
    optimiser.step()
    assert a.item() != 1
    assert b.item() == 1
    assert not optimiser.state[b]


@pytest.mark.parametrize("settings", [{}, {"lr": 0.01, "betas": (0.8, 0.9), "eps": 1e-3}], ids=str)
def test_row_adam_equals_sparse_adam(settings):
    """200 steps against torch's, float64, rows read at random, some twice in a batch."""
    tables = []
    for make in (RowAdam, torch.optim.SparseAdam):
        words = embed(sparse=True)
        optimiser = make(words.parameters(), **settings)
        for loss in losses(words, nn.Identity(), 200, seed=4):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        tables.append(words.weight.detach())
    torch.testing.assert_close(*tables, rtol=1e-10, atol=1e-12)


def test_row_adam_by_hand():
    """Gradient 2 on one row: the first step is lr · 2 / (2 + eps/√0.001), whatever the betas."""
    words = nn.Embedding.from_pretrained(
        torch.ones(3, 1, dtype=torch.float64), freeze=False, sparse=True
    )
    optimiser = RowAdam(words.parameters(), lr=0.1, eps=1e-3)
    (2 * words(torch.tensor([1]))).sum().backward()
    optimiser.step()
    # square = 0.001 · 4, corrected by √0.001 before eps is added
    move = 0.1 * 0.001**0.5 / 0.1 * 0.2 / (0.004**0.5 + 1e-3)
    assert words.weight.flatten().tolist() == pytest.approx([1, 1 - move, 1], rel=1e-12)
    assert optimiser.state[words.weight]["mean"].flatten().tolist() == pytest.approx([0, 0.2, 0])
