"""Rows of named fields: every form of label, pairs of texts, splits, and what is refused."""

import numpy as np
import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.rows import RowOptions, examples
from taskrel.tasks.readers.source import Source


def rows_of(kind, *rows, file_label=None, **options):
    source = Source("x", RowOptions(**options), kind, file_label)
    return list(examples(source, enumerate(rows, start=1))), dict(source.tally)


def targets(kind, *rows, **options):
    return [e.target for e in rows_of(kind, *rows, **options)[0]]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (" pos ", "pos"),
        (1.0, "1"),
        (True, "True"),
        ("0,5", "0,5"),
        (["pos"], "pos"),
        (np.array(["pos"]), "pos"),
        ("['pos']", "pos"),
        ("[pos]", "[pos]"),
        (10**400, str(10**400)),
    ],
    ids=lambda x: str(x)[:20],
)
def test_one_label(value, label):
    assert rows_of("classification", {"text": "a", "label": value}) == (
        [(["a"], label, "", None, ())],
        {},
    )


@pytest.mark.parametrize("value", [None, "", "  ", "nan", float("nan"), [], [None], "[]"])
def test_a_missing_label_is_absent_and_counted(value):
    found, tally = rows_of("classification", {"text": "a", "label": value})
    if value == "[]":  # a string is a list only where it shows labels in quotes
        assert found[0].target == "[]"
    else:
        assert (found[0].target, tally) == (None, {"texts without a label": 1})


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (["b", "a", "b"], ["b", "a"]),
        ({"b", "a"}, ["a", "b"]),
        (np.array([2, 1]), ["2", "1"]),
        ([" a ", 1.0], ["a", "1"]),
        ("['a', 'b']", ["a", "b"]),
        ('["a"]', ["a"]),
        ("('a', 1)", ["a", "1"]),
        ("{'b', 'a'}", ["a", "b"]),
        ("['a' 'b']", ["a", "b"]),
        ("[]", []),
        ([], []),
    ],
)
def test_several_labels(value, labels):
    assert targets("multilabel", {"text": "x", "labels": value}) == [labels]
    assert targets("multilabel", {"text": "x", "label": value}) == [labels]


def test_a_missing_list_of_labels_leaves_the_text_out():
    rows = [{"text": "x", "labels": value} for value in (None, "", float("nan"), ["a", None])]
    found, tally = rows_of("multilabel", *rows)
    assert [e.target for e in found] == [["a"]]
    assert tally == {"texts without a list of labels": 3, "missing labels in lists of labels": 1}


def test_labels_in_one_string():
    values = ("a; b", "b;", " ", ["a"], "['a;b', 'c']", "[]", None, float("nan"), "nan")
    rows = [{"text": "x", "labels": value} for value in values]
    found, tally = rows_of("multilabel", *rows, label_separator=";")
    assert [e.target for e in found] == [["a", "b"], ["b"], [], ["a"], ["a;b", "c"], []]
    assert tally == {"texts without a list of labels": 3}


def test_flags():
    rows = [
        {"text": "x", "rude": 1, "loud": False},
        {"text": "x", "rude": "0", "loud": "TRUE"},
        {"text": "x", "rude": 1.0, "loud": "yes"},
        {"text": "x", "rude": "", "loud": np.int64(0)},
    ]
    found, tally = rows_of("multilabel", *rows, flags=("rude", "loud"))
    assert [e.target for e in found] == [["rude"], ["loud"], ["rude", "loud"]]
    assert tally == {"texts without a list of labels": 1}


def test_tags():
    rows = [
        {"tokens": ["a", "b"], "tags": ["O", None]},
        {"tokens": np.array(["c"]), "tags": np.array([1.0])},
        {"tokens": "['d', 'e']", "tags": "['O', 'B']"},
        {"tokens": ["f"], "tags": None},
        {"tokens": None, "tags": None},
        {"tokens": "['1.0', 'nan']", "tags": "['1.0', 'nan']"},
    ]
    found, tally = rows_of("tagging", *rows)
    assert [e.tokens for e in found] == [["a", "b"], ["c"], ["d", "e"], ["f"], [], ["1.0", "nan"]]
    assert [e.target for e in found] == [["O", None], ["1"], ["O", "B"], [None], [], ["1", None]]
    assert tally == {"tokens without a label": 3}


def test_a_pair_of_texts():
    rows = [
        {"premise": "It rains.", "hypothesis": h, "label": "yes"} for h in ("Wet.", None, "Dry .")
    ]
    found, _ = rows_of("classification", *rows, text="premise", text_pair="hypothesis")
    assert [e.tokens for e in found] == [
        ["It", "rains", ".", "<sep>", "Wet", "."],
        ["It", "rains", ".", "<sep>"],
        ["It", "rains", ".", "<sep>", "Dry", "."],
    ]


def test_fields_in_fields():
    row = {"data": {"text": "a", "choices": [{"name": "x"}]}, "data.text": "b"}
    options = {"text": "data.text", "label": "data.choices.0.name"}
    assert [tuple(e[:2]) for e in rows_of("classification", row, **options)[0]] == [(["b"], "x")]
    del row["data.text"]
    assert rows_of("classification", row, **options)[0][0].tokens == ["a"]


def test_blank_texts_come_without_tokens_and_the_label_of_the_file_counts():
    rows = [{"text": value} for value in ("a", " ", None, float("nan"), "nan")]
    found, tally = rows_of("classification", *rows, file_label="x")
    assert [e.tokens for e in found] == [["a"], [], [], [], ["nan"]]
    assert (found[0].target, tally) == ("x", {})
    assert targets("multilabel", {"text": "a"}, file_label="x") == [["x"]]


def test_key_and_split():
    row = {"text": "a", "label": 1, "doc": 7.0, "part": "validation"}
    found, _ = rows_of("classification", row, key="doc", split="part")
    assert found[0][2:4] == ("7", "dev")
    rows = [{"text": "a", "label": 1, "s": s} for s in ("Train", " val", "valid", "devel", "TST")]
    found, _ = rows_of("classification", *rows, split="s")
    assert [e.split for e in found] == ["train", "dev", "dev", "dev", "test"]


def test_a_text_may_come_as_tokens():
    assert rows_of("classification", {"tokens": ["can't"], "label": 1})[0][0].tokens == ["can't"]


REFUSED = [  # kind, row, options, complaint
    (
        "classification",
        {"text": "a", "label": ["x", "y"]},
        {},
        r"one label, found \['x', 'y'\] \(li",
    ),
    ("classification", {"text": "a", "label": "['x', 'y']"}, {}, "expected one label, found"),
    ("classification", {"text": "a", "label": {"x": 1}}, {}, "expected one label, found {'x': 1}"),
    ("classification", {"text": ["a"], "label": 1}, {}, r"expected a text, found \['a'\] \(list\)"),
    ("classification", {"text": "a", "label": 10**5000}, {}, "found a value too large to print"),
    (
        "classification",
        {"text": "a", "lbl": 1},
        {},
        r"no field 'label' \(option 'label'\); did you",
    ),
    ("classification", {"text": "a"}, {"key": "id"}, "no field 'id' .option 'key'.; known: text"),
    (
        "classification",
        {"text": "a", "label": 1, "s": "extra"},
        {"split": "s"},
        "expected 'train', 'dev' or 'test' in the column of splits, found 'extra'",
    ),
    ("multilabel", {"text": "a", "labels": "x"}, {}, "list of labels, found 'x' .*label_separator"),
    ("multilabel", {"text": "a", "labels": 3}, {}, "expected a list of labels, found 3"),
    ("multilabel", {"text": "a", "labels": [["x", "y"]]}, {}, "expected one label, found"),
    ("multilabel", {"text": "a", "f": "2"}, {"flags": ("f",)}, "yes or no, found '2' .str. in 'f'"),
    ("multilabel", {"text": "a"}, {"flags": ("f",)}, r"no field 'f' \(option 'flags'\)"),
    ("tagging", {"tokens": ["a"], "tags": ["O", "O"]}, {}, "found 2 and 1"),
    ("tagging", {"tokens": "a b", "tags": ["O"]}, {}, "expected a list of tokens, found 'a b'"),
    ("tagging", {"tokens": ["a", " "], "tags": []}, {}, "strings and not blank, found ' '"),
]


@pytest.mark.parametrize(("kind", "row", "options", "complaint"), REFUSED)
def test_refused(kind, row, options, complaint):
    with pytest.raises(DataError, match=f"^x, line 1: .*{complaint}"):
        rows_of(kind, row, **options)


@pytest.mark.parametrize(
    ("flags", "labels"),
    [
        ((1, 0), ["a"]),
        (("x", ""), None),
        ((1, ""), ["a"]),  # a sheet that says 1 or nothing
        ((0, None), None),
        (("", ""), None),
        ((0, 0), []),
    ],
)
def test_blank_flags(flags, labels):
    row = {"text": "t", "a": flags[0], "b": flags[1]}
    if flags[0] == "x":
        with pytest.raises(DataError, match="expected 1 or 0"):
            rows_of("multilabel", row, flags=("a", "b"))
        return
    found, tally = rows_of("multilabel", row, flags=("a", "b"))
    if labels is None:
        assert (found, tally) == ([], {"texts without a list of labels": 1})
    else:
        assert [e.target for e in found] == [labels]
