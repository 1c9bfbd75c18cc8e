import pytest
import torch
from torch import nn

from taskrel.training.batches import Batch
from taskrel.training.gradients import joint_gradients, task_losses

SHORT, LONG = torch.tensor([[2, 3]]), torch.tensor([[2, 3, 4]])


class Scale(nn.Module):
    """A head that multiplies the sum of what it reads; its loss is that less the target."""

    def __init__(self, factor):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, states, lengths):
        return self.factor * states.sum() + lengths.sum()

    def loss(self, logits, targets):
        return (logits - targets).sum()


class Counting(nn.Module):
    """Task i reads its tokens times the shared weight, plus i; notes who read together."""

    device = torch.device("cpu")

    def __init__(self, n_tasks):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))
        self.heads = nn.ModuleList(Scale(10.0**i) for i in range(n_tasks))
        self.reads = []

    def states(self, tasks, tokens, lengths):
        self.reads.append((list(tasks), tokens.shape[1]))
        return [self.weight * tokens + task for task in tasks]


def batch(tokens, target):
    return Batch(tokens, torch.tensor([tokens.shape[1]]), torch.tensor([float(target)]))


@pytest.mark.parametrize(
    ("texts", "reads"),
    [
        ([SHORT], [([0], 2)]),
        ([SHORT, SHORT.clone()], [([0, 1], 2)]),
        ([SHORT, LONG], [([0], 2), ([1], 3)]),
        ([SHORT, SHORT + 1], [([0], 2), ([1], 2)]),
        ([LONG, SHORT, SHORT], [([0], 3), ([1, 2], 2)]),
        # Only neighbours: runs of old drew a dropout mask for each of these three.
        ([SHORT, LONG, SHORT], [([0], 2), ([1], 3), ([2], 2)]),
    ],
)
def test_neighbours_that_read_the_same_texts_read_them_once(texts, reads):
    model = Counting(len(texts))
    losses = task_losses(model, range(len(texts)), [batch(t, i) for i, t in enumerate(texts)])
    assert model.reads == reads
    for i, (text, loss) in enumerate(zip(texts, losses, strict=True)):
        # factor · Σ (token / 2 + i) + length − target
        n = text.shape[1]
        assert loss.item() == pytest.approx(10**i * (text.sum().item() / 2 + i * n) + n - i)


def test_tasks_are_numbered_as_in_the_run_not_as_in_the_step():
    model = Counting(3)
    (loss,) = task_losses(model, (2,), [batch(SHORT, 0)])
    assert model.reads == [([2], 2)]
    assert loss.item() == pytest.approx(100 * (2.5 + 4) + 2)


def test_joint_gradients_are_those_of_the_sum():
    model = Counting(3)
    batches = [iter([batch(t, 0)]) for t in (SHORT, LONG, SHORT)]
    losses = joint_gradients(model, (0, 2), batches)
    assert len(losses) == 2
    assert model.weight.grad.item() == pytest.approx((1 + 100) * 5)  # factors × Σ tokens
    assert next(batches[1], None) is not None  # the task that sits out gave no batch
