"""The folder of a saved model: written whole or not at all, and checked when it is read.

===================  ==================================================================
model.json           what it is, see `parts.Saved`
weights.safetensors  its weights; no other format is read, since nothing of a folder is executed
words.json           words of its word table, if it has one
README.md            one page for people
===================  ==================================================================
"""

import json
from pathlib import Path

import numpy as np

from taskrel.errors import DataError
from taskrel.io.json import read_json
from taskrel.io.paths import atomic, writable_folder
from taskrel.training.saved.page import page
from taskrel.training.saved.parts import SCHEMA, Saved
from taskrel.training.saved.train import Kept

NAME, WEIGHTS, WORDS, PAGE = "model.json", "weights.safetensors", "words.json", "README.md"
MORE = "more"
REMEDY = "get the folder again, or save the model again"


def write_model(kept: Kept, folder: Path) -> None:
    """Write a trained model; model.json last, as an unfinished folder is no model.

    Raises `UsageError` where the folder cannot be written.
    """
    from safetensors.numpy import save_file

    folder = writable_folder(folder)
    for stale in (NAME, WORDS):
        (folder / stale).unlink(missing_ok=True)
    tensors = {name: np.ascontiguousarray(array) for name, array in kept.weights.items()}
    if len(kept.more):
        tensors[MORE] = kept.more
    with atomic(folder / WEIGHTS) as path:
        save_file(tensors, path)
    if kept.words:
        with atomic(folder / WORDS) as path:
            path.write_text(json.dumps(kept.words, ensure_ascii=False) + "\n", encoding="utf-8")
    with atomic(folder / PAGE) as path:
        path.write_text(page(kept.saved), encoding="utf-8")
    with atomic(folder / NAME) as path:
        path.write_text(
            json.dumps(kept.saved.plain(), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
            encoding="utf-8",
        )


def read_model(folder: Path) -> tuple[Saved, dict[str, np.ndarray], tuple[str, ...]]:
    """All about a model, its weights, and the words of its table.

    Raises `DataError` where a file is missing, damaged or newer than this code.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not folder.is_dir():
        raise DataError(f"model {folder}: no such folder; taskrel search --save writes one")
    raw = read_json(folder / NAME, dict, DataError, REMEDY)
    if isinstance(raw.get("schema"), int) and raw["schema"] > SCHEMA:
        raise DataError(
            f"{folder / NAME}: written by a newer taskrel (schema {raw['schema']}, this one knows "
            f"{SCHEMA}); update taskrel"
        )
    saved = read_json(folder / NAME, Saved, DataError, REMEDY)
    try:
        weights = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError) as e:
        raise DataError(f"{folder / WEIGHTS}: cannot be read ({e}); {REMEDY}") from None
    words: tuple[str, ...] = ()
    if (folder / WORDS).exists():
        words = read_json(folder / WORDS, tuple[str, ...], DataError, REMEDY)
    return saved, weights, words
