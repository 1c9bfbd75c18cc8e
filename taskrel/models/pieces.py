"""Words as subword pieces, and texts as the sequences of pieces that a transformer reads."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn


class Sequences(NamedTuple):
    """A batch of texts as pieces.

    pieces : int64 (B, S), start mark, pieces, end mark, padding
    mask : int64 (B, S), 0 for padding, else 1
    first : int64 (B, T), position of each word's first piece
    """

    pieces: torch.Tensor
    mask: torch.Tensor
    first: torch.Tensor


class Pieces(nn.Module):
    """Pieces of all words of a run's vocabulary, each word tokenised separately.

    Each word is tokenised with a blank before it, as inside a text: for a byte-level
    tokenizer (RoBERTa), a word without a blank continues another word.

    Parameters
    ----------
    tokenizer : Hugging Face tokenizer
    words : rows of the vocabulary; row 0 is padding, row 1 the unknown word
    longest : largest number of pieces that the model can read, with marks
    """

    def __init__(self, tokenizer, words: Sequence[str], longest: int):
        super().__init__()
        unknown = tokenizer.unk_token_id if tokenizer.unk_token_id is not None else 0
        spelt = _spell(tokenizer, words[2:]) if len(words) > 2 else []
        # A control character may have no piece; padding is never read.
        ids = [[unknown], [unknown], *([*piece] or [unknown] for piece in spelt)]
        counts = torch.tensor([len(piece) for piece in ids])
        self.register_buffer("flat", torch.tensor([p for piece in ids for p in piece]), False)
        self.register_buffer("counts", counts, False)
        self.register_buffer("starts", counts.cumsum(0) - counts, False)
        self.begin, self.end = _marks(tokenizer)
        self.pad = tokenizer.pad_token_id or 0
        self.room = longest - len(self.begin) - len(self.end)

    def forward(self, tokens: torch.Tensor, lengths: torch.Tensor) -> Sequences:
        """Sequences of the words `tokens` (B, T), rows of the vocabulary.

        Texts that are too long are cut; words behind the cut get the position of the last
        word before it.
        """
        (n, width), device = tokens.shape, tokens.device
        inside = torch.arange(width, device=device) < lengths[:, None]
        counts = self.counts[tokens] * inside  # (B, T)
        before = counts.cumsum(1) - counts  # pieces of the text before each word
        read = counts.sum(1).clamp(max=self.room)  # (B,)

        each = counts.flatten()
        word = torch.arange(n * width, device=device).repeat_interleave(each)  # of each piece
        nth = torch.arange(len(word), device=device) - (each.cumsum(0) - each)[word]
        column = before.flatten()[word] + nth
        kept = column < self.room
        word, nth, column = word[kept], nth[kept], column[kept]

        size = len(self.begin) + int(read.max()) + len(self.end)
        pieces = torch.full((n, size), self.pad, device=device)
        for i, mark in enumerate(self.begin):
            pieces[:, i] = mark
        pieces[word // width, len(self.begin) + column] = self.flat[
            self.starts[tokens.flatten()[word]] + nth
        ]
        rows = torch.arange(n, device=device)
        for i, mark in enumerate(self.end):
            pieces[rows, len(self.begin) + read + i] = mark
        total = read + len(self.begin) + len(self.end)
        mask = (torch.arange(size, device=device) < total[:, None]).long()
        seen = torch.where(inside & (before < self.room), before, 0)
        return Sequences(pieces, mask, len(self.begin) + seen.cummax(1).values)


def _spell(tokenizer, words: Sequence[str], marks: bool = False) -> list[list[int]]:
    # Half of a surrogate pair, which JSON may have and no tokenizer accepts, becomes "?".
    texts = [" " + word.encode("utf-8", "replace").decode() for word in words]
    return tokenizer(texts, add_special_tokens=marks, verbose=False)["input_ids"]


def _marks(tokenizer) -> tuple[list[int], list[int]]:
    """Pieces that the tokenizer puts before and behind a text, such as [CLS] and [SEP]."""
    (plain,), (marked,) = _spell(tokenizer, "a"), _spell(tokenizer, "a", marks=True)
    at = next(i for i in range(len(marked)) if marked[i : i + len(plain)] == plain)
    return marked[:at], marked[at + len(plain) :]
