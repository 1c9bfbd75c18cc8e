"""Building a saved model: its weights, and what the rows of its batches stand for."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from taskrel.errors import DataError, RecipeError, VectorsError
from taskrel.io.paths import data_folder
from taskrel.models.frozen.table import StateTable
from taskrel.models.pieces import Pieces
from taskrel.models.pretrained_model import load_model
from taskrel.models.sharing import GatedSharing, Sharing
from taskrel.models.transformer import longest_input
from taskrel.tasks.words.pretrained import Pretrained, find_pretrained
from taskrel.tasks.words.vectors import spellings
from taskrel.tasks.words.vocabulary import UNKNOWN, Vocabulary, spelt_vocabulary
from taskrel.training.build import build_model
from taskrel.training.inputs import frozen_of
from taskrel.training.recipes.recipe import Recipe, Transformer
from taskrel.training.saved.files import MORE, REMEDY
from taskrel.training.saved.parts import Saved


class WordRows:
    """Rows of the word table of a saved model."""

    def __init__(self, about: Saved, words: tuple[str, ...]):
        self.words = words
        n_table = len(words) - about.n_more
        pretrained = range(UNKNOWN + 1, UNKNOWN + 1 + about.n_pretrained)
        self.n_pretrained = about.n_pretrained
        self._vectors = {words[i]: i for i in (*pretrained, *range(n_table, len(words)))}
        self._learned = {words[i]: i for i in range(pretrained.stop, n_table)}
        self.n_table = n_table

    def rows(self, words: Sequence[str]) -> np.ndarray:
        """The row of each word, int64; that of unknown words where it has none."""
        return np.array([self._row(word) for word in words], np.int64)

    def _row(self, word: str) -> int:
        for form in spellings(word):
            if form in self._vectors:
                return self._vectors[form]
        return self._learned.get(word.lower(), UNKNOWN)


def pretrained_of(about: Saved, recipe: Recipe, where: str) -> Pretrained | None:
    """The pre-trained model that it reads; None where it reads words."""
    if not (recipe.states or isinstance(recipe.encoder, Transformer)):
        return None
    name = recipe.states.model if recipe.states else recipe.encoder.model
    found = find_pretrained(name, data_folder(None))
    if found.sha256 != about.checksum:
        raise VectorsError(
            f"{where}: it reads the pre-trained model {name} with the checksum {about.checksum}, "
            f"found {found.sha256}; install the version that it was trained with"
        )
    return found


def built_model(
    about: Saved,
    recipe: Recipe,
    pretrained: Pretrained | None,
    weights: dict[str, np.ndarray],
    words: WordRows,
    where: str,
) -> Sharing:
    """The model with its weights, in evaluation mode."""
    more, vectors = weights.pop(MORE, None), weights.pop("vectors", None)
    tasks = [stub.task() for stub in about.tasks]
    own = about.index
    tensors = {name: torch.from_numpy(array) for name, array in weights.items()}
    try:
        table = _table(about, recipe, pretrained, words, weights)
        model = build_model(tasks, table, recipe, about.seed, pretrained=pretrained)
        state = model.load_state_dict(tensors, strict=False)
        lacking = [
            k
            for k in state.missing_keys
            if not k.startswith("heads.") or k.startswith(f"heads.{own}.")
        ]
        if lacking or state.unexpected_keys:
            name = (lacking or state.unexpected_keys)[0]
            raise ValueError(f"weight {name!r} is {'missing' if lacking else 'not expected'}")
        if vectors is not None:
            model.heads[own].vectors = torch.from_numpy(vectors)
        if more is not None:
            _extend(model, torch.from_numpy(more).float())
    except (RuntimeError, ValueError, KeyError, IndexError, RecipeError) as e:
        raise DataError(f"{where}: its files do not fit together ({e}); {REMEDY}") from None
    return model.eval()


def _table(
    about: Saved,
    recipe: Recipe,
    pretrained: Pretrained | None,
    words: WordRows,
    weights: dict[str, np.ndarray],
) -> Vocabulary | StateTable:
    """A table of the right size, for building the model."""
    frozen = frozen_of(recipe, pretrained)
    if frozen is not None:
        return StateTable([np.zeros((1, about.width), np.float16)])
    if isinstance(recipe.encoder, Transformer):
        return spelt_vocabulary([])
    (first, *_) = (array for name, array in sorted(weights.items()) if name.startswith("words."))
    return Vocabulary(
        words.words[: words.n_table],
        np.zeros((words.n_pretrained, first.shape[1]), np.float32),
        (),
        (),
    )


def _extend(model: Sharing, more: torch.Tensor) -> None:
    """Add vectors of further words to each word table."""
    for module in model.modules():
        if isinstance(module, nn.Embedding) and module.sparse:
            rows = torch.cat([module.weight.detach(), more])
            module.weight = nn.Parameter(rows, requires_grad=False)


def set_table(model: Sharing, table: StateTable) -> None:
    """Let the model read the states of a table."""
    if isinstance(model, GatedSharing):
        model.words = nn.ModuleList([table] * len(model.words))
    else:
        model.words = table


def set_pieces(model: Sharing, pretrained: Pretrained, vocabulary: Vocabulary) -> None:
    """Let a transformer read the pieces of these words."""
    encoder = model.encoder
    tokenizer = _tokenizer(pretrained.path)
    encoder.pieces = Pieces(tokenizer, vocabulary.words, longest_input(encoder.model, tokenizer))


@lru_cache(maxsize=4)
def _tokenizer(path: Path) -> Any:
    """The tokeniser of a transformer; its weights are read along, and left."""
    return load_model(path, None)[1]
