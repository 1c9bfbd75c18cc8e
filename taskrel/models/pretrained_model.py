"""A model of the library transformers and its tokenizer, loaded from a local folder."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from taskrel.errors import RecipeError, VectorsError
from taskrel.tasks.words.pretrained import first_line

#: Fields for dropout in the library's configurations: of hidden states, of attention weights.
HIDDEN = ("hidden_dropout_prob", "hidden_dropout", "dropout", "embedding_dropout", "mlp_dropout")
ATTENTION = ("attention_probs_dropout_prob", "attention_dropout")


def load_model(path: Path, dropout: float | None) -> tuple[nn.Module, Any]:
    """Load the model, without dropout of attention weights, and its tokenizer.

    dropout : rate for hidden states; None: that of the model's configuration

    Raises `VectorsError` if the folder has no complete model, `RecipeError` if the model
    has no dropout that can be set.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    # Code of a model is never run, and the user is not asked about it.
    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        with _quiet(), torch.random.fork_rng(devices=[]):
            config = AutoConfig.from_pretrained(path, **local)
            _set_dropout(config, dropout, path)
            model, report = AutoModel.from_pretrained(
                path,
                config=config,
                use_safetensors=True,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                **local,
            )
            tokenizer = AutoTokenizer.from_pretrained(path, **local)
    except RecipeError:
        raise
    except Exception as e:  # libraries raise many types of errors for damaged files
        raise VectorsError(
            f"transformer {path}: expected a model that the library transformers can read, "
            f"found none ({first_line(e)}); get its folder again, or name another model"
        ) from None
    lacking = {*report["missing_keys"], *(key for key, *_ in report["mismatched_keys"])}
    lacking = sorted(k for k in lacking if not k.startswith("pooler."))
    if lacking:
        raise VectorsError(
            f"transformer {path}: expected all weights of the encoder in the shapes of "
            f"config.json, found none for {lacking[0]}, the first of {len(lacking)}; get its "
            "folder again, or name another model"
        )
    model.pooler = None  # not used
    return model, tokenizer


def _set_dropout(config: Any, p: float | None, path: Path) -> None:
    """Switch off dropout of attention weights, and set that of hidden states to `p`."""
    hidden = [name for name in HIDDEN if hasattr(config, name)]
    if p and not hidden:
        raise RecipeError(
            f"recipe: field 'encoder.dropout': found {p}, but the dropout of a "
            f"{config.model_type} ({path}) cannot be set; leave it out"
        )
    for name in hidden if p is not None else ():
        setattr(config, name, p)
    for name in ATTENTION:
        if hasattr(config, name):
            setattr(config, name, 0.0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Switch off the library's notes and progress bars."""
    from transformers.utils import logging as notes

    level, bars = notes.get_verbosity(), notes.is_progress_bar_enabled()
    notes.set_verbosity(logging.ERROR)
    notes.disable_progress_bar()
    try:
        yield
    finally:
        notes.set_verbosity(level)
        if bars:
            notes.enable_progress_bar()
