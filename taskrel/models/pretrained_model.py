"""A model of the library transformers and its tokenizer, loaded from a folder and nothing else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from taskrel.errors import RecipeError, VectorsError
from taskrel.tasks.words.pretrained import first_line

#: Fields of the library's configurations, by what they drop out.
HIDDEN = ("hidden_dropout_prob", "hidden_dropout", "dropout", "embedding_dropout", "mlp_dropout")
ATTENTION = ("attention_probs_dropout_prob", "attention_dropout")


def load_model(path: Path, dropout: float | None) -> tuple[nn.Module, Any]:
    """Load the model, its dropout of attention weights off, and its tokenizer.

    dropout : of hidden states; None: as the model's configuration says

    Raises `VectorsError` where the folder holds no whole model, `RecipeError` where
    the model has no dropout to set.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    # Code that comes with a model is never run, nor asked about on the terminal.
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
    except Exception as e:  # on a damaged file the libraries raise whatever they like
        raise VectorsError(
            f"transformer {path}: expected a model that the library transformers "
            f"can read, found none ({first_line(e)}); get its folder again, or "
            "name another one"
        ) from None
    lacking = {*report["missing_keys"], *(key for key, *_ in report["mismatched_keys"])}
    lacking = sorted(k for k in lacking if not k.startswith("pooler."))
    if lacking:
        raise VectorsError(
            f"transformer {path}: expected the weights of the whole encoder in the "
            f"shapes of config.json, found none for {lacking[0]}, the first of "
            f"{len(lacking)}; get its folder again, or name another one"
        )
    model.pooler = None  # summarises a text for tasks of its own; never read here
    return model, tokenizer


def _set_dropout(config: Any, p: float | None, path: Path) -> None:
    """Switch off dropout of attention weights; hidden states are dropped at rate `p`."""
    hidden = [name for name in HIDDEN if hasattr(config, name)]
    if p and not hidden:
        raise RecipeError(
            f"recipe: field 'encoder.dropout': found {p}, but a "
            f"{config.model_type} ({path}) has no dropout to set; leave it out"
        )
    for name in hidden if p is not None else ():
        setattr(config, name, p)
    for name in ATTENTION:
        if hasattr(config, name):
            setattr(config, name, 0.0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's notes and progress bars off the terminal."""
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
