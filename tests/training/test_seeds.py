import numpy as np
import torch

from taskrel.training.seeds import numpy_stream, torch_stream


def test_streams_differ_by_seed_and_purpose_and_repeat():
    draws = {
        (seed, purpose): numpy_stream(seed, *purpose).random()
        for seed in (0, 1)
        for purpose in (("batches", "a"), ("batches", "b"), ("batchesa",))
    }
    assert len(set(draws.values())) == 6
    assert draws[1, ("batches", "b")] == numpy_stream(1, "batches", "b").random()


def test_torch_streams_leave_the_global_state_alone():
    before = torch.get_rng_state()
    a = torch.rand(3, generator=torch_stream(0, "encoder"))
    b = torch.rand(3, generator=torch_stream(0, "encoder"))
    assert torch.equal(a, b)
    assert not torch.equal(a, torch.rand(3, generator=torch_stream(0, "words")))
    assert torch.equal(before, torch.get_rng_state())
    assert isinstance(numpy_stream(0, "x"), np.random.Generator)
