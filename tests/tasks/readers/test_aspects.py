"""The aspects reader, on a made-up file in the format of SemEval-2014 task 4."""

import pytest

from taskrel.errors import CardError, DataError

STRATA = [
    ("food conflict", "service negative"),
    ("anecdotes/miscellaneous neutral",),
    (),
    ("food positive",),
]


@pytest.mark.parametrize(
    ("aspect", "targets", "left_out"),
    [
        ("food", ["conflict", None, None, "positive"], {}),
        ("service", ["negative", None, None, None], {}),
        (
            "anecdotes/miscellaneous",
            [None, "neutral", None, None],
            {"aspects listed a second time in a sentence": 1},
        ),
    ],
)
def test_every_sentence_is_read_whatever_the_aspect(read, made_up, aspect, targets, left_out):
    examples, tally = read("aspects", made_up / "meals.xml", "classification", aspect=aspect)
    assert [e.target for e in examples] == targets
    assert [e.strata for e in examples] == STRATA
    assert [e.key for e in examples] == ["made-11", "made-12", "made-13", "made-14"]
    assert examples[0].tokens == [
        "Soup",
        "did",
        "n't",
        "arrive",
        "&",
        "the",
        "waiter",
        "shrugged",
        ".",
    ]
    assert tally == left_out


def test_the_aspect_is_required(read, made_up):
    with pytest.raises(CardError, match="field 'aspect' is missing"):
        read("aspects", made_up / "meals.xml", "classification")


@pytest.mark.parametrize(
    ("listed", "aspect", "said"),
    [
        (
            '<aspectCategory category="food" polarity="neutral"/>',
            "fod",
            r"bad.xml: options.aspect: no sentence lists the aspect 'fod'; did you mean food\?",
        ),
        ("", "food", "no sentence lists the aspect 'food'; there are none"),
        (
            '<aspectCategory category="food" polarity="neutral"/>'
            '<aspectCategory category="food" polarity="positive"/>',
            "service",
            "bad.xml: sentence '7': expected one polarity for the aspect 'food', found 'neutral' and "
            "'positive'; remove one",
        ),
        (
            '<aspectCategory category="food"/>',
            "food",
            "bad.xml: sentence '7': expected a category and a polarity in each aspectCategory, found "
            "'food' and None; use the file with gold labels",
        ),
    ],
)
def test_refused(read, tmp_path, listed, aspect, said):
    path = tmp_path / "bad.xml"
    path.write_text(
        f'<sentences><sentence id="7"><text>a</text><aspectCategories>{listed}'
        "</aspectCategories></sentence></sentences>"
    )
    with pytest.raises(DataError, match=said):
        read("aspects", path, "classification", aspect=aspect)
