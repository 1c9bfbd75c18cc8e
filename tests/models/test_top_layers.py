import numpy as np
import pytest
import torch
from made_transformer import MODELS, tiny_transformer

from taskrel.errors import RecipeError, VectorsError
from taskrel.models import top_layers as module
from taskrel.models.frozen.compute import FrozenModel
from taskrel.models.frozen.pieces import PieceStates, PieceTable
from taskrel.models.top_layers import TopLayers
from taskrel.models.transformer import Transformer
from taskrel.tasks.task import Split
from taskrel.tasks.text import PAIR_SEPARATOR

TEXTS = [
    "the cook fried the fish",
    f"a waiter served {PAIR_SEPARATOR} cold soup",
    "soupy cook",
    " ".join(["fish"] * 40),  # longer than the model can read
]
WORDS = tuple(sorted({w for text in TEXTS for w in text.split()}))


def split(texts):
    rows = [[WORDS.index(w) for w in text.split()] for text in texts]
    offsets = np.cumsum([0, *map(len, rows)])
    return Split(np.concatenate(rows).astype(np.int32), offsets, np.zeros(len(rows), np.int32))


def table(folder, layer, *parts):
    """Kept states of these splits."""
    model = FrozenModel(folder, layer)
    return PieceTable(
        ("<pad>", "<unknown>", *WORDS),
        [
            PieceStates(p.tokens.astype(np.int64) + 2, p.offsets, model.of_texts(WORDS, p))
            for p in parts
        ],
    )


def top(folder, trained, kept, **options):
    return TopLayers(folder, kept, trained, torch.Generator().manual_seed(0), **options)


def batch(kept, number):
    """All texts of a split as a padded batch: rows of the table, rows of the words, lengths."""
    own = kept.splits[number]
    lengths = torch.from_numpy(np.diff(own.offsets))
    inside = torch.arange(int(lengths.max())) < lengths[:, None]
    rows, words = torch.zeros(inside.shape, dtype=torch.long), torch.zeros_like(inside, dtype=int)
    rows[inside] = torch.from_numpy(kept.rows(number))
    words[inside] = torch.from_numpy(own.words)
    return rows, words, lengths, inside


@pytest.mark.parametrize("trained", [1, 2])
@pytest.mark.parametrize("kind", sorted(MODELS))
def test_states_are_those_of_the_whole_model(tmp_path, kind, trained):
    folder = tiny_transformer(tmp_path, TEXTS, kind)
    kept = table(folder, -trained, split(TEXTS[:1]), split(TEXTS))
    encoder = top(folder, trained, kept).eval()
    whole = Transformer(folder, kept.words, torch.Generator()).eval()
    assert len(encoder.levels) == trained and encoder.out == 16
    for number in (0, 1):
        rows, words, lengths, inside = batch(kept, number)
        with torch.no_grad():
            found, expected = encoder(rows, lengths), whole(words, lengths)[-trained:]
        for ours, theirs in zip(found, expected, strict=True):
            torch.testing.assert_close(ours[inside], theirs[inside], rtol=1e-4, atol=1e-5)


def test_only_the_top_layers_have_weights_and_each_is_trained(tmp_path):
    folder = tiny_transformer(tmp_path, TEXTS, dropout=0.0)
    kept = table(folder, -1, split(TEXTS))
    encoder = top(folder, 1, kept)
    whole = Transformer(folder, kept.words, torch.Generator())
    in_layer = sum(p.numel() for p in whole.model.encoder.layer[1].parameters())
    assert sum(p.numel() for p in encoder.parameters()) == in_layer
    rows, _, lengths, _ = batch(kept, 0)
    encoder(rows, lengths)[-1].square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in encoder.parameters() if p.dim() > 1)


def test_dropout_is_that_of_its_generator(tmp_path):
    folder = tiny_transformer(tmp_path, TEXTS, dropout=0.5)
    kept = table(folder, -1, split(TEXTS))
    rows, _, lengths, _ = batch(kept, 0)
    torch.manual_seed(0)
    first = top(folder, 1, kept).train()(rows, lengths)[0]
    torch.manual_seed(1)
    again = top(folder, 1, kept).train()(rows, lengths)[0]
    assert torch.equal(first, again)
    assert not torch.equal(first, top(folder, 1, kept).eval()(rows, lengths)[0])


def test_more_layers_than_there_are(tmp_path):
    folder = tiny_transformer(tmp_path, TEXTS)
    with pytest.raises(RecipeError, match=r"'encoder\.trained': .* has 2 layers, found 3; leave"):
        FrozenModel(folder, -3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda states: states + 1, r"top layers of a bert .* by themselves: they give other"),
        (lambda states: states[..., :3], r"top layers of a bert .* by themselves \("),
    ],
    ids=["other states", "fails"],
)
def test_a_model_that_does_more_between_its_layers_is_refused(
    tmp_path, monkeypatch, change, message
):
    folder = tiny_transformer(tmp_path, TEXTS)
    kept = table(folder, -1, split(TEXTS))
    forward = module._Given.forward
    monkeypatch.setattr(module._Given, "forward", lambda *a, **k: change(forward(*a, **k)))
    with pytest.raises(VectorsError, match=message):
        top(folder, 1, kept)
