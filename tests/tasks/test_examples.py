"""Tasks from lists of tuples and of dicts."""

import pytest

from taskrel.errors import DataError, UsageError
from taskrel.tasks.task import Task

PAIRS = [(f"text {i}", i % 2) for i in range(20)]


@pytest.mark.parametrize(
    ("examples", "arguments", "kind", "labels"),
    [
        (PAIRS, {}, "classification", ("0", "1")),
        (list(map(list, PAIRS)), {}, "classification", ("0", "1")),
        (iter([("first", None), *PAIRS]), {}, "classification", ("0", "1")),
        ([(t, t, y) for t, y in PAIRS], {}, "classification", ("0", "1")),
        ([(t, ["a", "b"][:y]) for t, y in PAIRS] + [("x", {"b"})], {}, "multilabel", ("a", "b")),
        (
            [(t, ["", "a;b"][y]) for t, y in PAIRS],
            {"label_separator": ";"},
            "multilabel",
            ("a", "b"),
        ),
        ([(t.split(), ["O", "B"]) for t, _ in PAIRS], {"outside": "O"}, "tagging", ("B", "O")),
        ([{"text": t, "label": y} for t, y in PAIRS], {}, "classification", ("0", "1")),
        ([{"text": t, "labels": [y]} for t, y in PAIRS], {}, "multilabel", ("0", "1")),
        (
            [{"t": t, "up": y, "down": 1 - y} for t, y in PAIRS],
            {"text": "t", "flags": ["up", "down"]},
            "multilabel",
            ("down", "up"),
        ),
        (
            [{"a": t, "b": y, "c": 1} for t, y in PAIRS],
            {"text": "a", "label": "b"},
            "classification",
            ("0", "1"),
        ),
    ],
)
def test_a_task(examples, arguments, kind, labels):
    task = Task.from_examples(examples, name="x", **arguments)
    assert (task.kind, task.labels) == (kind, labels)
    assert sum(len(part) for part in task.splits.values()) in (20, 21)


@pytest.mark.parametrize(
    ("tags", "arguments", "metric", "outside"),
    [
        (["O", "B-X"], {}, "span_f1", "O"),
        (["O", "S-X"], {}, "span_f1", "O"),
        (["O", "X"], {"scheme": "IO"}, "span_f1", "O"),
        (["O", "B-X"], {"metric": "accuracy"}, "accuracy", None),
        (["O", "B-X"], {"outside": "O"}, "micro_f1", "O"),
        (["O", "NOUN"], {}, "accuracy", None),
        (["DET", "NOUN"], {}, "accuracy", None),
    ],
)
def test_labels_that_mark_spans_are_scored_as_spans(tags, arguments, metric, outside):
    examples = [(text.split(), tags) for text, _ in PAIRS]
    task = Task.from_examples(examples, name="x", **arguments)
    assert (task.metric, task.outside) == (metric, outside)


def test_tuples_and_dicts_are_the_same_and_pairs_have_a_separator():
    dicts = [{"text": t, "text_pair": "so", "label": y} for t, y in PAIRS]
    task = Task.from_examples([(t, "so", y) for t, y in PAIRS], name="x")
    assert task.digest == Task.from_examples(dicts, name="x").digest
    assert task.texts("test")[0].endswith("<sep> so")


def test_dicts_may_name_their_split():
    split = ["train"] * 10 + ["dev"] * 6 + ["test"] * 4
    dicts = [{"text": t, "label": y, "split": s} for (t, y), s in zip(PAIRS, split, strict=True)]
    task = Task.from_examples(dicts, name="x")
    assert [len(task.splits[s]) for s in ("train", "dev", "test")] == [10, 6, 4]


@pytest.mark.parametrize(
    ("examples", "arguments", "said"),
    [
        ([], {}, "task x: there are no examples"),
        (["a"], {}, r"task x, examples\[0\]: expected \(text, label\), .* or a dict, found 'a'"),
        ([("a",)], {}, r"examples\[0\]: expected \(text, label\)"),
        ([*PAIRS, "ab"], {}, r"examples\[20\]: expected a tuple of 2 as the first is, found 'ab'"),
        ([{"text": "a", "label": 1}, ("b", 2)], {}, r"examples\[1\]: expected a dict, found"),
        (PAIRS, {"text": "text"}, "fields are named for dicts only; leave out text"),
        ([{"txt": "a", "label": 1}], {}, "expected the columns text and label, .* found label"),
        ([*PAIRS, (3, 1)], {}, r"task x, examples\[20\]: expected a text, found 3 \(int\)"),
        (
            [{"text": "a", "label": 1}, {"text": "b"}],
            {},
            r"examples\[1\]: there is no field 'label'",
        ),
    ],
)
def test_refused(examples, arguments, said):
    with pytest.raises((DataError, UsageError), match=said):
        Task.from_examples(examples, name="x", **arguments)
