"""Pairs of texts are read as the tokenizer itself reads two texts."""

import random

import pytest
import torch
from made_transformer import MODELS, tiny_transformer
from transformers import AutoModel, AutoTokenizer, BertTokenizer

from taskrel.models.pieces import Pieces, first_read
from taskrel.models.transformer import Transformer
from taskrel.tasks.text import PAIR_SEPARATOR

TEXTS = ["the cook fried the fish", "a waiter served cold soup", "the fish was cold", "soupy cook"]
SPELT = sorted({w for text in TEXTS for w in text.split()})
WORDS = ("<pad>", "<unknown>", PAIR_SEPARATOR, *SPELT)


def rows(*texts):
    """Padded rows (B, T) of these texts, and their lengths."""
    coded = [[WORDS.index(w) for w in text.split()] for text in texts]
    size = max(map(len, coded))
    return (
        torch.tensor([c + [0] * (size - len(c)) for c in coded]),
        torch.tensor([len(c) for c in coded]),
    )


def made_pairs(n, seed=0):
    draw = random.Random(seed)
    return [
        tuple(" ".join(draw.choices(SPELT, k=draw.randint(1, 9))) for _ in range(2))
        for _ in range(n)
    ]


@pytest.mark.parametrize("longest", [64, 12, 9])
@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_a_pair_is_the_tokenizers_own_encoding(tmp_path, kind, longest):
    tokenizer = AutoTokenizer.from_pretrained(tiny_transformer(tmp_path, TEXTS, kind))
    pieces = Pieces(tokenizer, WORDS, longest)
    pairs = made_pairs(50)
    read = pieces(*rows(*(f"{a} {PAIR_SEPARATOR} {b}" for a, b in pairs)))
    for i, (a, b) in enumerate(pairs):
        expected = tokenizer(
            a, b, truncation="longest_first", max_length=longest, return_token_type_ids=True
        )
        size = len(expected["input_ids"])
        assert read.pieces[i, :size].tolist() == expected["input_ids"]
        assert read.mask[i].tolist() == [1] * size + [0] * (read.mask.shape[1] - size)
        if kind == "bert":
            assert read.types[i, :size].tolist() == expected["token_type_ids"]
            assert not read.types[i, size:].any()
    assert (read.types is None) == (kind == "roberta")


def test_a_pair_by_hand():
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "fish", "##y"]
    tokenizer = BertTokenizer(vocab={piece: i for i, piece in enumerate(vocabulary)})
    pieces = Pieces(tokenizer, ("<pad>", "<unknown>", PAIR_SEPARATOR, "fish", "fishy", "the"), 9)
    # the fishy | fish; the | (blank); a single text
    tokens = torch.tensor([[5, 4, 2, 3], [5, 2, 0, 0], [4, 5, 0, 0]])
    read = pieces(tokens, torch.tensor([4, 2, 2]))
    assert read.pieces.tolist() == [
        [2, 5, 6, 7, 3, 6, 3],
        [2, 5, 3, 3, 0, 0, 0],
        [2, 6, 7, 5, 3, 0, 0],
    ]
    assert read.types.tolist() == [[0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 0, 0, 0], [0] * 7]
    assert read.first.tolist()[0] == [1, 2, 4, 5]
    assert read.first.tolist()[1][:2] == [1, 2]
    # A tokenizer's own special pieces cannot come out of a text.
    assert tokenizer("the fishy", "fish")["input_ids"] == read.pieces[0].tolist()


def test_words_behind_the_cut_have_the_place_of_the_last_one_of_their_text(tmp_path):
    tokenizer = AutoTokenizer.from_pretrained(tiny_transformer(tmp_path, TEXTS))
    pieces = Pieces(tokenizer, WORDS, 9)  # room for six pieces and three marks
    n = int(pieces.counts[WORDS.index("the")])
    read = pieces(*rows(f"{' '.join(['the'] * 9)} {PAIR_SEPARATOR} {' '.join(['the'] * 8)}"))
    before, behind = read.first[0, :9].tolist(), read.first[0, 10:].tolist()
    kept = -(-3 // n)
    assert before == [*range(1, 4, n), *[1 + n * (kept - 1)] * (9 - kept)]
    assert read.first[0, 9] == 4
    assert behind == [*range(5, 8, n), *[5 + n * (kept - 1)] * (8 - kept)]


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_states_of_a_pair_are_the_librarys_own(tmp_path, kind):
    """With types where the model has types; a single text in the batch is read as ever."""
    folder = tiny_transformer(tmp_path, TEXTS, kind)
    ours = Transformer(folder, WORDS, torch.Generator()).eval()
    model, tokenizer = (
        AutoModel.from_pretrained(folder).eval(),
        AutoTokenizer.from_pretrained(folder),
    )
    assert ours.typed == (kind == "bert")
    with torch.no_grad():
        states = ours(*rows(f"{TEXTS[0]} {PAIR_SEPARATOR} {TEXTS[2]}", TEXTS[1]))[-1]
        for i, texts in enumerate([(TEXTS[0], TEXTS[2]), (TEXTS[1],)]):
            read = tokenizer(*texts, return_tensors="pt", return_token_type_ids=ours.typed)
            expected = model(**read).last_hidden_state[0]
            torch.testing.assert_close(states[i, 0], expected[1], rtol=1e-4, atol=1e-5)


def test_a_tokenizer_without_pairs_gets_its_mark_of_an_end(tmp_path):
    tokenizer = AutoTokenizer.from_pretrained(tiny_transformer(tmp_path, TEXTS, "roberta"))
    tokenizer.backend_tokenizer.post_processor = None
    pieces = Pieces(tokenizer, WORDS, 32)
    assert pieces.flat[pieces.starts[2] :][: pieces.counts[2]].tolist() == [tokenizer.sep_token_id]


@pytest.mark.parametrize(
    ("first", "second", "room", "read"),
    [
        (3, 4, 7, 3),
        (9, 2, 7, 5),
        (2, 9, 7, 2),
        (9, 9, 7, 3),
        (8, 9, 7, 3),  # of an odd room the longer text has the larger half
        (9, 0, 7, 7),
        (0, 9, 7, 0),
        (5, 5, -1, 0),
    ],
)
def test_the_longer_text_is_cut_first(first, second, room, read):
    assert first_read(*(torch.tensor([n]) for n in (first, second, room))).tolist() == [read]
