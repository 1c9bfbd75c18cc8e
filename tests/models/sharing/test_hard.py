import pytest
import torch
from torch import nn

from taskrel.models.dropout import Dropout
from taskrel.models.encoders.lstm import LSTM
from taskrel.models.sharing import HardSharing, Read

TOKENS, LENGTHS = torch.tensor([[2, 3, 4], [5, 2, 0]]), torch.tensor([3, 2])


class States(nn.Module):
    """A head whose logits are what it reads."""

    def forward(self, states, lengths):
        return states


def model(reads=None, dropout=0.0):
    generator = torch.Generator().manual_seed(0)
    words = nn.Embedding.from_pretrained(torch.randn(6, 3, generator=generator), freeze=False)
    return HardSharing(
        words,
        LSTM(3, 4, 2, generator),
        [States(), States(), States()],
        Dropout(dropout, generator),
        reads,
    )


def test_without_reads_all_heads_read_the_top():
    shared = model()
    top = shared.encoder(shared.words(TOKENS), LENGTHS)[-1]
    for task in range(3):
        assert torch.equal(shared(task, TOKENS, LENGTHS), top)


def test_each_head_reads_the_features_of_its_level():
    shared = model([Read(1, 4), Read(0, 4), Read(0, 2)])
    lowest, top = shared.encoder(shared.words(TOKENS), LENGTHS)
    found = shared.states([2, 0, 1], TOKENS, LENGTHS)
    assert all(map(torch.equal, found, (lowest[..., :2], top, lowest)))


def test_what_tasks_share_is_computed_once_dropout_included():
    shared = model([Read(1, 4), Read(0, 4), Read(1, 4)], dropout=0.5)
    calls = []
    shared.encoder.register_forward_hook(lambda *_: calls.append(1))
    main, _, other = shared.states([0, 1, 2], TOKENS, LENGTHS)
    assert main is other and (main == 0).any()
    assert calls == [1]


@pytest.mark.parametrize(("task", "untouched"), [(0, []), (1, ["levels.1"])])
def test_levels_above_those_read_are_left_alone(task, untouched):
    shared = model([Read(1, 4), Read(0, 4), Read(0, 4)])
    shared(task, TOKENS, LENGTHS).sum().backward()
    found = {name[:8] for name, p in shared.encoder.named_parameters() if p.grad is None}
    assert sorted(found) == untouched
