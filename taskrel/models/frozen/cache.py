"""Frozen states, each split computed once and kept in the cache folder in half precision."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from taskrel.io.paths import atomic, cache_folder
from taskrel.models.frozen.basis import Basis, basis_of
from taskrel.models.frozen.compute import FrozenModel
from taskrel.models.precision import has_bfloat16
from taskrel.tasks.task import Split


@dataclass(frozen=True)
class Frozen:
    """What states are computed with.

    path : folder of the model; sha256 : its checksum
    layer : number of the layer, from 1; None: the last; negative: so many below the last
    dims : principal components that are kept; None: all features
    bfloat16 : compute in bfloat16 where the processor supports it
    pieces : states of all pieces of a text with its marks, not of its words
    """

    path: Path
    sha256: str
    layer: int | None = None
    dims: int | None = None
    bfloat16: bool = False
    pieces: bool = False

    def states(self, words: tuple[str, ...], split: Split) -> np.ndarray:
        """States of all tokens of `split`, float16 (n_tokens, D), from the cache if they are there.

        With `pieces`, those of all pieces, text by text, float16 (n_pieces, D).

        words : what the codes of ``split.tokens`` stand for
        """
        kept = cache_folder() / "states" / f"{self._key(words, split)}.npy"
        try:
            return np.load(kept, mmap_mode="r")
        except (OSError, ValueError, EOFError):
            pass  # not there, or damaged: computed again
        with atomic(kept) as temporary:
            np.save(temporary, self.computed(words, split))
        return np.load(kept, mmap_mode="r")

    def computed(self, words: tuple[str, ...], split: Split) -> np.ndarray:
        """The same, computed and not kept."""
        model = _model(self)
        states = (model.of_texts if self.pieces else model.of_words)(words, split)
        if self.dims is not None:
            states = _basis(self).project(states, self.dims)
        return states.astype(np.float16)

    @property
    def precision(self) -> torch.dtype:
        """Precision of the model's arithmetic on this machine."""
        return torch.bfloat16 if self.bfloat16 and has_bfloat16("cpu") else torch.float32

    def _key(self, words: tuple[str, ...], split: Split) -> str:
        """SHA-256 of all that the states depend on."""
        basis = _basis(self).components[:, : self.dims].tobytes() if self.dims else b""
        digest = hashlib.sha256(
            f"1 {self.sha256} {self.layer} {self.precision} {self.dims}".encode() + basis
        )
        if self.pieces:
            digest.update(b"pieces")
        # By the words themselves: the same texts have other codes in a smaller task.
        used, rows = np.unique(split.tokens, return_inverse=True)
        digest.update("\n".join(words[code] for code in used).encode("utf-8", "surrogatepass"))
        for array in (rows.astype("<i8"), split.offsets.astype("<i8")):
            digest.update(array.tobytes())
        return digest.hexdigest()


@lru_cache(maxsize=1)
def _model(frozen: Frozen) -> FrozenModel:
    return FrozenModel(frozen.path, frozen.layer, frozen.precision)


@lru_cache(maxsize=1)
def _basis(frozen: Frozen) -> Basis:
    return basis_of(frozen.path, frozen.sha256, frozen.layer, frozen.dims or 0)
