import numpy as np
import torch
from made_transformer import tiny_transformer

from taskrel.models.frozen import pieces as module
from taskrel.models.frozen.pieces import PieceStates, PieceTable
from taskrel.models.pieces import Pieces

WORDS = ("<pad>", "<unknown>", "fish", "the", "waiter")


def test_rows_and_where_the_pieces_of_each_text_start(tmp_path, monkeypatch):
    from transformers import AutoTokenizer

    monkeypatch.setattr(module, "_BATCH", 1)  # several batches
    tokenizer = AutoTokenizer.from_pretrained(tiny_transformer(tmp_path, ["the fish waiter"]))
    pieces = Pieces(tokenizer, WORDS, 32)
    n = pieces.counts.tolist()
    assert n[2:] == [1, 1, 6]  # longer words are spelt letter by letter
    # "the fish", "waiter" | "fish the the"
    first = PieceStates(np.array([3, 2, 4]), np.array([0, 2, 3]), np.zeros((4 + 8, 5), np.float16))
    second = PieceStates(np.array([2, 3, 3]), np.array([0, 3]), np.ones((5, 5), np.float16))
    table = PieceTable(WORDS, [first, second])
    assert table.rows(0).tolist() == [1, 2, 3] and table.rows(1).tolist() == [4, 5, 6]
    assert table.word.tolist() == [0, 3, 2, 4, 2, 3, 3]
    # Row 0 is padding; both texts of the first split begin with a mark, at 1 and at 1 + 4.
    assert table.starts(pieces).tolist() == [0, 1, 1, 5, 13, 13, 13]
    assert table.states(torch.tensor([[13, 17]])).tolist() == [[[1.0] * 5] * 2]
