"""Random streams: one for each purpose, so that a new purpose does not change the others.

A stream is named by its purpose ("head", name of the task), never by its order, so that
the draws of a task or a word do not depend on the other tasks of a run.
"""

import hashlib

import numpy as np


def entropy(seed: int, purpose: tuple[str, ...]) -> list[int]:
    """Entropy from which a generator of this seed and purpose is made."""
    digest = hashlib.sha256("\0".join(purpose).encode()).digest()[:16]
    return [seed, int.from_bytes(digest, "little")]


def numpy_stream(seed: int, *purpose: str) -> np.random.Generator:
    """NumPy generator of this seed and purpose."""
    return np.random.default_rng(entropy(seed, purpose))


def word_stream(seed: int, word: str) -> np.random.Generator:
    """Generator of one word's initial vector; counter-based, because it is made in microseconds."""
    key = hashlib.blake2b(f"{seed} {word}".encode("utf-8", "surrogatepass"), digest_size=16)
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key.digest(), "little")))
