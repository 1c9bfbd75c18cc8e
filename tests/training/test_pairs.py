import pytest
from made import text_task

from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.training.pairs import cut_pairs


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
