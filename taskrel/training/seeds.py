"""Random streams of a run: those of `tasks.streams`, and torch generators."""

import numpy as np
import torch

from taskrel.tasks.streams import entropy, numpy_stream, word_stream


def torch_stream(seed: int, *purpose: str, device: str = "cpu") -> torch.Generator:
    """Torch generator of this seed and purpose, on `device`."""
    state = np.random.SeedSequence(entropy(seed, purpose)).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))


__all__ = ["numpy_stream", "torch_stream", "word_stream"]
