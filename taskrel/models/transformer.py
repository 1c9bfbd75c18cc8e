"""Transformer encoder: from words to one state per word, read from pre-trained weights.

It needs the extra ``transformers`` and reads that library's encoders: BERT, RoBERTa,
DistilBERT, ALBERT, ELECTRA, DeBERTa, MPNet, ModernBERT and their like. Pairs of encoder
and decoder (T5, BART), models that drop out by torch's global random state (GPT-2, XLM)
and models that bring code of their own are refused.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from taskrel.errors import VectorsError
from taskrel.models.dropout import Dropout
from taskrel.models.encoders.stack import Level, Stack
from taskrel.models.pieces import Pieces
from taskrel.models.precision import arithmetic
from taskrel.models.pretrained_model import load_model
from taskrel.tasks.words.pretrained import first_line


class Transformer(Stack):
    """Pre-trained transformer that is trained on.

    A word's state is that of its first piece, as BERT's own tagger takes it
    (Devlin et al. 2019, section 5.3).

    Parameters
    ----------
    path : folder of the model, see `tasks.pretrained`
    words : rows of the run's vocabulary; row 0 is padding, row 1 the unknown word
    generator : of dropout. The library's own dropout draws from torch's global state,
        so its layers are replaced, and dropout of attention weights, which happens
        inside a fused kernel, is off.
    dropout : of hidden states; None: as the model's configuration says
    precision : arithmetic of the layers; weights and states stay float32
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
        self.pieces = Pieces(tokenizer, words, _longest(self.model, tokenizer))
        dropouts = _own_dropout(self.model)
        # The library's model computes them all at once; these say what comes out.
        self.levels = tuple(map(Level, _try(self.model, path)))
        for layer in dropouts:  # from here on: a trial leaves the run's draws alone
            layer.generator = generator

    def forward(
        self, tokens: torch.Tensor, lengths: torch.Tensor, depth: int | None = None
    ) -> list[torch.Tensor]:
        """Return one float32 tensor (B, T, W) a level, lowest first.

        tokens : (B, T), rows of the vocabulary; lengths : (B,); depth : levels wanted.
        States behind a text's end are meaningless; words beyond the longest text that
        the model can read have the state of the last word read.
        """
        read = self.pieces(tokens, lengths)
        with arithmetic(tokens, self.precision):
            levels = self.model(
                input_ids=read.pieces, attention_mask=read.mask, output_hidden_states=True
            ).hidden_states[1:]
        rows = torch.arange(len(tokens), device=tokens.device)[:, None]
        return [level[rows, read.first].float() for level in levels[:depth]]


def _longest(model: nn.Module, tokenizer) -> int:
    """Number of pieces that the model has positions for."""
    # RoBERTa's positions start behind that of padding.
    embeddings = getattr(model, "embeddings", None)
    offset = getattr(embeddings, "padding_idx", None)
    positions = getattr(model.config, "max_position_embeddings", None) or 0
    if positions <= 0:  # relative positions, as many as one likes
        return min(tokenizer.model_max_length, torch.iinfo(torch.int32).max)
    return min(positions - (0 if offset is None else offset + 1), tokenizer.model_max_length)


def _own_dropout(model: nn.Module) -> list[Dropout]:
    """Replace the library's dropout layers by ones that draw from a generator; return these."""
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
    """Width of each level's states, of a model that reads two pieces as `Transformer` asks it to.

    Raises `VectorsError` where it cannot, or draws from torch's global random state:
    runs would not repeat.
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
            f"{what}, which does not give states for pieces alone "
            f"({first_line(e)}); name another model"
        ) from None
    if drawn or shapes != {(1, 2)}:
        why = (
            "draws dropout from torch's global random state, so that runs would not repeat"
            if drawn
            else "does not give one state for each piece"
        )
        raise VectorsError(f"{what}, which {why}; name another model")
    return [level.shape[-1] for level in levels]
