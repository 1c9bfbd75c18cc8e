"""What is probably a mistake is said in one sentence; what is usual is not."""

import pytest

from taskrel.tasks.inspect.counts import split_counts
from taskrel.tasks.inspect.doubts import doubts, unseen_share
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS

TEXT = ["a", "b"]


def task(train, dev=None, test=None, kind="classification", tokens=TEXT):
    """A task with these labels, one example each."""
    parts = {"train": train, "dev": dev or train, "test": test or train}
    return encode(
        {split: [Example(tokens, label) for label in labels] for split, labels in parts.items()},
        kind=kind,
        metric="macro_f1",
        name="made",
    )


def said(found):
    return doubts(found, {split: split_counts(found, split) for split in SPLITS})


YES_NO = ["yes", "no"] * 10


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (task(YES_NO), []),
        (
            task(YES_NO, test=["yes", "no", "yes", "maybe"]),
            [
                "test has label 'maybe' that training never shows: 25.0 % of its labels, which "
                "always count as errors. Check the files, or rename them with [labels] map."
            ],
        ),
        (
            task(["sentiment", *YES_NO]),
            [
                "label 'sentiment' of 3 occurs once in training; if a header or a stray field was "
                "read as data, correct the card."
            ],
        ),
        (
            task([f"id{i}" for i in range(20)]),
            [
                "training has 20 different labels in 20 texts; is the label column an id, or the "
                "text? Name another column.",
                "20 labels ('id0', 'id1', 'id10', …) of 20 occur once in training; if a header or a "
                "stray field was read as data, correct the card.",
            ],
        ),
        (
            task([*YES_NO, "Yes ", "Yes "]),
            [
                "labels 'yes', 'Yes ' differ only in blanks, case, number or Unicode form; join "
                "them with [labels] lower or map."
            ],
        ),
        (
            task(["1", "1.0", "2"] * 10),
            [
                "labels '1', '1.0' differ only in blanks, case, number or Unicode form; join them "
                "with [labels] lower or map."
            ],
        ),
        (
            task([*YES_NO, "nan", "nan"]),
            [
                "label 'nan' (2 times) may mean a missing value; with [labels] absent = "
                '["nan"] they carry no loss and no score.'
            ],
        ),
        (
            task(["['a', 'b']", "['a']"] * 10),
            [
                "2 labels (\"['a', 'b']\", \"['a']\") look like printed lists; read them as "
                "multilabel, with a reader that splits lists."
            ],
        ),
        (
            task(YES_NO, test=["yes", "yes"]),
            [
                "test has one label only, 'yes', so macro_f1 says nothing; cut the splits anew, or "
                "give other files."
            ],
        ),
        (
            task([*YES_NO, *["so"] * 5], dev=YES_NO),
            ["dev has no example of label 'so' that training has; its score does not cover them."],
        ),
    ],
)
def test_labels(made, says):
    assert said(made) == says


def test_a_sentence_of_lost_blank_lines():
    parts = {s: [Example(["w"] * 10, ["A", "B"] * 5)] * 5 for s in SPLITS}
    parts["train"] = [*parts["train"], Example(["w"] * 5000, ["A", "B"] * 2500)]
    found = encode(parts, kind="tagging", metric="accuracy", name="made")
    assert said(found) == [
        "an example of train has 5,000 tokens, the median 10; were blank lines between sentences "
        "lost?"
    ]


def test_many_labels_that_occur_once_are_usual_in_a_large_inventory():
    assert said(task([*[f"l{i % 30}" for i in range(90)], *[f"r{i}" for i in range(10)]])) == []


@pytest.mark.parametrize(("test", "share"), [(["yes"], 0), (["so", "yes"], 0.5), (["so"], 1)])
def test_the_share_of_labels_that_training_never_shows(test, share):
    found = task(YES_NO, test=test)
    assert unseen_share(found, split_counts(found, "test")) == share
