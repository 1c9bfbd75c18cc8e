"""Hashes of words, which are kept in place of words where the text must not be kept."""

import hashlib
from collections.abc import Iterable

import numpy as np


def word_hashes(words: Iterable[str]) -> np.ndarray:
    """BLAKE2b of each word, uint64 array (n,); the same on every machine."""
    digests = (
        hashlib.blake2b(w.encode("utf-8", "surrogatepass"), digest_size=8).digest() for w in words
    )
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
