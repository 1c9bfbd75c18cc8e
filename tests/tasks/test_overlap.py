import numpy as np
import pytest

from taskrel.errors import DataError
from taskrel.tasks.encode import encode
from taskrel.tasks.overlap import REMOVED, Shared, contamination, split_overlap, without_leaks
from taskrel.tasks.readers.source import Example


def task(name, train, test, kind="classification"):
    many = kind == "multilabel"
    parts = {
        split: [
            Example(t.split(), [label] if many else label)
            for t, label in zip(texts, "xyxy", strict=False)
        ]
        for split, texts in (("train", train), ("dev", ["a b c d e f"]), ("test", test))
    }
    return encode(parts, kind=kind, metric="accuracy", name=name)


A = task("a", ["One two three four five", "a b c d e f", "ok"], ["one two three four FIVE", "ok"])
B = task("b", ["six seven eight nine ten", "other"], ["A B C D E F", "one two three fourfive"])


def test_case_and_the_tokeniser_do_not_matter_and_short_texts_are_counted_apart():
    assert split_overlap(A) == {"dev": Shared(1, 0, 1), "test": Shared(2, 1, 2, True)}
    assert split_overlap(B) == {"dev": Shared(0, 0, 1), "test": Shared(0, 0, 2, True)}


def test_contamination_is_directed():
    assert contamination({"a": A, "b": B}) == {("b", "a"): Shared(2, 1, 2, True)}


@pytest.mark.parametrize(
    ("shared", "many"),
    [
        (Shared(2, 0, 200), False),
        (Shared(3, 0, 200), True),
        (Shared(20, 20, 200), False),  # "thank you ." recurs by chance
        (Shared(21, 21, 200), True),
        (Shared(3, 3, 200, mostly_short=True), True),  # but not where all texts are as short
    ],
)
def test_how_many_are_many(shared, many):
    assert shared.many is many


def test_leaks_are_taken_out_of_the_other_tasks_training_split():
    a = task("a", ["one 2 three four five", "a b c d e f", "ok", "no"], ["k"])
    found, said = without_leaks({"a": a, "b": B}, ["a", "b"])
    assert said == [
        "1 of 4 training texts of a were taken out, because they are in dev or test of another task"
    ]
    assert found["b"] is B
    # Its own leaks are not the other tasks' business.
    assert without_leaks({"a": A}, ["a"])[0]["a"] is A


def test_a_task_without_its_leaks_is_a_task_of_the_rest():
    aux = task("aux", ["p q", "r s", "A B c d e f", "t u"], ["v w"], "multilabel")
    found, said = without_leaks({"b": B, "aux": aux}, ["b"])
    rest = task("aux", ["p q", "r s", "drop", "t u"], ["v w"], "multilabel")
    assert found["aux"].digest != aux.digest
    assert found["aux"].left_out == {REMOVED: 1}
    assert found["aux"].texts("train") == ["p q", "r s", "t u"] and rest.labels == ("x", "y")
    assert np.array_equal(found["aux"].splits["train"].targets, [[1, 0], [0, 1], [0, 1]])
    assert found["b"] is B
    assert len(said) == 1 and said[0].endswith("in dev or test of b")


def test_a_label_that_no_text_keeps_is_unseen():
    parts = {
        "train": [Example(["p"], "x"), Example(["q"], "y"), Example(["other"], "z")],
        "dev": [Example(["r"], "z"), Example(["s"], "x")],
        "test": [Example(["t"], "y")],
    }
    aux = encode(parts, kind="classification", metric="accuracy", name="aux")
    main = task("main", ["k", "l"], ["other"])
    found = without_leaks({"main": main, "aux": aux}, ["main"])[0]["aux"]
    assert (found.labels, found.unseen) == (("x", "y"), ("z",))
    assert found.splits["dev"].targets.tolist() == [2, 0]


def test_too_little_may_be_left():
    with pytest.raises(
        DataError, match="once its leaks are removed: task b: expected two labels or more"
    ):
        without_leaks({"b": B, "main": task("main", ["k", "l"], ["other"])}, ["main"])


def test_a_pair_is_compared_as_a_whole():
    pair, turned = "a cat sat <sep> it sat", "it sat <sep> a cat sat"
    other = ["some other long enough text"]
    pairs = task("pairs", [pair, *other], [turned, pair])
    assert {split: found.texts for split, found in split_overlap(pairs).items()} == {
        "dev": 0,
        "test": 1,
    }
    found = contamination({"pairs": pairs, "more": task("more", [turned, *other], other)})
    assert {pair: count.texts for pair, count in found.items()} == {
        ("pairs", "more"): 1,
        ("more", "pairs"): 1,
    }
