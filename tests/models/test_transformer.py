import json

import pytest
import torch
from made_transformer import MODELS, tiny_transformer
from safetensors.torch import load_file, save_file

from taskrel.errors import RecipeError, VectorsError
from taskrel.models.dropout import Dropout
from taskrel.models.pieces import Pieces
from taskrel.models.transformer import Transformer

TEXTS = ["the cook fried the fish", "a waiter served cold soup", "the fish was cold", "soupy cook"]
WORDS = ("<pad>", "<unknown>", *sorted({w for text in TEXTS for w in text.split()}))


def rows(*texts):
    """Padded rows (B, T) of these texts, and their lengths."""
    coded = [[WORDS.index(w) if w in WORDS else 1 for w in text.split()] for text in texts]
    size = max(map(len, coded))
    return (
        torch.tensor([c + [0] * (size - len(c)) for c in coded]),
        torch.tensor([len(c) for c in coded]),
    )


def library(name):
    """A class of transformers, which is imported late since that takes seconds."""
    import transformers

    return getattr(transformers, name)


@pytest.fixture(params=sorted(MODELS))
def folder(request, tmp_path):
    return tiny_transformer(tmp_path, TEXTS, request.param)


def encoder(folder, words=WORDS, **options):
    return Transformer(folder, words, torch.Generator().manual_seed(0), **options)


def test_states_are_the_librarys_own_at_first_pieces(folder):
    ours = encoder(folder).eval()
    model = library("AutoModel").from_pretrained(folder).eval()
    tokenizer = library("AutoTokenizer").from_pretrained(folder, add_prefix_space=True)
    with torch.no_grad():
        levels = ours(*rows(*TEXTS))
    assert len(levels) == 2 and ours.out == 16
    for i, text in enumerate(TEXTS):
        read = tokenizer(text.split(), is_split_into_words=True, return_tensors="pt")
        first = [read.word_ids().index(w) for w in range(len(text.split()))]
        with torch.no_grad():
            expected = model(
                input_ids=read["input_ids"],
                attention_mask=read["attention_mask"],
                output_hidden_states=True,
            ).hidden_states[1:]
        for ours_level, level in zip(levels, expected, strict=True):
            torch.testing.assert_close(
                ours_level[i, : len(first)], level[0, first], rtol=1e-4, atol=1e-5
            )


def test_pieces_by_hand(tmp_path):
    pieces = encoder(tiny_transformer(tmp_path, TEXTS)).pieces
    spelt = library("AutoTokenizer").from_pretrained(tmp_path).convert_tokens_to_ids
    cls, sep, pad, unknown = map(spelt, ("[CLS]", "[SEP]", "[PAD]", "[UNK]"))

    def of(word):
        row = WORDS.index(word)
        return pieces.flat[pieces.starts[row] :][: pieces.counts[row]].tolist()

    read = pieces(*rows("soupy fish", "never"))
    assert len(of("soupy")) > 1
    assert read.pieces.tolist() == [
        [cls, *of("soupy"), *of("fish"), sep],
        [cls, unknown, sep] + [pad] * (len(of("soupy")) + len(of("fish")) - 1),
    ]
    assert read.mask.sum(1).tolist() == [2 + len(of("soupy")) + len(of("fish")), 3]
    assert read.first[0].tolist() == [1, 1 + len(of("soupy"))]
    assert read.first[1, 0] == 1


def test_padding_changes_nothing(folder):
    ours = encoder(folder).eval()
    with torch.no_grad():
        alone, beside = ours(*rows(TEXTS[3])), ours(*rows(*TEXTS))
    for a, b in zip(alone, beside, strict=True):
        torch.testing.assert_close(a[0], b[3, :2], rtol=1e-4, atol=1e-5)


def test_a_word_is_read_as_behind_a_blank_whatever_the_tokenizer_says(tmp_path):
    folder = tiny_transformer(tmp_path, TEXTS, "roberta")
    expected = encoder(folder).pieces.flat
    for name in ("tokenizer.json", "tokenizer_config.json"):  # as most published ones have it
        text = (folder / name).read_text()
        assert '"add_prefix_space": true' in text
        (folder / name).write_text(
            text.replace('"add_prefix_space": true', '"add_prefix_space": false')
        )
    assert torch.equal(encoder(folder).pieces.flat, expected)


@pytest.mark.parametrize("word", ["\a", "\ud83d", "\u200b"])
def test_odd_words_have_a_piece(folder, word):
    ours = encoder(folder, ("<pad>", "<unknown>", "fish", word)).eval()
    assert ours.pieces.counts[3] >= 1
    with torch.no_grad():
        (states,) = ours(torch.tensor([[3, 2]]), torch.tensor([2]))[-1]
    assert states.isfinite().all()
    assert not torch.equal(states[0], states[1])


def test_a_word_without_pieces_reads_the_unknown_one(tmp_path):
    pieces = encoder(tiny_transformer(tmp_path, TEXTS), ("<pad>", "<unknown>", " ")).pieces
    assert pieces.flat.tolist() == [1, 1, 1]  # [UNK]


def test_a_model_without_positions_reads_texts_of_any_length(tmp_path):
    folder = tiny_transformer(tmp_path, TEXTS)
    pieces = Pieces(
        library("AutoTokenizer").from_pretrained(folder), WORDS, torch.iinfo(torch.int32).max
    )
    tokens, lengths = rows(" ".join(["the"] * 500))
    assert pieces(tokens, lengths).mask.sum() == 2 + 500 * pieces.counts[WORDS.index("the")]


def test_a_text_too_long_is_cut_and_its_last_words_share_a_state(tmp_path):
    ours = encoder(tiny_transformer(tmp_path, TEXTS, positions=8)).eval()
    tokens, lengths = rows(" ".join(["the"] * 20), "the fish")
    with torch.no_grad():
        states = ours(tokens, lengths)[-1]
    assert ours.pieces(tokens, lengths).pieces.shape == (2, 8)
    per_word = int(ours.pieces.counts[WORDS.index("the")])
    last = -(-6 // per_word) - 1  # the last word of which a piece is read
    assert torch.equal(states[0, last], states[0, 19])
    assert not torch.equal(states[0, last - 1], states[0, last])


def test_dropout_draws_from_its_generator_alone(folder):
    tokens, lengths = rows(*TEXTS)
    before = torch.get_rng_state()
    first, second = encoder(folder), encoder(folder)
    a, b = first(tokens, lengths)[-1], second(tokens, lengths)[-1]
    assert torch.equal(a, b)
    assert not torch.equal(a, first(tokens, lengths)[-1])
    assert torch.equal(torch.get_rng_state(), before)
    assert first.training and not any(isinstance(m, torch.nn.Dropout) for m in first.modules())


@pytest.mark.parametrize("pretrained", [0.0, 0.1])
@pytest.mark.parametrize("wanted", [None, 0.0, 0.3])
def test_the_recipes_dropout_counts_on_hidden_states_alone(tmp_path, pretrained, wanted):
    folder = tiny_transformer(tmp_path, TEXTS, dropout=pretrained)
    ours = encoder(folder, dropout=wanted)
    rates = {name: layer.p for name, layer in ours.named_modules() if isinstance(layer, Dropout)}
    attention = {name for name in rates if name.endswith("attention.self.dropout")}
    assert len(attention) == 2
    p = pretrained if wanted is None else wanted
    assert rates == {name: 0.0 if name in attention else p for name in rates}
    a, b = (ours(*rows(*TEXTS))[-1] for _ in range(2))
    assert torch.equal(a, b) == (p == 0)


def test_it_learns_and_its_weights_travel(folder):
    ours = encoder(folder)
    ours(*rows(*TEXTS))[-1].sum().backward()
    assert all(p.grad is not None for p in ours.parameters())
    other = encoder(folder)
    with torch.no_grad():
        for p in ours.parameters():
            p.add_(1)
    other.load_state_dict(ours.state_dict())
    assert all(
        torch.equal(p, q) for p, q in zip(ours.parameters(), other.parameters(), strict=True)
    )


def test_bfloat16_is_close_and_states_stay_float32(folder):
    with torch.no_grad():
        plain = encoder(folder).eval()(*rows(*TEXTS))[-1]
        fast = encoder(folder, precision=torch.bfloat16).eval()(*rows(*TEXTS))[-1]
    assert fast.dtype == torch.float32
    assert (plain - fast).abs().max() < 0.1


def test_nothing_is_printed(folder, capfd):
    encoder(folder)(*rows(*TEXTS))
    assert capfd.readouterr() == ("", "")


def lose_a_weight(folder):
    weights = load_file(folder / "model.safetensors")
    weights.pop(next(k for k in weights if "layer" in k and "weight" in k))
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def configure(folder, **fields):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | fields))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lose_a_weight, "expected all weights of the encoder"),
        (lambda folder: configure(folder, vocab_size=7), "in the shapes of config.json"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x" * 99), "SafetensorError"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "can read, found none"),
        (lambda folder: (folder / "config.json").write_text("{"), "can read, found none"),
        (
            lambda folder: configure(
                folder, model_type="my own", auto_map={"AutoConfig": "code.Mine"}
            ),
            "contains custom code",
        ),
    ],
    ids=["lost", "shape", "weights", "tokenizer", "config", "code"],
)
def test_a_damaged_folder_is_one_sentence(folder, spoil, message, capfd):
    spoil(folder)
    with pytest.raises(VectorsError, match=message) as e:
        encoder(folder)
    assert str(e.value).startswith(f"transformer {folder}: expected ")
    assert "\n" not in str(e.value)
    assert capfd.readouterr() == ("", "")


TINY_GPT2 = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32, "vocab_size": 60}
TINY_T5 = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "vocab_size": 60}
TINY_LLAMA = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 60,
}


@pytest.mark.parametrize(
    ("model", "config", "options", "error", "message"),
    [
        ("GPT2", TINY_GPT2, {}, VectorsError, "found a gpt2, which draws dropout from"),
        ("T5", TINY_T5, {}, VectorsError, "found a t5, which cannot compute states from pieces"),
        (
            "Llama",
            TINY_LLAMA,
            {"dropout": 0.1},
            RecipeError,
            "the dropout of a llama .* cannot be set",
        ),
    ],
    ids=["gpt2", "t5", "llama"],
)
def test_models_that_will_not_do_are_refused(tmp_path, model, config, options, error, message):
    folder = tiny_transformer(tmp_path, TEXTS)
    library(f"{model}Model")(library(f"{model}Config")(**config)).save_pretrained(folder)
    before = torch.get_rng_state()
    with pytest.raises(error, match=message):
        encoder(folder, **options)
    assert torch.equal(torch.get_rng_state(), before)
