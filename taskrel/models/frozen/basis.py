"""The fixed projection of a frozen model's states: their principal components.

It has to be the same in every study, so that encoders that read the states can be handed on.
For all-MiniLM-L6-v2 it is shipped, fitted to texts of the shipped cards; for any other model it
is fitted to the pieces of the model's own vocabulary, each read as a text, and kept in the
cache folder.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from taskrel.errors import RecipeError, VectorsError
from taskrel.io.paths import atomic, cache_folder
from taskrel.models.frozen.compute import FrozenModel
from taskrel.models.pieces import Sequences, marks

SHIPPED = Path(__file__).with_name("bases")
#: Every so many pieces of a vocabulary are read.
_STEP = 8
_BATCH = 256


class Basis(NamedTuple):
    """Mean float32 (W,) and components float32 (W, K) of states, the largest variance first."""

    mean: np.ndarray
    components: np.ndarray

    def project(self, states: np.ndarray, dims: int) -> np.ndarray:
        """Coordinates float32 (n, dims) of states (n, W)."""
        return (states - self.mean) @ self.components[:, :dims]


def principal_components(states: np.ndarray) -> Basis:
    """Fit a basis to states (n, W); the sign of a component is that of its largest entry."""
    mean = states.mean(0, dtype=np.float64)
    _, vectors = np.linalg.eigh(np.cov(states.astype(np.float64) - mean, rowvar=False))
    vectors = vectors[:, ::-1]
    largest = vectors[np.abs(vectors).argmax(0), np.arange(vectors.shape[1])]
    return Basis(mean.astype(np.float32), (vectors * np.sign(largest)).astype(np.float32))


def basis_of(path: Path, sha256: str, layer: int | None, dims: int) -> Basis:
    """The basis of a model's states; raises `RecipeError` where it has fewer than `dims`.

    path : folder of the model; sha256 : its checksum
    """
    name = f"{sha256[:16]}-{layer or 'last'}.safetensors"
    found = _read(SHIPPED / name) or _read(cache_folder() / "bases" / name)
    if found is None:
        found = principal_components(vocabulary_states(FrozenModel(path, layer)))
        save_basis(found, cache_folder() / "bases" / name)
    if dims > found.components.shape[1]:
        raise RecipeError(
            f"recipe: field 'states.dims': expected at most {found.components.shape[1]} for "
            f"{path}, found {dims}; leave it out for all features"
        )
    return found


def save_basis(basis: Basis, path: Path) -> None:
    """Write a basis in half precision, completely or not at all."""
    from safetensors.numpy import save_file

    with atomic(path) as temporary:
        save_file({k: v.astype(np.float16) for k, v in basis._asdict().items()}, temporary)


def _read(path: Path) -> Basis | None:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not path.exists():
        return None
    try:
        found = load_file(path)
        return Basis(*(found[name].astype(np.float32) for name in Basis._fields))
    except (OSError, KeyError, SafetensorError) as e:
        raise VectorsError(
            f"projection {path}: cannot be read ({e}); delete the file, and it is made again"
        ) from None


def vocabulary_states(model: FrozenModel) -> np.ndarray:
    """States (n, W) of pieces of the model's vocabulary, each of them a text."""
    tokenizer = model.tokenizer
    ids = sorted({*tokenizer.get_vocab().values()} - {*tokenizer.all_special_ids})
    begin, end = marks(tokenizer)
    found = []
    for part in torch.tensor(ids[::_STEP]).split(_BATCH):
        around = (torch.tensor(mark).repeat(len(part), 1) for mark in (begin, end))
        before, behind = (mark.long() for mark in around)
        batch = torch.cat([before, part[:, None], behind], 1)
        mask = torch.ones_like(batch)
        read = Sequences(batch, mask, mask[:, :0], mask[:, :0], None)
        found.append(model.of_pieces(read, typed=False)[:, len(begin)].numpy())
    return np.concatenate(found)
