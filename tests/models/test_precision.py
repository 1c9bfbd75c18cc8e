import pytest
import torch

from taskrel.models import precision
from taskrel.models.precision import arithmetic, has_bfloat16


@pytest.mark.parametrize(
    ("asked", "there", "used"),
    [
        (torch.float32, True, torch.float32),
        (torch.float32, False, torch.float32),
        (torch.bfloat16, True, torch.bfloat16),
        (torch.bfloat16, False, torch.float32),
    ],
)
def test_bfloat16_where_it_is_asked_for_and_there(asked, there, used, monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: there)
    x = torch.ones(2, 2)
    with arithmetic(x, asked):
        assert (x @ x).dtype == used


def test_the_question_is_answered_and_draws_nothing():
    has_bfloat16.cache_clear()
    before = torch.get_rng_state()
    assert has_bfloat16("cpu") in (True, False)
    assert torch.equal(before, torch.get_rng_state())


def test_no_is_the_answer_where_torch_fails(monkeypatch):
    def fails(*_):
        raise RuntimeError("could not create a primitive descriptor")

    has_bfloat16.cache_clear()
    monkeypatch.setattr(torch.nn.LSTM, "forward", fails)
    assert not has_bfloat16("cpu")
    has_bfloat16.cache_clear()
