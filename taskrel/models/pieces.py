"""Words as subword pieces, and texts as the sequences of pieces that a transformer reads.

A pair of texts becomes what the tokenizer makes of two texts, such as [CLS] A [SEP] B [SEP].
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from taskrel.tasks.text import PAIR_SEPARATOR


class Sequences(NamedTuple):
    """A batch of texts as pieces.

    pieces : int64 (B, S), start mark, pieces, end mark, padding
    mask : int64 (B, S), 0 for padding, else 1
    first : int64 (B, T), position of each word's first piece
    count : int64 (B, T), number of each word's pieces that are read
    types : int64 (B, S), 1 for the second text of a pair and its end mark, else 0; None where
        the tokenizer does not tell the two apart, and where no word is a separator
    """

    pieces: torch.Tensor
    mask: torch.Tensor
    first: torch.Tensor
    count: torch.Tensor
    types: torch.Tensor | None


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
        self.begin, self.end = marks(tokenizer)
        self.separator, self.typed = -1, False
        if PAIR_SEPARATOR in words:
            self.separator = words.index(PAIR_SEPARATOR)
            ids[self.separator], self.typed = _pair_marks(tokenizer, unknown)
        self.middle = len(ids[self.separator])
        counts = torch.tensor([len(piece) for piece in ids])
        self.register_buffer("flat", torch.tensor([p for piece in ids for p in piece]), False)
        self.register_buffer("counts", counts, False)
        self.register_buffer("starts", counts.cumsum(0) - counts, False)
        self.pad = tokenizer.pad_token_id or 0
        self.room = longest - len(self.begin) - len(self.end)

    def forward(self, tokens: torch.Tensor, lengths: torch.Tensor) -> Sequences:
        """Sequences of the words `tokens` (B, T), rows of the vocabulary.

        Texts that are too long are cut; words behind the cut get the position of the last
        word before it. Of a pair the longer text is cut first, as by the tokenizer.
        """
        (n, width), device = tokens.shape, tokens.device
        inside = torch.arange(width, device=device) < lengths[:, None]
        counts = self.counts[tokens] * inside  # (B, T)
        second = (tokens == self.separator).cumsum(1) > 0  # the separator and all behind it
        total, first = counts.sum(1), (counts * ~second).sum(1)  # (B,), pieces of both texts, of A
        middle = self.middle * (first < total)  # (B,), 0 for a single text
        read_first = first_read(first, total - first - middle, self.room - middle)
        read = (total - first + read_first).clamp(max=self.room)  # (B,)
        limit = torch.where(second, self.room, read_first[:, None])
        # Pieces that are read before each word, if it is read itself.
        before = counts.cumsum(1) - counts - (first - read_first)[:, None] * second

        each = counts.flatten()
        word = torch.arange(n * width, device=device).repeat_interleave(each)  # of each piece
        nth = torch.arange(len(word), device=device) - (each.cumsum(0) - each)[word]
        column = before.flatten()[word] + nth
        kept = column < limit.flatten()[word]
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
        at, end = torch.arange(size, device=device), read + len(self.begin) + len(self.end)
        mask = (at < end[:, None]).long()
        start = torch.where(first < total, len(self.begin) + read_first + middle, end)
        types = mask * (at >= start[:, None]) if self.typed else None
        place, word = torch.where(inside & (before < limit), before, -1).cummax(1)
        count = torch.minimum(counts, limit - before).gather(1, word)
        return Sequences(pieces, mask, len(self.begin) + place, count, types)


def first_read(first: torch.Tensor, second: torch.Tensor, room: torch.Tensor) -> torch.Tensor:
    """How much of the first text of each pair is read, int64 (B,).

    The longer text is cut until both are of one length, then both are: "longest first" of the
    library tokenizers. So neither text vanishes because the other is long.

    first, second, room : int64 (B,), lengths of both texts and what there is room for
    """
    half = room // 2
    cut = torch.where(
        first <= second, torch.minimum(first, half), room - torch.minimum(second, half)
    )
    return torch.where(first + second <= room, first, cut).clamp(min=0)


def _spell(tokenizer, words: Sequence[str], marks: bool = False) -> list[list[int]]:
    # Half of a surrogate pair, which JSON may have and no tokenizer accepts, becomes "?".
    texts = [" " + word.encode("utf-8", "replace").decode() for word in words]
    return tokenizer(texts, add_special_tokens=marks, verbose=False)["input_ids"]


def marks(tokenizer) -> tuple[list[int], list[int]]:
    """Pieces that the tokenizer puts before and behind a text, such as [CLS] and [SEP]."""
    (plain,), (marked,) = _spell(tokenizer, "a"), _spell(tokenizer, "a", marks=True)
    at = next(i for i in range(len(marked)) if marked[i : i + len(plain)] == plain)
    return marked[:at], marked[at + len(plain) :]


def _pair_marks(tokenizer, unknown: int) -> tuple[list[int], bool]:
    """Pieces that the tokenizer puts between two texts, and whether it gives the second type 1.

    Where it puts none there, its mark for the end of a part or of a text, else `unknown`.
    """
    (plain,) = _spell(tokenizer, "a")
    # Some tokenizers know types, but give them on demand only.
    read = tokenizer([" a"], [" a"], return_token_type_ids=True, verbose=False)
    (pieces,), (types,) = read["input_ids"], read["token_type_ids"]
    first, second = (i for i in range(len(pieces)) if pieces[i : i + len(plain)] == plain)
    marks = (tokenizer.sep_token_id, tokenizer.eos_token_id, unknown)
    between = pieces[first + len(plain) : second]
    return between or [next(m for m in marks if m is not None)], 1 in types
