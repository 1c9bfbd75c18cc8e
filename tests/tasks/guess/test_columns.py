"""Columns are told apart by their names and values."""

import pytest

from taskrel.errors import UsageError
from taskrel.tasks.guess.columns import roles_of

TEXTS = [f"this is text number {i}" for i in range(12)]
OTHERS = [f"and another of {i}" for i in range(12)]
TWO = ["x", "y"] * 6


@pytest.mark.parametrize(
    ("columns", "kind", "options"),
    [
        ({"comment": TEXTS, "tone": TWO}, "classification", {"text": "comment", "label": "tone"}),
        ({"Text": TEXTS, "Label": TWO}, "classification", {"text": "Text", "label": "Label"}),
        ({"zzz": TEXTS, "q": TWO}, "classification", {"text": "zzz", "label": "q"}),
        (
            {"id": list(range(12)), "zzz": TEXTS, "q": TWO},
            "classification",
            {"text": "zzz", "label": "q"},
        ),
        (
            {"premise": TEXTS, "hypothesis": OTHERS, "label": TWO},
            "classification",
            {"text": "premise", "text_pair": "hypothesis", "label": "label"},
        ),
        (
            {"#1 String": TEXTS, "#2 String": OTHERS, "Quality": TWO},
            "classification",
            {"text": "#1 String", "text_pair": "#2 String", "label": "Quality"},
        ),
        (
            {"text": TEXTS, "label": TWO, "split": ["train"] * 8 + ["validation", "test"] * 2},
            "classification",
            {"text": "text", "label": "label", "split": "split"},
        ),
        (
            {"text": TEXTS, "labels": [["x"], ["x", "y"], [], ["y"]] * 3},
            "multilabel",
            {"text": "text", "labels": "labels"},
        ),
        (
            {"text": TEXTS, "labels": ["['x']", "['x', 'y']", "[]", "['y']"] * 3},
            "multilabel",
            {"text": "text", "labels": "labels"},
        ),
        (
            {"text": TEXTS, "topics": ["x", "x;y", "z", "y;z"] * 3},
            "multilabel",
            {"text": "text", "labels": "topics", "label_separator": ";"},
        ),
        (
            {"text": TEXTS, "label": [["x"], ["y"]] * 6},
            "classification",
            {"text": "text", "label": "label"},
        ),
        (
            {"text": TEXTS, "toxic": [0, 1] * 6, "rude": [1, 0, 0] * 4},
            "multilabel",
            {"text": "text", "flags": ["toxic", "rude"]},
        ),
        (
            {"tokens": [["a", "b"]] * 12, "ner_tags": [["O", "B-X"]] * 12},
            "tagging",
            {"tokens": "tokens", "tags": "ner_tags"},
        ),
        (
            {"text": TEXTS, "label": ["2,5 stars", "1 star"] * 6},
            "classification",
            {"text": "text", "label": "label"},
        ),
    ],
)
def test_roles(columns, kind, options):
    roles = roles_of(columns)
    assert (roles.kind, roles.options) == (kind, options)
    assert roles.said and all(sentence.endswith(".") for sentence in roles.said)


def test_without_a_header_no_column_is_a_flag_or_a_split():
    columns = {"1": TEXTS, "2": ["0", "1"] * 6, "3": ["0", "0", "1"] * 4}
    assert roles_of(columns).kind == "multilabel"
    assert roles_of(columns, header=False).options == {"text": "1", "label": "2"}
    columns = {"1": TEXTS, "2": TWO, "3": ["train", "valid", "test"] * 4}
    assert "split" not in roles_of(columns, header=False).options


def test_other_columns_that_could_be_the_label_are_named():
    columns = {
        "text": TEXTS,
        "who": TWO,
        "mood": ["a", "b", "c"] * 4,
        "gaps": [*TWO[:4], *[""] * 8],
    }
    roles = roles_of(columns)
    assert roles.options["label"] == "who"
    assert roles.said[-1] == "Or is the label one of 'mood', 'gaps'? Name it with --label."


def test_a_split_that_is_not_used_is_said():
    columns = {"text": TEXTS, "label": TWO, "split": ["a", "b"] * 6}
    roles = roles_of(columns)
    assert "'split' is not used: its values are not train, dev and test." in roles.said


def test_numbers_of_a_measurement_are_no_labels():
    measures = [f"{i}.5" for i in range(30)]
    texts = [f"text number {i}" for i in range(30)]
    columns = {"text": texts, "score": measures, "tone": ["x", "y"] * 15}
    assert roles_of(columns).options["label"] == "tone"
    with pytest.raises(UsageError, match="--label score: expected labels, found 30 different num"):
        roles_of(columns, label="score")


@pytest.mark.parametrize(("text", "mean"), [("yes", "1 word"), ("oh yes", "2 words")])
def test_the_mean_number_of_words_is_said(text, mean):
    said = roles_of({"text": [text] * 12, "label": TWO}).said
    assert f"'text' is the text, by its name ({mean} on average)." in said


def test_the_named_label_is_not_taken_for_the_text():
    columns = {"headline": TEXTS, "section": OTHERS}
    assert roles_of(columns, label="headline").options == {"text": "section", "label": "headline"}
    columns = {"question": TEXTS, "context": OTHERS, "label": TWO}
    pair = roles_of(columns, text_pair="question")
    assert pair.options == {"text": "context", "text_pair": "question", "label": "label"}


def test_named_columns_are_obeyed():
    columns = {"text": TEXTS, "title": OTHERS, "label": TWO, "tone": ["a", "b", "c"] * 4}
    roles = roles_of(columns, text="title", label="tone")
    assert roles.options == {"text": "title", "label": "tone"}
    pair = roles_of(columns, text="title", text_pair="text")
    assert pair.options == {"text": "title", "text_pair": "text", "label": "label"}


@pytest.mark.parametrize(
    ("columns", "named", "says"),
    [
        ({"text": TEXTS}, {}, "no column looks like a label.*there is no other column"),
        ({"text": TEXTS, "id": list(range(12))}, {}, "no column looks like a label.*--label: 'id'"),
        (
            {"a": [1, 2], "b": [3, 4]},
            {},
            "no column looks like a text; name one with --text: 'a', 'b'",
        ),
        ({"text": TEXTS, "tone": TWO}, {"label": "tone", "text": "tone"}, "name 'tone' twice"),
        ({"text": TEXTS, "tone": TWO}, {"label": "tune"}, "--label tune: no such column; did you"),
    ],
)
def test_refused(columns, named, says):
    with pytest.raises(UsageError, match=says):
        roles_of(columns, **named)
