"""Tasks from data frames: kinds, forms of labels, what is missing, cuts and refusals."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from made_frames import TEXTS, frame, texts, tones

from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import ABSENT, SPLITS, Task


def rows(task, split):
    """Tokens and target codes of each example of a split."""
    part = task.splits[split]
    words = [[task.words[t] for t in part.tokens[a:b]] for a, b in pairwise(part.offsets)]
    return words, part.targets.tolist()


def test_a_classification_is_the_task_that_the_same_examples_make():
    split = ["train"] * 20 + ["dev"] * 10 + ["test"] * 10
    labels = ["up", "down"] * 20
    task = tones(texts(label=labels, where=split), split="where")
    tokens = [["It", "is", "n't", "text", str(i), "."] for i in range(40)]
    examples = [Example(*e) for e in zip(tokens, labels, strict=True)]
    parts = {"train": examples[:20], "dev": examples[20:30], "test": examples[30:]}
    same = encode(parts, kind="classification", metric="macro_f1", name="tones")
    assert (task.digest, task.family, task.language) == (same.digest, "tones", "en")
    assert repr(task) == "Task(tones: classification, 2 labels, train 20, dev 10, test 10)"
    assert task.left_out == {}


def test_a_multilabel_task_takes_any_list_of_labels():
    lists = [["a", "b"], ("b", "b"), {"c", "a"}, np.array(["c"]), [], [1, None], None, np.nan] * 5
    task = Task.from_frame(
        texts(labels=lists, s=["train"] * 8 + ["dev"] * 16 + ["test"] * 16),
        text="text",
        labels="labels",
        split="s",
        name="moods",
    )
    assert (task.kind, task.metric, task.labels) == ("multilabel", "macro_f1", ("1", "a", "b", "c"))
    assert rows(task, "train")[1] == [
        [0, 1, 1, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 1],
        [0, 0, 0, 1],
        [0, 0, 0, 0],
        [1, 0, 0, 0],
    ]
    assert task.left_out == {
        "missing labels in lists of labels": 5,
        "texts without a list of labels": 10,
    }


@pytest.mark.parametrize(
    ("outside", "metric", "expected"),
    [(None, None, "accuracy"), ("O", None, "micro_f1"), ("O", "macro_f1", "macro_f1")],
)
def test_a_tagging_task(outside, metric, expected):
    tokens = [["a", "b"], np.array(["c"]), ("d", "e"), [], None] * 4
    tags = [["O", 1], np.array([1.0]), None, (), None] * 4
    task = Task.from_frame(
        frame(words=tokens, pos=tags, s=["train"] * 5 + ["dev"] * 10 + ["test"] * 5),
        tokens="words",
        tags="pos",
        split="s",
        name="tags",
        outside=outside,
        metric=metric,
        family="f",
        language="de",
    )
    assert (task.kind, task.metric, task.labels) == ("tagging", expected, ("1", "O"))
    assert (task.outside, task.family, task.language) == (outside, "f", "de")
    assert rows(task, "train") == (
        [["a", "b"], ["c"], ["d", "e"]],
        [1, 0, 0, ABSENT, ABSENT],
    )
    assert task.left_out == {"tokens without a label": 8, "texts without tokens": 8}


@pytest.mark.parametrize(
    ("tags", "scheme", "says"),
    [
        (["B-X", "L-X", "O"], "auto", "BILOU"),
        (["X", "X", "O"], "IO", "IO"),
        (["B-X", "I-X", "O"], "IOBES", "IOBES"),
    ],
)
def test_span_f1_has_a_scheme_and_the_outside_label_o(tags, scheme, says):
    tokens = [["a", "b", str(i)] for i in range(20)]
    task = Task.from_frame(
        frame(tokens=tokens, tags=[tags] * 20),
        tokens="tokens",
        tags="tags",
        name="t",
        metric="span_f1",
        scheme=scheme,
    )
    assert (task.outside, task.scheme.says) == ("O", says)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([1, 2], ("1", "2")),
        ([1.0, 2.0], ("1", "2")),
        ([np.int64(1), np.float32(2)], ("1", "2")),
        (["1", 2], ("1", "2")),
        ([Decimal("1.0"), 2.5], ("1", "2.5")),
        ([np.float32(0.1), 1e3], ("0.1", "1000")),
        ([True, False], ("False", "True")),
        ([np.bool_(True), "False"], ("False", "True")),
        ([" up ", "down"], ("down", "up")),
    ],
)
def test_labels_have_one_form_whatever_their_type(labels, names):
    column = pd.Series(labels * 20, dtype=object)
    assert tones(texts(label=column)).labels == names


@pytest.mark.parametrize("dtype", ["Int64", "float64", "category", "string", "boolean"])
def test_columns_of_any_type_may_have_missing_labels(dtype):
    values = [True, False, None, True] * 10 if dtype == "boolean" else [1, 0, None, 1] * 10
    task = tones(texts(label=pd.Series(values, dtype=dtype)))
    assert task.labels == (("False", "True") if dtype == "boolean" else ("0", "1"))
    absent = sum((task.splits[split].targets == ABSENT).sum() for split in SPLITS)
    assert absent == task.left_out["texts without a label"] == 10


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT, " ", [], "nan"])
def test_missing_labels_are_absent_and_counted(missing):
    labels = ["up", "down", "up", missing] * 10
    task = tones(texts(label=pd.Series(labels, dtype=object)))
    assert task.labels == ("down", "up") and task.left_out == {"texts without a label": 10}


def test_blank_texts_are_left_out_and_counted():
    df = texts(label=["up", "down"] * 20)
    df.loc[[3, 4, 5], "text"] = [" \n", "", None]
    task = tones(df)
    assert task.left_out == {"blank texts": 3}
    assert sum(len(task.splits[split]) for split in SPLITS) == 37


def test_the_index_and_other_columns_play_no_part():
    df = texts(label=["up", "down"] * 20)
    other = df.assign(x=1).set_index(pd.Index([7] * 40))[["x", "label", "text"]]
    assert tones(df).digest == tones(other).digest == tones(df).digest
    assert tones(df, seed=1).digest != tones(df).digest


def test_columns_need_not_have_strings_as_names():
    df = pd.DataFrame({0: TEXTS, ("a", 1): [0, 1] * 20})
    assert tones(df, text=0, label=("a", 1)).digest == tones(texts(label=[0, 1] * 20)).digest


def test_texts_that_are_equal_stay_in_one_split():
    df = frame(text=["One", "one", *TEXTS[:18]] * 2, label=["up", "down"] * 20)
    task = tones(df, dev=0.2, test=0.3)
    parts = [set(task.texts(split)) for split in SPLITS]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    assert [len(part) for part in parts] == [9, 4, 6]


@pytest.mark.parametrize(
    ("n_rare", "shares"),
    [(20, [(16, 0.25), (8, 0.25), (16, 0.25)]), (1, None)],
)
def test_the_cut_is_by_label_where_each_has_texts_enough(n_rare, shares):
    """A quarter of each split is rare; one rare text cannot be in each split."""
    labels = ["rare"] * n_rare + ["often"] * 3 * n_rare
    df = frame(text=[f"text {i}" for i in range(len(labels))], label=labels)
    if shares is None:
        df = frame(text=TEXTS, label=["rare", *["often"] * 19, *["other"] * 20])
        assert [len(tones(df).splits[s]) for s in SPLITS] == [32, 4, 4]
        return
    task = tones(df, dev=0.1, test=0.2)
    for split, size in (("train", 56), ("dev", 8), ("test", 16)):
        codes = task.splits[split].targets
        assert len(codes) == size and (codes == task.labels.index("rare")).mean() == 0.25


def test_a_column_of_splits_may_leave_one_to_the_cut():
    df = texts(label=["up", "down"] * 20, s=["train"] * 30 + ["test"] * 10)
    task = tones(df, split="s", dev=0.2)
    assert [len(task.splits[split]) for split in SPLITS] == [24, 6, 10]


def test_a_pair_of_texts():
    df = texts(other=["so it is."] * 40, label=["up", "down"] * 20)
    task = tones(df, text_pair="other")
    assert task.texts("test")[0].endswith(" . <sep> so it is .")


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        ({"a": [1, 0] * 20, "b": [True, False] * 20}, {"flags": ["a", "b"]}),
        ({"a": ["yes", "no"] * 20, "b": [1.0, 0.0] * 20}, {"flags": ("a", "b")}),
        ({"all": ["a|b", ""] * 20}, {"labels": "all", "label_separator": "|"}),
        ({"all": ["['a', 'b']", "[]"] * 20}, {"labels": "all"}),
    ],
)
def test_several_labels_without_lists(columns, options):
    task = tones(texts(**columns), label=None, seed=3, **options)
    assert (task.kind, task.labels) == ("multilabel", ("a", "b"))
    assert {tuple(row) for row in task.splits["train"].targets.tolist()} == {(0, 0), (1, 1)}


def test_validation_is_dev():
    df = texts(label=["up", "down"] * 20, s=["train"] * 30 + ["validation"] * 4 + ["test"] * 6)
    assert [len(tones(df, split="s").splits[split]) for split in SPLITS] == [30, 4, 6]
