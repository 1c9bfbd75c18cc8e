"""Token states of a frozen transformer: from texts to one vector for each word."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from taskrel.errors import RecipeError
from taskrel.models.pieces import Pieces, Sequences
from taskrel.models.precision import arithmetic
from taskrel.models.pretrained_model import load_model
from taskrel.models.transformer import longest_input
from taskrel.tasks.task import Split
from taskrel.tasks.words.vocabulary import PAD

#: Words of a batch, padding included.
_BATCH = 2048


class FrozenModel:
    """A pre-trained model that computes states and is not trained.

    path : folder of the model
    layer : number of the layer whose states are read, from 1; None: the last; negative: so many
        below the last
    precision : precision of its arithmetic; bfloat16 only where the device supports it
    """

    def __init__(self, path: Path, layer: int | None, precision: torch.dtype = torch.float32):
        self.model, self.tokenizer = load_model(path, 0.0)
        self.model.eval()
        layers = getattr(self.model.config, "num_hidden_layers", None)
        if layer is not None and layers is not None:
            _check_layer(path, layers, layer)
        self.layer = layer if layer is None or layer > 0 else layer - 1
        self.precision = precision
        self.longest = longest_input(self.model, self.tokenizer)

    @torch.no_grad()
    def of_pieces(self, read: Sequences, *, typed: bool) -> torch.Tensor:
        """States (B, S, W) of the pieces of a batch, marks included."""
        types = {"token_type_ids": read.types} if typed else {}
        with arithmetic(read.pieces, self.precision):
            out = self.model(
                input_ids=read.pieces,
                attention_mask=read.mask,
                output_hidden_states=self.layer is not None,
                **types,
            )
        found = out.last_hidden_state if self.layer is None else out.hidden_states[self.layer]
        return found.float()

    def of_words(self, words: Sequence[str], split: Split) -> np.ndarray:
        """States of all tokens of a split, float32 (n_tokens, W), in the order of its tokens.

        A word's state is the mean of those of its pieces. Words behind the longest text that
        the model can read have the state of the last word before.

        words : what the codes of ``split.tokens`` stand for
        """
        found: list[np.ndarray] = [np.empty(0)] * len(split)
        for examples, read, states in self._batches(words, split):
            for row, i in zip(mean_of_words(states, read).numpy(), examples, strict=True):
                found[i] = row[: split.lengths[i]]
        return np.concatenate(found)

    def of_texts(self, words: Sequence[str], split: Split) -> np.ndarray:
        """States of all pieces of a split, marks included, float32 (n_pieces, W), text by text."""
        found: list[np.ndarray] = [np.empty(0)] * len(split)
        for examples, read, states in self._batches(words, split):
            for row, n, i in zip(states.numpy(), read.mask.sum(1), examples, strict=True):
                found[i] = row[:n]
        return np.concatenate(found)

    def _batches(
        self, words: Sequence[str], split: Split
    ) -> Iterator[tuple[np.ndarray, Sequences, torch.Tensor]]:
        """Yield numbers of texts, their pieces, and the states (B, S, W) of these."""
        used, rows = np.unique(split.tokens, return_inverse=True)
        names = ("<pad>", "<unknown>", *(words[code] for code in used))
        pieces = Pieces(self.tokenizer, names, self.longest)
        typed = pieces.typed and getattr(self.model.config, "type_vocab_size", 0) > 1
        tokens, starts, lengths = torch.from_numpy(rows + 2), split.offsets, split.lengths
        order = np.argsort(-lengths, kind="stable")
        begin = 0
        while begin < len(order):
            # The longest first: there is little padding, and long texts come in small batches.
            size = max(1, _BATCH // max(int(lengths[order[begin]]), 1))
            examples = order[begin : begin + size]
            begin += size
            batch = nn.utils.rnn.pad_sequence(
                [tokens[starts[i] : starts[i + 1]] for i in examples], True, PAD
            )
            read = pieces(batch, torch.from_numpy(lengths[examples]))
            yield examples, read, self.of_pieces(read, typed=typed)


def _check_layer(path: Path, layers: int, layer: int) -> None:
    """Raise `RecipeError` for a layer that a model of so many layers does not have."""
    if layer > layers:
        raise RecipeError(
            f"recipe: field 'states.layer': {path} has {layers} layers, found {layer}; "
            "leave it out for the last one"
        )
    if -layer > layers:
        raise RecipeError(
            f"recipe: field 'encoder.trained': {path} has {layers} layers, found {-layer}; "
            "leave it out to train them all"
        )


def mean_of_words(states: torch.Tensor, read: Sequences) -> torch.Tensor:
    """Mean state (B, T, W) of each word's pieces, from the states (B, S, W) of all pieces."""
    total = torch.cat([torch.zeros_like(states[:, :1]), states.cumsum(1)], 1)  # (B, S + 1, W)
    count = read.count.clamp(min=1)
    rows = torch.arange(len(states))[:, None]
    sums = total[rows, read.first + count] - total[rows, read.first]
    return sums / count[..., None]
