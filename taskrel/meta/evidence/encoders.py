"""Encoders of an evidence's auxiliary tasks, in one file of its folder: ``encoders.safetensors``.

With them a new main task has scores on each auxiliary's encoder, and can be trained from each of
them, with no auxiliary corpus at hand. Weights are in half precision. Only encoders that read
frozen states ship: they are small, and have no word table.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.io.paths import atomic
from taskrel.meta.evidence.evidence import Evidence
from taskrel.meta.evidence.find import STORE
from taskrel.study.runs.part import SEEDS
from taskrel.study.store.encoders import load_encoder
from taskrel.study.store.store import Store
from taskrel.training.result import Encoder

NAME = "encoders.safetensors"
#: (auxiliary, seed) → encoder.
Encoders = dict[tuple[str, int], Encoder]


def encoders_of(evidence: Evidence, study: Path) -> Encoders:
    """Encoders of an evidence's auxiliaries: in its folder, or in that of the study it comes from.

    Of the first `SEEDS` seeds; empty where the recipe's encoders have a word table.
    """
    store = study if study.is_file() else study / STORE
    if evidence.folder or not store.exists() or "states" not in evidence.recipe:
        return read_encoders(evidence)
    auxs = evidence.auxiliaries or tuple(evidence.tasks.index)
    (recipe,) = evidence.recipes
    with Store.read(store) as opened:
        digest = next(digest for digest, name, _ in opened.recipes() if name == recipe)
        folder, runs = opened.path.parent / "encoders", opened.single_runs(digest)
    seeds = sorted({seed for _, seed in runs})[:SEEDS]
    found = {
        (task, seed): folder / f"{identity}.safetensors"
        for (task, seed), identity in sorted(runs.items())
        if task in auxs and seed in seeds
    }
    return {key: load_encoder(file) for key, file in found.items() if file.exists()}


def write_encoders(folder: Path, encoders: Encoders) -> None:
    """Write the file, in half precision; without encoders, a file that was there is deleted."""
    from safetensors.numpy import save_file

    path = folder / NAME
    if not encoders:
        path.unlink(missing_ok=True)
        return
    tensors = {
        f"{aux}/{seed}/{name}": weights.astype(np.float16)
        for (aux, seed), encoder in encoders.items()
        for name, weights in encoder.weights.items()
    }
    with atomic(path) as temporary:
        save_file(tensors, temporary)


def has_encoders(evidence: Evidence) -> bool:
    """Whether an evidence comes with encoders."""
    return evidence.folder is not None and (evidence.folder / NAME).exists()


def read_encoders(evidence: Evidence) -> Encoders:
    """The encoders in the folder of an evidence, in single precision; empty where it has none.

    Raises `EvidenceError` where the file is damaged, or is about other tasks.
    """
    path = evidence.folder and evidence.folder / NAME
    if path is None or not path.exists():
        return {}
    found: dict[tuple[str, int], dict[str, np.ndarray]] = {}
    for key, weights in _tensors(path).items():
        aux, seed, name = [*key.split("/", 2), "", ""][:3]
        if aux not in evidence.tasks.index or not seed.isdecimal() or not name:
            raise EvidenceError(
                f"{path}: expected tensors named task/seed/weight, of the evidence's tasks, found "
                f"{key!r}; get the file again, or delete it"
            )
        found.setdefault((aux, int(seed)), {})[name] = weights.astype(np.float32)
    none = np.empty(0, np.uint64), np.empty((0, 0), np.float32)
    return {key: Encoder(*none, weights) for key, weights in sorted(found.items())}


def _tensors(path: Path) -> Mapping[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as e:
        raise EvidenceError(
            f"{path}: cannot be read ({e}); get the file again, or delete it"
        ) from None
