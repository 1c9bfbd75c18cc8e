import math

import pytest
import torch
from torch import nn

from taskrel.models.heads import (
    MultiLabelHead,
    RegressionHead,
    SigmoidTextHead,
    TextHead,
    TokenHead,
    pool,
)
from taskrel.models.projection import dense
from taskrel.tasks.task import ABSENT

STATES = torch.tensor(
    [[[1.0, -2.0], [3.0, 0.0], [9.0, 9.0]], [[-1.0, 4.0], [9.0, 9.0], [9.0, 9.0]]]
)
LENGTHS = torch.tensor([2, 1])
#: Unit vectors of two labels: straight ahead, and up.
AIMS = torch.tensor([[1.0, 0.0], [0.0, 1.0]])


def generator():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("max", [[3.0, 0.0], [-1.0, 4.0]]),
        ("mean", [[2.0, -1.0], [-1.0, 4.0]]),
    ],
)
def test_pooling_ignores_padding(how, expected):
    assert pool(STATES, LENGTHS, how).tolist() == expected


def identity(head):
    """Make the projection the identity, so that logits are the states themselves."""
    with torch.no_grad():
        head.project.weight.copy_(torch.eye(2))
        head.project.bias.zero_()
    return head


def test_token_head_by_hand():
    head = identity(TokenHead(dense(2, 2, generator())))
    logits = head(STATES, LENGTHS)
    targets = torch.tensor([[0, ABSENT, ABSENT], [0, ABSENT, ABSENT]])
    # −log softmax: log(1 + e^(−2 − 1)) and log(1 + e^(4 + 1)), averaged over two tokens.
    expected = (math.log1p(math.exp(-3)) + math.log1p(math.exp(5))) / 2
    assert head.loss(logits, targets).item() == pytest.approx(expected, rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [0, 0, 1]


def test_text_head_by_hand():
    head = identity(TextHead(dense(2, 2, generator()), "max"))
    logits = head(STATES, LENGTHS)
    assert head.loss(logits, torch.tensor([1, ABSENT])).item() == pytest.approx(
        math.log1p(math.exp(3)), rel=1e-6
    )
    assert head.predict(logits, LENGTHS).tolist() == [0, 1]


def test_multilabel_head_by_hand():
    head = identity(MultiLabelHead(dense(2, 2, generator()), "max", threshold=0.6))
    logits = head(STATES, LENGTHS)  # [[3, 0], [−1, 4]]
    targets = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    # −log σ(3), −log σ(0), −log σ(1), −log σ(4), averaged over the four cells.
    expected = sum(math.log1p(math.exp(-z)) for z in (3, 0, 1, 4)) / 4
    assert head.loss(logits, targets).item() == pytest.approx(expected, rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [[1, 0], [0, 1]]  # σ(0) = 0.5 < 0.6


@pytest.mark.parametrize(("total", "factor"), [(False, 1), (True, 2)])
def test_sigmoid_head_by_hand(total, factor):
    head = identity(SigmoidTextHead(dense(2, 2, generator()), "max", total=total))
    logits = head(STATES, LENGTHS)  # [[3, 0], [−1, 4]]
    # gold label 1: −log(1 − σ(3)) and −log σ(0), averaged over the two labels
    expected = (math.log1p(math.exp(3)) + math.log1p(math.exp(0))) / 2
    loss = head.loss(logits, torch.tensor([1, ABSENT])).item()
    assert loss == pytest.approx(factor * expected, rel=1e-6)
    assert head.predict(logits, LENGTHS).tolist() == [0, 1]


def test_multilabel_losses_are_summed_over_the_labels_if_asked_for():
    mean, total = (
        identity(MultiLabelHead(dense(2, 2, generator()), "max", 0.5, total=t))
        for t in (False, True)
    )
    logits, targets = mean(STATES, LENGTHS), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert total.loss(logits, targets).item() == pytest.approx(
        2 * mean.loss(logits, targets).item()
    )


#: −log softmax of the texts [3, 0] with gold 1 and [−1, 4] with gold 0.
FIRST, SECOND = math.log1p(math.exp(3)), math.log1p(math.exp(5))
#: The same as a yes or no for each label, averaged over the labels.
FIRST_S = (math.log1p(math.exp(3)) + math.log(2)) / 2
SECOND_S = (math.log1p(math.exp(1)) + math.log1p(math.exp(4))) / 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TextHead, (10 * FIRST + 2 * SECOND) / 2),
        (SigmoidTextHead, (10 * FIRST_S + 2 * SECOND_S) / 2),
    ],
)
def test_class_weights_count_by_gold_label_and_are_no_part_of_the_mean(kind, expected):
    head = identity(kind(dense(2, 2, generator()), "max", weights=torch.tensor([2.0, 10.0])))
    loss = head.loss(head(STATES, LENGTHS), torch.tensor([1, 0])).item()
    assert loss == pytest.approx(expected, rel=1e-6)


def test_class_weights_of_a_tagger_and_of_many_labels():
    weights = torch.tensor([2.0, 10.0])
    tagger = identity(TokenHead(dense(2, 2, generator()), weights=weights))
    targets = torch.tensor([[0, 1, ABSENT], [ABSENT, ABSENT, ABSENT]])
    # tokens [1, −2] with gold 0 and [3, 0] with gold 1
    expected = (2 * math.log1p(math.exp(-3)) + 10 * math.log1p(math.exp(3))) / 2
    loss = tagger.loss(tagger(STATES, LENGTHS), targets).item()
    assert loss == pytest.approx(expected, rel=1e-6)
    many = identity(MultiLabelHead(dense(2, 2, generator()), "max", 0.5, weights=weights))
    # [3, 0] and [−1, 4]: a yes for label 1 weighs ten times, a no for label 0 once
    expected = (
        math.log1p(math.exp(3))
        + 10 * math.log(2)
        + math.log1p(math.exp(-1))
        + 10 * math.log1p(math.exp(-4))
    ) / 4
    loss = many.loss(many(STATES, LENGTHS), torch.tensor([[0.0, 1.0], [0.0, 1.0]])).item()
    assert loss == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("weights", [None, torch.tensor([2.0, 10.0])], ids=["equal", "weighted"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (TokenHead, ()),
        (TextHead, ("mean",)),
        (SigmoidTextHead, ("mean",)),
        (RegressionHead, (AIMS, None)),
        (RegressionHead, (AIMS, "mean")),
    ],
)
def test_a_batch_without_labels_costs_and_teaches_nothing(kind, options, weights):
    head = kind(dense(2, 2, generator()), *options, weights=weights)
    states = STATES.clone().requires_grad_()
    logits = head(states, LENGTHS)
    targets = torch.full(logits.shape[:-1], ABSENT)
    loss = head.loss(logits, targets)
    loss.backward()
    assert loss.item() == 0
    for gradient in (states.grad, head.project.weight.grad, head.project.bias.grad):
        assert not gradient.any()  # nor NaN, which is true


def test_regression_per_text_by_hand():
    head = identity(RegressionHead(dense(2, 2, generator()), AIMS, "max"))
    found = head(STATES, LENGTHS)
    a, b, c = math.tanh(3), math.tanh(-1), math.tanh(4)
    assert found.flatten().tolist() == pytest.approx([a, 0, b, c])
    # aims [0, 1] and [1, 0], summed over two dimensions, averaged over two texts
    expected = (a**2 + 1 + (b - 1) ** 2 + c**2) / 2
    assert head.loss(found, torch.tensor([1, 0])).item() == pytest.approx(expected)
    assert head.loss(found, torch.tensor([1, ABSENT])).item() == pytest.approx(a**2 + 1)
    assert head.predict(found, LENGTHS).tolist() == [[0, 1], [1, 0]]


def test_regression_per_token_by_hand():
    head = identity(RegressionHead(dense(2, 2, generator()), AIMS, None))
    found = head(STATES, LENGTHS)  # tanh of [1, −2], [3, 0] | [−1, 4]
    targets = torch.tensor([[0, ABSENT, ABSENT], [1, ABSENT, ABSENT]])
    expected = (
        (math.tanh(1) - 1) ** 2 + math.tanh(2) ** 2 + math.tanh(1) ** 2 + (math.tanh(4) - 1) ** 2
    ) / 2
    assert head.loss(found, targets).item() == pytest.approx(expected)
    assert head.predict(found, LENGTHS).tolist() == [[0, 1], [0, 1], [1, 0]]


def test_regression_weighs_labels():
    head = identity(
        RegressionHead(dense(2, 2, generator()), AIMS, "max", weights=torch.tensor([2.0, 10.0]))
    )
    found = torch.zeros(2, 2)  # a squared distance of 1 from either aim
    assert head.loss(found, torch.tensor([0, 1])).item() == pytest.approx((2 * 1 + 10 * 1) / 2)


def test_the_four_nearest_labels_by_cosine_in_blocks(monkeypatch):
    vectors = nn.functional.normalize(torch.randn(9, 2, generator=generator()))
    head = RegressionHead(dense(2, 2, generator()), vectors, "max")
    found = torch.randn(7, 2, generator=generator()) * torch.logspace(-3, 0, 7)[:, None]
    cosine = nn.functional.cosine_similarity(found[:, None], vectors[None], dim=-1)
    expected = cosine.argsort(1, descending=True)[:, :4].tolist()
    for rows in (100, 3):
        monkeypatch.setattr("taskrel.models.heads._ROWS", rows)
        assert head.predict(found, LENGTHS).tolist() == expected


class Counted(nn.Module):
    """In place of self-attention: each word's state times its position, from 1."""

    def forward(self, states, lengths):
        return states * torch.arange(1, states.shape[1] + 1)[:, None]


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        (TokenHead, (), [[[1, -2], [6, 0], [27, 27]], [[-1, 4], [18, 18], [27, 27]]]),
        (TextHead, ("mean",), [[3.5, -1], [-1, 4]]),
        (SigmoidTextHead, ("max",), [[6, 0], [-1, 4]]),
        (MultiLabelHead, ("max", 0.5), [[6, 0], [-1, 4]]),
    ],
)
def test_attention_stands_before_pooling_and_projection(kind, options, expected):
    head = identity(kind(dense(2, 2, generator()), *options, attend=Counted()))
    assert head(STATES, LENGTHS).tolist() == expected
