"""Encoders of single-task runs, kept next to the store: ``encoders/<identity>.safetensors``.

They are a cache for features of pairs, and transfer starts from them: a finished run whose file
is missing can be trained again, to the same weights. A file has numbers and hashes of words, no
text.
"""

from pathlib import Path

from taskrel.errors import StoreError
from taskrel.io.paths import atomic
from taskrel.study.runs.plan import Run
from taskrel.training.result import Encoder

_HASHES, _ROWS, _WEIGHTS = "hashes", "rows", "encoder."


def encoder_path(folder: Path, run: Run) -> Path:
    """Path of the encoder of `run` in the study's folder."""
    return kept_path(folder, run.identity)


def kept_path(folder: Path, name: str) -> Path:
    """Path of an encoder of this name in the study's folder."""
    return folder / "encoders" / f"{name}.safetensors"


def save_encoder(path: Path, encoder: Encoder) -> None:
    """Write an encoder completely or not at all; raises `StoreError` where that fails."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    tensors = {_WEIGHTS + name: w for name, w in encoder.weights.items()}
    tensors |= {_HASHES: encoder.hashes, _ROWS: encoder.rows}
    try:
        with atomic(path) as temporary:
            save_file(tensors, temporary)
    except (OSError, SafetensorError) as e:
        raise StoreError(
            f"encoder {path}: cannot be written ({e}); what was finished before is kept"
        ) from None


def load_encoder(path: Path) -> Encoder:
    """Read an encoder; raises `StoreError` where its file is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        hashes, rows = tensors.pop(_HASHES), tensors.pop(_ROWS)
    except (OSError, KeyError, SafetensorError) as e:
        raise StoreError(
            f"encoder {path}: cannot be read ({e}); delete the file, and taskrel run makes it again"
        ) from None
    # Files of earlier versions have a head, too.
    weights = {k.removeprefix(_WEIGHTS): w for k, w in tensors.items() if k.startswith(_WEIGHTS)}
    return Encoder(hashes, rows, weights)
