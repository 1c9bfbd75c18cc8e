import pytest
import torch
from torch import nn

from taskrel.training.build import Optimisers
from taskrel.training.schedules.modulation import Modulated, rate


@pytest.mark.parametrize(
    ("task", "budget", "periods", "shares"),
    [
        # lr_primary = e · lr / E, lr_auto = lr − lr_primary, e = 1 … E
        (0, 4, 4, [0.25, 0.5, 0.75, 1.0]),
        (1, 4, 4, [0.75, 0.5, 0.25, 0.0]),
        (0, 6, 3, [1 / 3, 1 / 3, 2 / 3, 2 / 3, 1, 1]),
        (2, 6, 3, [2 / 3, 2 / 3, 1 / 3, 1 / 3, 0, 0]),
        (0, 5, 2, [0.5, 0.5, 1, 1, 1]),  # a budget in steps that no number of periods divides
        (0, 2, 4, [0.5, 1.0]),
        (1, 2, 4, [0.5, 0.0]),  # fewer updates than periods
        (0, 3, 1, [1, 1, 1]),
        (1, 3, 1, [0, 0, 0]),
    ],
)
def test_rates_by_hand(task, budget, periods, shares):
    found = [rate(task, update, budget, periods) for update in range(1, budget + 1)]
    assert found == pytest.approx(shares)


def quadratic(make, budgets, periods):
    """The weight after each update of two tasks in turn, the auxiliary first.

    The main task's loss is ½ (w − 1)², the auxiliary's ½ (w + 1)²; w starts at 0.
    """
    w = nn.Parameter(torch.tensor(0.0, dtype=torch.float64))
    optimiser = Modulated([Optimisers(make([w])) for _ in budgets], budgets, periods)
    path = []
    for task in [1, 0] * budgets[0]:
        optimiser.zero_grad()
        (0.5 * (w - (1, -1)[task]) ** 2).backward()
        optimiser.step([task])
        path.append(w.item())
    return path, optimiser


def test_a_quadratic_by_hand():
    path, _ = quadratic(lambda p: torch.optim.SGD(p, lr=0.4), [2, 2], 2)
    # Rates: auxiliary 0.2, main 0.2, then auxiliary 0, main 0.4.
    # 0 − 0.2·(0 + 1); −0.2 − 0.2·(−0.2 − 1); as it is; 0.04 − 0.4·(0.04 − 1)
    assert path == pytest.approx([-0.2, 0.04, 0.04, 0.424], rel=1e-12)


def test_moments_do_not_mix():
    path, optimiser = quadratic(lambda p: torch.optim.SGD(p, lr=0.4, momentum=0.5), [2, 2], 2)
    # The main task's second velocity is 0.5 · (−1.2) + (0.04 − 1) = −1.56: nothing of the other's.
    assert path == pytest.approx([-0.2, 0.04, 0.04, 0.04 + 0.4 * 1.56], rel=1e-12)
    # At rate 0 the auxiliary's own velocity stays that of its first update, too.
    (state,) = optimiser.own[1].parts[0].state.values()
    assert state["momentum_buffer"].item() == pytest.approx(1.0)


def test_adams_first_steps_are_those_of_one_task_alone():
    path, _ = quadratic(lambda p: torch.optim.Adam(p, lr=0.1, eps=0), [1, 1], 2)
    # A first step of Adam is lr · sign of the gradient, whatever another task has done before;
    # one update is all of a budget, so that the auxiliary is at rate 0 and the main task at 1.
    assert path == pytest.approx([0.0, 0.1])


def test_every_group_keeps_its_own_rate():
    a, b = (nn.Parameter(torch.zeros(1)) for _ in "ab")
    part = torch.optim.SGD([{"params": [a], "lr": 1.0}, {"params": [b], "lr": 0.1}])
    optimiser = Modulated([Optimisers(part)], [2], 2)
    for p in (a, b):
        p.grad = torch.ones(1)
    optimiser.step([0])
    assert (a.item(), b.item()) == pytest.approx((-0.5, -0.05))
    optimiser.step([0])
    assert (a.item(), b.item()) == pytest.approx((-1.5, -0.15))
