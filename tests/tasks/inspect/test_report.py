"""Counts and text of a report."""

from made import multilabel_task, tagging_task, text_task

from taskrel.tasks.inspect.counts import SplitCounts, split_counts
from taskrel.tasks.inspect.report import report
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS


def tagged():
    parts = {
        "train": [Example(["the", "cat"], ["D", "N"]), Example(["it"], [None])],
        "dev": [Example(["a", "dog", "barks"], ["D", "N", "V"])],
        "test": [Example(["dogs"], ["N"])],
    }
    return encode(parts, kind="tagging", metric="accuracy", name="made", report={"blank texts": 2})


def test_counts():
    task = tagged()
    assert split_counts(task, "train") == SplitCounts(2, {"D": 1, "N": 1}, 1, 1, 1.5, 2)
    assert split_counts(task, "dev") == SplitCounts(1, {"D": 1, "N": 1, "V": 1}, 0, 3, 3, 3)


def test_counts_of_sets_and_texts():
    for task in (multilabel_task(), text_task()):
        for split in SPLITS:
            found = split_counts(task, split)
            assert found.examples == len(task.splits[split])
            assert list(found.labels.values()) == sorted(found.labels.values(), reverse=True)


def test_text_and_plain_data():
    found = report(tagged())
    assert str(found).splitlines()[:6] == [
        "made: tagging, scored by accuracy",
        "  train: 2 examples; 1 to 2 tokens, median 1.5",
        "    D 1, N 1; without a label 1",
        "  dev: 1 examples; 3 to 3 tokens, median 3",
        "    D 1, N 1, V 1",
        "  test: 1 examples; 1 to 1 tokens, median 1",
    ]
    assert "  first training example: the/D cat/N" in str(found).splitlines()
    assert "  left out or changed: blank texts: 2" in str(found).splitlines()
    assert "warning: dev has label 'V' that training never shows" in str(found)
    plain = found.to_plain()
    assert plain["splits"]["train"]["labels"] == {"D": 1, "N": 1}
    assert plain["example_labels"] == ["D", "N"]


def test_the_scheme_of_spans_is_said():
    parts = {s: [Example(["a", "b"], ["U-X", "O"])] for s in SPLITS}
    task = encode(parts, kind="tagging", metric="span_f1", name="made", outside="O")
    assert str(report(task)).splitlines()[1] == "  labels mark spans: BILOU"
    assert report(tagged()).spans == ""


def test_many_labels_are_counted_not_listed():
    parts = {s: [Example(["w"], f"label{i % 15:02d}") for i in range(45)] for s in SPLITS}
    found = str(report(encode(parts, kind="classification", metric="accuracy", name="made")))
    assert "label09 3, and 5 more labels" in found


def test_every_kind_has_an_example():
    for task in (tagging_task(), text_task(), multilabel_task()):
        assert "first training example: " in str(report(task))
