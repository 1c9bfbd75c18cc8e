"""Random streams of a run: one per purpose, so that adding a purpose disturbs no other.

A stream is named by what it serves ("heads", task name), never by an order, so
that a pair gives the same result whichever of its tasks is named first.
"""

import hashlib

import numpy as np
import torch


def _entropy(seed: int, purpose: tuple[str, ...]) -> list[int]:
    digest = hashlib.sha256("\0".join(purpose).encode()).digest()[:16]
    return [seed, int.from_bytes(digest, "little")]


def numpy_stream(seed: int, *purpose: str) -> np.random.Generator:
    """NumPy generator of this seed and purpose."""
    return np.random.default_rng(_entropy(seed, purpose))


def torch_stream(seed: int, *purpose: str, device: str = "cpu") -> torch.Generator:
    """Torch generator of this seed and purpose, on `device`."""
    state = np.random.SeedSequence(_entropy(seed, purpose)).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))
