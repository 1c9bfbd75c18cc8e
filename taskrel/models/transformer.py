"""Transformer encoder with pre-trained weights: from words to one state per word.

It needs the extra ``transformers`` and reads that library's encoders: BERT, RoBERTa,
DistilBERT, ALBERT, ELECTRA, DeBERTa, MPNet, ModernBERT and similar ones. Encoder-decoder
models (T5, BART), models whose dropout draws from torch's global random state (GPT-2,
XLM) and models with their own code are refused.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from taskrel.errors import VectorsError
from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.pieces import Pieces, Sequences
from taskrel.models.precision import arithmetic
from taskrel.models.pretrained_model import load_model
from taskrel.tasks.words.pretrained import first_line


class Transformer(Stack):
    """Pre-trained transformer, which is fine-tuned.

    A word's state is that of its first piece, as in BERT's tagger (Devlin et al. 2019,
    section 5.3).

    Parameters
    ----------
    path : folder of the model, see `tasks.words.pretrained`
    words : rows of the run's vocabulary; row 0 is padding, row 1 the unknown word
    generator : generator of dropout. The library's dropout draws from torch's global
        state; its layers are therefore replaced, and dropout of attention weights, which
        happens inside a fused kernel, is off.
    dropout : rate for hidden states; None: that of the model's configuration
    precision : precision of the layers' arithmetic; weights and states are float32
    """

    def __init__(
        self,
        path: Path,
        words: Sequence[str],
        generator: torch.Generator,
        *,
        dropout: float | None = None,
        precision: torch.dtype = torch.float32,
    ):
        super().__init__()
        self.precision = precision
        self.model, tokenizer = load_model(path, dropout)
        self.pieces = Pieces(tokenizer, words, longest_input(self.model, tokenizer))
        # DistilBERT has no types of texts; RoBERTa has one.
        self.typed = self.pieces.typed and getattr(self.model.config, "type_vocab_size", 0) > 1
        dropouts = _own_dropout(self.model)
        # The library's model computes all levels; these have the widths of their states.
        self.levels = tuple(map(Level, _try(self.model, path)))
        for layer in dropouts:  # after the trial, which must not draw from it
            layer.generator = generator

    def forward(
        self, tokens: torch.Tensor, lengths: torch.Tensor, depth: int | None = None
    ) -> list[torch.Tensor]:
        """Return a float32 tensor (B, T, W) for each level, lowest first.

        tokens : (B, T), rows of the vocabulary; lengths : (B,); depth : number of levels.
        States behind a text's end are meaningless. In a text that is too long for the
        model, the words behind the cut have the state of the last word before it.
        """
        read = self.pieces(self._words(tokens), lengths)
        with arithmetic(tokens, self.precision):
            levels = self.model(
                **self._inputs(tokens, read), attention_mask=read.mask, output_hidden_states=True
            ).hidden_states[1:]
        rows = torch.arange(len(tokens), device=tokens.device)[:, None]
        return [level[rows, read.first].float() for level in levels[:depth]]

    def _words(self, tokens: torch.Tensor) -> torch.Tensor:
        """Rows of the vocabulary (B, T) of a batch."""
        return tokens

    def _inputs(self, tokens: torch.Tensor, read: Sequences) -> dict[str, torch.Tensor]:
        """What the library's model reads of the batch `tokens`, whose pieces are `read`."""
        return {"input_ids": read.pieces} | ({"token_type_ids": read.types} if self.typed else {})


def longest_input(model: nn.Module, tokenizer) -> int:
    """Largest number of pieces that the model can read."""
    # RoBERTa's positions start after that of padding.
    embeddings = getattr(model, "embeddings", None)
    offset = getattr(embeddings, "padding_idx", None)
    positions = getattr(model.config, "max_position_embeddings", None) or 0
    if positions <= 0:  # relative positions: any number
        return min(tokenizer.model_max_length, torch.iinfo(torch.int32).max)
    return min(positions - (0 if offset is None else offset + 1), tokenizer.model_max_length)


def _own_dropout(model: nn.Module) -> list[Dropout]:
    """Replace the library's dropout layers by layers with a generator, and return these."""
    layers = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Dropout)
    ]
    own = [Dropout(child.p, torch.Generator()) for _, _, child in layers]
    for (parent, name, _), layer in zip(layers, own, strict=True):
        setattr(parent, name, layer)
    return own


def _try(model: nn.Module, path: Path) -> list[int]:
    """Run the model on two pieces, and return the width of each level's states.

    Raises `VectorsError` if the model fails, or draws from torch's global random state,
    so that runs could not be repeated.
    """
    kind = model.config.model_type
    what = f"transformer {path}: expected an encoder such as BERT, found a {kind}"
    model.train()
    try:
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            before = torch.get_rng_state()
            ones = torch.ones(1, 2, dtype=torch.long)
            levels = model(
                input_ids=ones, attention_mask=ones, output_hidden_states=True
            ).hidden_states[1:]
            drawn = not torch.equal(before, torch.get_rng_state())
        shapes = {tuple(level.shape[:2]) for level in levels}
    except Exception as e:  # what the library raises depends on the architecture
        raise VectorsError(
            f"{what}, which cannot compute states from pieces alone ({first_line(e)}); name "
            "another model"
        ) from None
    if drawn or shapes != {(1, 2)}:
        why = (
            "draws dropout from torch's global random state, so that runs could not be repeated"
            if drawn
            else "does not give one state for each piece"
        )
        raise VectorsError(f"{what}, which {why}; name another model")
    return [level.shape[-1] for level in levels]
