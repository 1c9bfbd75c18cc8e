"""Tasks from data sets of `datasets`, and from dicts of splits: names of classes, splits, errors."""

import pandas as pd
import pytest

from taskrel.errors import DataError, UsageError
from taskrel.tasks.task import ABSENT, Task

datasets = pytest.importorskip("datasets")

N = 20
COLUMNS = {
    "text": [f"text {i}" for i in range(N)],
    "tone": [0, 1] * (N // 2),
    "moods": [[0], [0, 1], [], [1]] * (N // 4),
    "words": [[f"word{i}", "is"] for i in range(N)],
    "tags": [[0, 1]] * N,
}
CLASSIFIED = {"text": "text", "label": "tone", "name": "x"}


def features():
    values = datasets.List(datasets.Value("string"))
    return datasets.Features(
        text=datasets.Value("string"),
        tone=datasets.ClassLabel(names=["down", "up"]),
        moods=datasets.List(datasets.ClassLabel(names=["loud", "rude"])),
        words=values,
        tags=datasets.List(datasets.ClassLabel(names=["O", "B"])),
    )


def split(first=0, **columns):
    rows = {name: column[first:] for name, column in COLUMNS.items()} | columns
    return datasets.Dataset.from_dict(rows, features=features())


def official():
    return datasets.DatasetDict(train=split(), validation=split(12), test=split(16))


@pytest.mark.parametrize(
    ("columns", "kind", "labels"),
    [
        ({"text": "text", "label": "tone"}, "classification", ("down", "up")),
        ({"text": "text", "labels": "moods"}, "multilabel", ("loud", "rude")),
        ({"tokens": "words", "tags": "tags", "outside": "O"}, "tagging", ("B", "O")),
        ({"text": "text", "text_pair": "text", "label": "tone"}, "classification", ("down", "up")),
    ],
)
def test_splits_and_names_of_classes_are_kept(columns, kind, labels):
    task = Task.from_dataset(official(), name="x", **columns)
    assert (task.kind, task.labels, task.left_out) == (kind, labels, {})
    assert [len(task.splits[s]) for s in ("train", "dev", "test")] == [20, 8, 4]


def test_the_names_are_those_of_the_codes():
    task = Task.from_dataset(official(), **CLASSIFIED)
    assert [task.labels[code] for code in task.splits["dev"].targets[:2]] == ["down", "up"]
    task = Task.from_dataset(official(), name="x", text="text", labels="moods")
    assert task.splits["dev"].targets[:4].tolist() == [[1, 0], [1, 1], [0, 0], [0, 1]]


def test_one_data_set_is_cut_and_missing_splits_are():
    one = Task.from_dataset(split(), **CLASSIFIED)
    assert [len(one.splits[s]) for s in ("train", "dev", "test")] == [16, 2, 2]
    two = datasets.DatasetDict(train=split(), test=split(16))
    two = Task.from_dataset(two, **CLASSIFIED)
    assert [len(two.splits[s]) for s in ("train", "dev", "test")] == [18, 2, 4]


def test_labels_that_are_not_public_are_missing():
    data = official()
    data["test"] = split(16, tone=[-1, 0, None, 1])
    task = Task.from_dataset(data, **CLASSIFIED)
    assert task.left_out == {"texts without a label": 2}
    assert task.splits["test"].targets.tolist() == [ABSENT, 0, ABSENT, 1]


def plain(kind):
    columns = {"text": COLUMNS["text"], "tone": [["down", "up"][t] for t in COLUMNS["tone"]]}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {"columns": columns, "frame": pd.DataFrame(columns), "rows": rows}[kind]


@pytest.mark.parametrize("kind", ["columns", "frame", "rows"])
def test_plain_data(kind):
    same = Task.from_dataset(split(), **CLASSIFIED)
    assert Task.from_dataset({"train": plain(kind)}, **CLASSIFIED).digest == same.digest
    assert Task.from_dataset(plain(kind), **CLASSIFIED).digest == same.digest
    mixed = {"train": plain(kind), "dev": split(12), "test": plain("frame")[16:]}
    assert Task.from_dataset(mixed, **CLASSIFIED).digest == (
        Task.from_dataset(official(), **CLASSIFIED).digest
    )


REFUSED = [  # data, arguments, what is said
    (lambda: official(), {"label": "tine"}, r"data\['train'\] has no column .*did you mean tone"),
    (lambda: official(), {"split": "tone"}, "the data set has splits; leave out split='tone'"),
    (
        lambda: {"train": split(), "unsupervised": split()},
        {},
        r"expected the splits 'train', 'validation' .* found 'unsupervised'; give a dict without",
    ),
    (lambda: {"dev": split(), "validation": split()}, {}, "are the same split; leave one out"),
    (lambda: {"dev": split()}, {}, "the train split is empty"),
    (lambda: split().to_iterable_dataset(), {}, "data is streamed; load it without streaming"),
    (lambda: {"train": {"text": ["a"], "tone": [1, 2]}}, {}, "the columns differ in length"),
    (lambda: {"train": 7}, {}, r"data\['train'\]: expected a datasets.Dataset, .*, found int"),
    (lambda: {"train": [7]}, {}, r"data\['train'\]\[0\]: expected a dict, found 7 .int."),
    (
        lambda: {"train": [{"text": "a", "tone": 1}, {"text": "a"}]},
        {},
        r"task x, data\['train'\]\[1\]: there is no field 'tone' \(option 'label'\)",
    ),
]


@pytest.mark.parametrize(("data", "arguments", "said"), REFUSED)
def test_refused(data, arguments, said):
    with pytest.raises((UsageError, DataError), match=said):
        Task.from_dataset(data(), **CLASSIFIED | arguments)


def test_a_short_float_is_the_number_that_it_shows():
    texts = [f"text {i}" for i in range(20)]
    df = pd.DataFrame({"text": texts, "label": pd.Series([0.1, 2.0] * 10, dtype="float32")})
    for data in (df, {"train": df}, datasets.Dataset.from_pandas(df)):
        task = Task.from_dataset(data, name="t", text="text", label="label")
        assert sorted(task.labels) == ["0.1", "2"]


def test_names_of_splits_and_a_column_that_is_called_as_one():
    part = {"text": [f"text {i}" for i in range(20)], "label": [0, 1] * 10}
    task = Task.from_dataset({"Training": part, "val": part}, name="t", text="text", label="label")
    assert len(task.splits["dev"]) == 20
    columns = {"text": part["text"], "valid": part["label"]}
    assert Task.from_dataset(columns, name="t", text="text", label="valid").labels
