"""Pairs of texts that are too long, alone and in runs."""

import pytest
from made import WORDS, text_task
from made_transformer import tiny_transformer

from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.text import PAIR_SEPARATOR
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.training.pairs import cut_pairs
from taskrel.training.recipes.recipe import CNN, Adam, BiLSTM, Recipe, Transformer
from taskrel.training.run import run


def task(*texts, kind="classification"):
    part = [
        Example(
            text.split(),
            "ab"[i % 2] if kind == "classification" else [*"ab" * 20][: len(text.split())],
        )
        for i, text in enumerate(texts)
    ]
    return encode(
        dict.fromkeys(("train", "dev", "test"), part), kind=kind, metric="accuracy", name="t"
    )


def texts(task, part):
    words = [task.words[t] for t in part.tokens]
    return [" ".join(words[a:b]) for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a b <sep> c d", "a b <sep> c d"),
        ("a b c d e <sep> f", "a b c <sep> f"),  # the longer one is cut
        ("a <sep> b c d e f", "a <sep> b c d"),
        ("a b c d <sep> e f g h", "a b <sep> e f"),  # both, to one length
        ("a b c d e f", "a b c d e"),  # one text alone
        ("a b c d e f <sep>", "a b c d <sep>"),  # the second one is blank
        ("<sep> a b c d e f", "<sep> a b c d"),
    ],
)
def test_the_longer_text_is_cut_first(text, read):
    found = task(text, "x <sep> y", text)
    part = cut_pairs(found, "train", 5)
    assert texts(found, part) == [read, "x <sep> y", read]
    assert part.targets is found.splits["train"].targets


def test_other_texts_stay_as_they_are():
    for found in (
        text_task(),  # no pairs
        task("a b c <sep> d e f", "b", kind="tagging"),
    ):
        assert cut_pairs(found, "dev", 3) is found.splits["dev"]
    short = task("a <sep> b", "b <sep> a")
    assert cut_pairs(short, "dev", 3) is short.splits["dev"]


@pytest.mark.parametrize(
    "encoder",
    [BiLSTM(units=6), CNN(), pytest.param(Transformer("m"), marks=pytest.mark.slow)],
    ids=["bilstm", "cnn", "transformer"],
)
def test_a_run_reads_the_second_text_behind_a_long_one(tmp_path, encoder):
    part = [Example(["long"] * 12 + [PAIR_SEPARATOR, w], w[0]) for w in WORDS]
    pairs = encode(
        dict.fromkeys(("train", "dev", "test"), part),
        kind="classification",
        metric="accuracy",
        name="pairs",
    )
    recipe = Recipe(
        encoder=encoder, steps=60, batch=8, evaluations=3, optimiser=Adam(lr=0.02), max_tokens=6
    )
    model = None
    if isinstance(encoder, Transformer):
        tiny_transformer(tmp_path / "m", [" ".join(["long", *WORDS])])
        model = find_pretrained("m", tmp_path)
    result = run([pairs, text_task()], recipe, 0, model)
    assert result.scores["pairs", "test", "last", "accuracy"] > 0.8
