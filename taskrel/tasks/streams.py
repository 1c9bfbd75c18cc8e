"""Random streams, one per purpose, so that adding a purpose disturbs no other.

A stream is named by what it serves ("head", task name), never by an order, so
that what a task or a word draws does not depend on what it is trained beside.
"""

import hashlib

import numpy as np


def entropy(seed: int, purpose: tuple[str, ...]) -> list[int]:
    """What a generator of this seed and purpose is made from."""
    digest = hashlib.sha256("\0".join(purpose).encode()).digest()[:16]
    return [seed, int.from_bytes(digest, "little")]


def numpy_stream(seed: int, *purpose: str) -> np.random.Generator:
    """NumPy generator of this seed and purpose."""
    return np.random.default_rng(entropy(seed, purpose))


def word_stream(seed: int, word: str) -> np.random.Generator:
    """Generator of one word's first vector; a counter-based one, made in microseconds."""
    key = hashlib.blake2b(f"{seed} {word}".encode("utf-8", "surrogatepass"), digest_size=16)
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key.digest(), "little")))
