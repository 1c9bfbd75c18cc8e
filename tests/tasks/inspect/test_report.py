"""Counts, text and plain data of a report."""

import json

import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.tasks.encode import encode
from taskrel.tasks.inspect.counts import SplitCounts, split_counts
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS


def tagged():
    parts = {
        "train": [Example(["the", "cat"], ["D", "N"]), Example(["it"], [None])],
        "dev": [Example(["a", "dog", "barks"], ["D", "N", "V"])],
        "test": [Example(["it"], ["N"]), Example(["it"], ["D"])],
    }
    return encode(
        parts,
        kind="tagging",
        metric="accuracy",
        name="made",
        left_out={"blank texts": 2, "note: lines that mark a document": 3},
    )


def test_counts():
    task = tagged()
    assert split_counts(task, "train") == SplitCounts(2, {"D": 1, "N": 1}, 1, 1, 1.5, 2, 0)
    assert split_counts(task, "dev") == SplitCounts(1, {"D": 1, "N": 1, "V": 1}, 0, 3, 3, 3, 0)
    assert split_counts(task, "test").repeated == 1


def test_counts_of_sets_and_texts():
    for task in (multilabel_task(), text_task()):
        for split in SPLITS:
            found = split_counts(task, split)
            assert found.examples == len(task.splits[split])
            assert list(found.labels.values()) == sorted(found.labels.values(), reverse=True)


def test_text():
    report = tagged().report()
    lines = str(report).splitlines()
    assert lines[:12] == [
        "made: tagging, scored by accuracy",
        "  train: 2 sentences of 1 to 2 tokens (median 1.5)",
        "    2 labels: D 1, N 1; without a label 1",
        "    first: the/D cat/N",
        "  dev: 1 sentence of 3 tokens",
        "    3 labels: D 1, N 1, V 1",
        "    first: a/D dog/N barks/V",
        "  test: 2 sentences of 1 token; 1 repeat an earlier one; 2 are also in training",
        "    2 labels: D 1, N 1",
        "    first: it/N",
        "  note: lines that mark a document: 3",
        "  left out or changed: blank texts: 2",
    ]
    assert lines[12].startswith("  warning: 2 labels ('D', 'N') of all 2 occur only once")
    assert all(len(line) <= 100 for line in lines)
    assert repr(report) == f"Report(made: tagging, {len(report.warnings)} warnings)"


def test_plain_data():
    report = tagged().report()
    plain = report.to_dict()
    assert plain["splits"]["test"] == {
        "examples": 2,
        "labels": {"D": 1, "N": 1},
        "more_labels": 0,
        "unlabelled": 0,
        "tokens": {"shortest": 1, "median": 1.0, "longest": 1},
        "repeated": 1,
        "in_training": 2,
        "first": {"tokens": ["it"], "target": ["N"]},
    }
    assert plain["splits"]["train"]["first"] == {"tokens": ["the", "cat"], "target": ["D", "N"]}
    assert "in_training" not in plain["splits"]["train"]
    assert plain["warnings"] == report.warnings and plain["left_out"] == {"blank texts": 2}
    assert json.loads(json.dumps(plain)) == plain


def test_much_is_counted_not_listed():
    parts = {s: [Example([f"w{i}"] * 20, f"label{i % 15:02d}") for i in range(45)] for s in SPLITS}
    report = encode(parts, kind="classification", metric="accuracy", name="made").report()
    assert "15 labels: label00 3, label01 3" in str(report)
    assert "label09 3, and 5 more" in str(report)
    assert f"    first: {'w0 ' * 12}…  →  label00" in str(report).splitlines()
    plain = report.to_dict()["splits"]["dev"]
    assert (len(plain["labels"]), plain["more_labels"]) == (10, 5)
    assert len(plain["first"]["tokens"]) == 12


@pytest.mark.parametrize(
    ("target", "kind", "shown"),
    [
        (["a", "b"], "multilabel", "x y  →  a, b"),
        ([], "multilabel", "x y  →  no label"),
        (None, "classification", "x y  →  –"),
    ],
)
def test_the_first_example(target, kind, shown):
    one, other = (["a"], ["b"]) if kind == "multilabel" else ("a", "b")
    rest = [Example(["z"], one), Example(["z"], other)]
    parts = {s: [Example(["x", "y"], target), *rest] for s in SPLITS}
    report = encode(parts, kind=kind, metric="accuracy", name="made").report()
    assert f"    first: {shown}" in str(report).splitlines()


def test_a_control_character_and_a_long_token_are_shown_in_one_line():
    parts = {s: [Example(["\x1b[2J", "y" * 99], "a\nb"), Example(["z"], "c")] for s in SPLITS}
    report = encode(parts, kind="classification", metric="accuracy", name="made").report()
    assert f"    first: �[2J {'y' * 39}…  →  a�b" in str(report).splitlines()


def test_the_scheme_of_spans_is_said():
    parts = {s: [Example(["a", "b"], ["U-X", "O"])] for s in SPLITS}
    task = encode(parts, kind="tagging", metric="span_f1", name="made", outside="O")
    assert str(task.report()).splitlines()[1] == "  labels mark spans: BILOU"
    assert tagged().report().spans == ""


def test_every_kind_has_an_example():
    for task in (tagging_task(), text_task(), multilabel_task()):
        assert str(task.report()).count("    first: ") == 3
