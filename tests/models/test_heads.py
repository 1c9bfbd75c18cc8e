import math

import pytest
import torch

from taskrel.models.heads import MultiLabelHead, TextHead, TokenHead, pool
from taskrel.tasks.task import ABSENT

STATES = torch.tensor([[[1.0, -2.0], [3.0, 0.0], [9.0, 9.0]],
                       [[-1.0, 4.0], [9.0, 9.0], [9.0, 9.0]]])
LENGTHS = torch.tensor([2, 1])


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize(("how", "expected"), [
    ("max", [[3.0, 0.0], [-1.0, 4.0]]),
    ("mean", [[2.0, -1.0], [-1.0, 4.0]]),
])
def test_pooling_ignores_padding(how, expected):
    assert pool(STATES, LENGTHS, how).tolist() == expected


def identity(head):
    """Make the projection the identity, so that logits are the states themselves."""
    with torch.no_grad():
        head.project.weight.copy_(torch.eye(2))
        head.project.bias.zero_()
    return head


def test_token_head_by_hand():
    head = identity(TokenHead(2, 2, generator()))
    logits = head(STATES, LENGTHS)
    targets = torch.tensor([[0, ABSENT, ABSENT], [0, ABSENT, ABSENT]])
    # −log softmax: log(1 + e^(−2 − 1)) and log(1 + e^(4 + 1)), averaged over two tokens.
    expected = (math.log1p(math.exp(-3)) + math.log1p(math.exp(5))) / 2
    assert head.loss(logits, targets).item() == pytest.approx(expected, rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [0, 0, 1]


def test_text_head_by_hand():
    head = identity(TextHead(2, 2, generator(), "max"))
    logits = head(STATES, LENGTHS)
    assert head.loss(logits, torch.tensor([1, ABSENT])).item() == pytest.approx(
        math.log1p(math.exp(3)), rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [0, 1]


def test_multilabel_head_by_hand():
    head = identity(MultiLabelHead(2, 2, generator(), "max", threshold=0.6))
    logits = head(STATES, LENGTHS)  # [[3, 0], [−1, 4]]
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    # −log σ(3), −log σ(0), −log σ(1), −log σ(4), averaged over the four cells.
    expected = sum(math.log1p(math.exp(-z)) for z in (3, 0, 1, 4)) / 4
    assert head.loss(logits, targets).item() == pytest.approx(expected, rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [[1, 0], [0, 1]]  # σ(0) = 0.5 < 0.6


@pytest.mark.parametrize("head", [TokenHead(2, 2, generator()),
                                  TextHead(2, 2, generator(), "mean")], ids=["token", "text"])
def test_a_batch_without_labels_costs_nothing(head):
    logits = head(STATES, LENGTHS)
    targets = torch.full(logits.shape[:-1], ABSENT)
    assert head.loss(logits, targets).item() == 0
