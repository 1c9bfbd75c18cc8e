from taskrel.tasks.load import encode
from taskrel.tasks.overlap import contamination, split_overlap
from taskrel.tasks.readers.source import Example


def task(name, train, test):
    parts = {
        split: [Example(t.split(), label) for t, label in zip(texts, "xyxy", strict=False)]
        for split, texts in (("train", train), ("dev", ["a b c d e f"]), ("test", test))
    }
    return encode(parts, kind="classification", metric="accuracy", name=name)


A = task("a", ["One two three four five", "a b c d e f", "ok"], ["one two three four FIVE", "ok"])
B = task("b", ["six seven eight nine ten", "other"], ["A B C D E F", "one two three four five"])


def test_short_texts_prove_nothing_and_case_does_not_matter():
    assert split_overlap(A) == {"dev": 1, "test": 1}
    assert split_overlap(B) == {"dev": 0, "test": 0}


def test_contamination_is_directed():
    assert contamination({"a": A, "b": B}) == {("b", "a"): 2}


def test_a_pair_is_compared_as_a_whole():
    pair, turned = "a cat sat <sep> it sat", "it sat <sep> a cat sat"
    other = ["some other long enough text"]
    pairs = task("pairs", [pair, *other], [turned, pair])
    assert split_overlap(pairs) == {"dev": 0, "test": 1}
    assert contamination({"pairs": pairs, "more": task("more", [turned, *other], other)}) == {
        ("pairs", "more"): 1,
        ("more", "pairs"): 1,
    }
