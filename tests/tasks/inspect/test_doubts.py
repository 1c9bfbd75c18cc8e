"""What is probably a mistake is said in one sentence; what is usual is not."""

import pytest

from taskrel.tasks.automated.make import automated
from taskrel.tasks.encode import encode
from taskrel.tasks.inspect.counts import split_counts
from taskrel.tasks.inspect.doubts import doubts
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS


def task(train, dev=None, test=None, kind="classification", texts=None, **about):
    """A task with these labels, each with a text of its own."""
    parts = {"train": train, "dev": dev or train, "test": test or train}
    return encode(
        {
            split: [
                Example([*f"{split} number {i}".split()], label) for i, label in enumerate(part)
            ]
            for split, part in parts.items()
        },
        kind=kind,
        metric="macro_f1",
        name="made",
        **about,
    )


def tagged(metric="span_f1", outside="O", **parts):
    """A tagging task of sentences such as "a/X b/Y"."""
    examples = {
        split: [
            Example(*map(list, zip(*(token.rsplit("/", 1) for token in s.split()), strict=True)))
            for s in sentences
        ]
        for split, sentences in parts.items()
    }
    return encode(examples, kind="tagging", metric=metric, name="made", outside=outside)


def said(found):
    return doubts(found, {split: split_counts(found, split) for split in SPLITS})


YES_NO = ["yes", "no"] * 30


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (task(YES_NO), []),
        (
            task(YES_NO, test=[*YES_NO[:45], *["maybe"] * 15]),
            [
                "test has label 'maybe' that training never shows (25.0 % of its labels), so that "
                "no model can predict them; check the files, or rename labels with [labels] map"
            ],
        ),
        (
            task([*YES_NO, "odd"]),
            [
                "label 'odd' occurs only once in training; if a header, an id or a stray field was "
                "read as a label, correct the card"
            ],
        ),
        (
            task(["sentiment", *YES_NO], dev=YES_NO, test=YES_NO),
            [
                "label 'sentiment' occurs once, with 'train number 0', like the names of columns; "
                "if this is a header, set header = true in the card's [options]"
            ],
        ),
        (
            task(["1", "0"] * 30, dev=["stars", *["1", "0"] * 30], test=["1", "0"] * 30),
            [
                "label 'stars' occurs once, with 'dev number 0', like the names of columns; if this "
                "is a header, set header = true in the card's [options]",
                "dev has label 'stars' that training never shows (1.6 % of its labels), so that no "
                "model can predict them; check the files, or rename labels with [labels] map",
            ],
        ),
        (
            task([f"id{i}" for i in range(60)]),
            [
                "60 labels ('id0', 'id1', 'id10', …) of all 60 occur only once in training; if a "
                "header, an id or a stray field was read as a label, correct the card",
                "training has 60 different labels in 60 texts, as if an id or the text were the "
                "label; name another column as the label",
            ],
        ),
        (
            task([*YES_NO, "Yes ", "Yes "]),
            [
                "labels 'yes', 'Yes ' differ only in blanks, case, number or Unicode form; join "
                "them with [labels] lower or map"
            ],
        ),
        (
            task(["1", "1.0", "2", "2.0"] * 20),
            [
                "labels '1', '1.0' (and 1 more such groups) differ only in blanks, case, number or "
                "Unicode form; join them with [labels] lower or map"
            ],
        ),
        (
            task(["caf\u00e9", "cafe\u0301", "bar"] * 20),
            [
                r"labels 'cafe\u0301', 'caf\xe9' differ only in blanks, case, number or Unicode "
                "form; join them with [labels] lower or map"
            ],
        ),
        # Eleven pairs of labels that differ in case only, as in STREUSLE, are meant.
        (task([f"{c}{i}" for c in "vV" for i in range(11)] * 3), []),
        (
            task([*YES_NO, "N/A", "N/A"]),
            [
                "label 'N/A' (6 times) may mean a missing value; with [labels] absent = "
                '["N/A"] such texts or tokens have no loss and no score'
            ],
        ),
        (task([*YES_NO, "none", "none"]), []),
        (
            task(["['a', 'b']", "['a']"] * 30),
            [
                "2 labels (\"['a', 'b']\", \"['a']\") look like printed lists; for several labels "
                'a text set kind = "multilabel", else name another column'
            ],
        ),
        (
            task(YES_NO, test=["yes"] * 60),
            [
                "test has only one label, 'yes', so that its macro_f1 says nothing; cut the splits "
                "anew, with cut.stratify = true, or give other files"
            ],
        ),
        (
            task([["a"], ["b"]] * 30, test=[[]] * 60, kind="multilabel"),
            [
                "test has no label, so that its macro_f1 says nothing; cut the splits anew, with "
                "cut.stratify = true, or give other files"
            ],
        ),
        (
            task([*YES_NO, *["so"] * 5], dev=YES_NO),
            [
                "dev has no example of label 'so' that training has, so that its score says "
                "nothing about this; check the files, or cut with cut.stratify = true"
            ],
        ),
        (
            task(YES_NO, test=YES_NO[:40]),
            [
                "only 40 test texts, so that each is 2.5 % of the score; a larger test split gives "
                "a more reliable one"
            ],
        ),
    ],
)
def test_labels(made, says):
    assert said(made) == says


def test_labels_other_than_outside_count_as_new():
    """One token in ten has a label, and half of these are spelt anew in test."""
    filler = " x/O" * 9
    train = [f"Ana{i}/B-PER{filler} Yalta{i}/B-LOC{filler}" for i in range(60)]
    test = [s.replace("B-LOC", "B-GPE").replace("x/", "y/") for s in train]
    found = said(tagged(train=train, dev=[s.replace("x/", "z/") for s in train], test=test))
    assert found == [
        "test has label 'B-GPE' that training never shows (50.0 % of its labels other than "
        "outside), so that no model can predict them; check the files, or rename labels with "
        "[labels] map"
    ]


def test_rare_labels_of_a_large_inventory_are_usual():
    """25 labels; one of 200 test labels is new, and each split lacks some."""
    train = [f"l{i % 25}" for i in range(200)]
    assert said(task(train, dev=train[:60], test=[*train[:199], "new"])) == []
    assert said(task([*train, *[f"r{i}" for i in range(10)]])) == []


def test_the_header_of_a_tagging_file():
    rest = [f"a{i}/X b{i}/O" for i in range(60)]
    found = said(
        tagged(
            "accuracy", train=["token/ner_tag", *rest], dev=[s + " c/O" for s in rest], test=rest
        )
    )
    assert found[0].startswith("label 'ner_tag' occurs once, with 'token', like the names")


def test_a_lemma_is_no_label():
    rest = [f"word{i}/lemma{i} of/of" for i in range(60)]
    found = said(tagged("accuracy", None, train=rest, dev=rest, test=rest))
    assert (
        "training has 61 different labels in 61 different tokens, as if an id or the text were the "
        "label; name another column as the label"
    ) in found


@pytest.mark.parametrize(("usual", "warned"), [(4, True), (5, False)])
def test_a_sentence_that_is_long_beside_the_others(usual, warned):
    """100 tokens are more than 20 times 4, and not than 20 times 5."""
    parts = dict.fromkeys(SPLITS, [" ".join(["w/A", "x/B"] * 5)[: 4 * usual - 1]] * 60)
    parts["train"] = [*parts["train"], " ".join(["w/A", "x/B"] * 50)]
    says = f"a sentence of train has 100 tokens (median {usual}); check whether what divides the"
    found = said(tagged(metric="accuracy", outside=None, **parts))
    assert any(text.startswith(says) for text in found) is warned


@pytest.mark.parametrize("others", [60, 0])
def test_a_sentence_of_lost_blank_lines(others):
    """It is found even where the whole file has become one sentence."""
    usual = [Example([f"w{i}", "x"], ["A", "B"]) for i in range(60)]
    parts = {"train": [*usual[:others], Example(["w"] * 5000, ["A", "B"] * 2500)]}
    found = encode(
        parts | {"dev": usual, "test": usual}, kind="tagging", metric="accuracy", name="made"
    )
    assert (
        f"a sentence of train has 5,000 tokens (median {2 if others else 5000}); check whether "
        "what divides the sentences, such as blank lines, was lost"
    ) in said(found)


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        ("Ana\tB-PER", "1 of 2 different tokens contain a blank or a TAB, such as 'Ana\\tB-PER'"),
        ("New York", "1 of 2 different tokens contain a blank or a TAB, such as 'New York'"),
        ("10\u00a0000", None),
        (" ", None),
    ],
)
def test_tokens_with_blanks(tokens, says):
    parts = {s: [Example([tokens, "x"], ["A", "B"])] * 60 for s in SPLITS}
    found = [
        text
        for text in said(encode(parts, kind="tagging", metric="accuracy", name="made"))
        if "contain" in text
    ]
    assert found == ([f"{says}; check options.separator"] if says else [])


def test_texts_that_repeat_and_leak():
    parts = {
        "train": [Example(["the", "same", "text", "each", "time"], label) for label in YES_NO],
        "dev": [Example([f"d{i}"], label) for i, label in enumerate(YES_NO)],
        "test": [Example(["THE", "sametext", "each", "time"], label) for label in YES_NO],
    }
    assert said(encode(parts, kind="classification", metric="accuracy", name="made")) == [
        "59 of 60 training texts repeat an earlier one; name another column if this is not the "
        'text, or set repeats = ["text"] in the card',
        "60 of 60 test texts (60 of them shorter than 5 tokens) are also in training; leaks = "
        '["text"] in the card takes them out of training',
    ]


def test_an_automated_task_is_not_doubted():
    made = task([f"id{i}" for i in range(60)])
    assert said(made) and said(automated(made, "next_char")) == []


def test_what_a_reader_found_odd_is_a_warning_and_no_loss():
    odd = "warning: rows of x.tsv with 3 columns where 2 are usual, the first at line 4; look"
    examples = {s: [Example(["a"], "x"), Example(["b"], "y")] for s in SPLITS}
    task = encode(
        examples,
        kind="classification",
        metric="accuracy",
        name="made",
        left_out={odd: 12, "blank texts": 1},
    )
    report = task.report()
    assert report.warnings[0] == odd.replace("warning: ", "12 ")
    assert report.left_out == {"blank texts": 1}
