import pytest
import torch
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.sharing import GatedSharing, Read

TOKENS, LENGTHS = torch.tensor([[0]]), torch.tensor([1])


class Sum(Level):
    """States: words and what is below, added."""

    def forward(self, words, below, lengths):
        return words + below


class Tower(Stack):
    def __init__(self, width):
        super().__init__()
        self.levels = nn.ModuleList([Sum(width), Sum(width)])


class Twice(nn.Module):
    """A gate: h = c + 2 c'."""

    def forward(self, own, other, lengths):
        return own + 2 * other


class States(nn.Module):
    def forward(self, states, lengths):
        return states


def towers(gates, first=(1.0,), second=(10.0,), reads=(1, 1)):
    width = len(first)
    tables = [nn.Embedding.from_pretrained(torch.tensor([row])) for row in (first, second)]
    return GatedSharing(
        tables,
        [Tower(width), Tower(width)],
        {level: [Twice(), Twice()] for level in gates},
        [States(), States()],
        Dropout(0.0, torch.Generator()),
        [Read(n, width) for n in reads],
    )


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ([], [3, 30]),  # words 1, 10; words + words 2, 20; words + that 3, 30
        ([0], [3 * 21, 3 * 12]),  # 1 + 20, 10 + 2
        ([1], [1 + 42, 10 + 24]),  # 2 + 40, 20 + 4
        ([2], [3 + 60, 30 + 6]),
        ([0, 1, 2], [111 + 2 * 120, 120 + 2 * 111]),  # 21, 12; 42 + 48, 24 + 84; 21 + 90, 12 + 108
    ],
)
def test_gates_by_hand(gates, expected):
    model = towers(gates)
    first, second = model.states([0, 1], TOKENS, LENGTHS)
    assert [first.item(), second.item()] == expected
    assert [model(task, TOKENS, LENGTHS).item() for task in (0, 1)] == expected


def test_each_head_reads_the_level_that_it_is_to_read():
    assert towers([1], reads=(0, 1))(0, TOKENS, LENGTHS).item() == 2 + 40


def test_similarities_by_hand():
    # (3, 4) and (4, 3): cosine 24 / 25; behind a gate (11, 10) and (10, 11): 220 / 221.
    model = towers([0, 2], (3.0, 4.0), (4.0, 3.0))
    assert model.gates.keys() == {"0", "2"}
    found = model.similarities(TOKENS, LENGTHS)
    assert {level: cosine.shape for level, cosine in found.items()} == {0: (1, 1), 2: (1, 1)}
    assert found[0].item() == pytest.approx(220 / 221)
    assert towers([1], (3.0, 4.0), (4.0, 3.0)).similarities(TOKENS, LENGTHS)[
        1
    ].item() == pytest.approx(220 / 221)
