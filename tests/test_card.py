"""`taskrel card`: a file of any known form becomes a card that reads the same task."""

import json
import shutil

import made_exports
import pytest

from taskrel.card import main
from taskrel.run_pairs import main as run
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task

MADE = made_exports.examples(60)
FORMS = [("tagging", form) for form in made_exports.TAGGED] + [
    ("classification", form) for form in made_exports.CLASSIFIED
]
#: Forms whose libraries take seconds to import.
HEAVY = ("spacy", "parquet", "excel")
#: What people have, one form of each, which is also trained.
TEN = [("classification", form) for form in ("csv", "excel", "parquet", "jsonl")] + [
    ("tagging", form)
    for form in ("doccano", "label_studio", "prodigy", "spacy", "brat", "conll2003")
]
#: Of the same texts; brat's documents are divided into sentences, as these texts are.
ONE = {"tagging": "conll2003", "classification": "csv"}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Function that writes one form, has its card written and reads the task with it; once."""
    done = {}

    def read(kind, form):
        if (kind, form) not in done:
            folder = tmp_path_factory.mktemp(f"{kind}_{form}")
            file = made_exports.write(form, MADE, folder / "data", kind)
            # Nothing of the folder's name, the tool's or the file's may matter but its content.
            argv = [str(file), "--name", "made", "--out", str(folder), "--quiet"]
            assert main(argv) == 0
            done[kind, form] = load_task(load_card(folder / "made.toml"), file.parent)
        return done[kind, form]

    return read


@pytest.mark.parametrize(
    ("kind", "form"),
    [pytest.param(*pair, marks=[pytest.mark.slow] if pair[1] in HEAVY else []) for pair in FORMS],
)
def test_every_form_of_the_same_texts_gives_the_same_task(read, kind, form):
    task, other = read(kind, form), read(kind, ONE[kind])
    assert task.kind == kind
    assert task.metric == {"tagging": "span_f1", "classification": "macro_f1"}[kind]
    labels = {tag for m in MADE for tag in m.tags} if kind == "tagging" else {m.label for m in MADE}
    assert set(task.labels) == labels
    assert sum(len(task.splits[split]) for split in ("train", "dev", "test")) == len(MADE)
    assert task.digest == other.digest


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "form"), TEN)
def test_every_form_is_trained_without_editing(tmp_path, kind, form, capsys):
    file = made_exports.write(form, MADE, tmp_path / "data", kind)
    assert main([str(file), "--name", "made", "--out", str(tmp_path), "--quiet"]) == 0
    card, data = str(tmp_path / "made.toml"), str(file.parent)
    capsys.readouterr()
    argv = ["--tasks", card, "--data", data, "--single", "--steps", "5", "--seeds", "0", "--json"]
    assert run([*argv, "--out", str(tmp_path / "runs"), "--jobs", "1", "--quiet"]) == 0
    assert "made" in json.dumps(json.loads(capsys.readouterr().out))


def test_the_text_says_what_was_found_and_what_to_do_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    made_exports.write("csv", MADE, tmp_path, "classification")
    assert main(["texts.csv", "--quiet"]) == 0
    out = capsys.readouterr().out
    for sentence in (
        "- A table with a header ('text', 'label'); a comma divides the columns.",
        "- 'label' is the label, by its name (3 different values).",
        "texts: classification, scored by macro_f1",
        'reader = "csv"',
        "Train it: taskrel run --tasks texts.toml --data . --single",
    ):
        assert sentence in out
    assert main(["texts.csv", "--quiet"]) == 2
    assert "texts.toml exists; name another task with --name" in capsys.readouterr().err
    assert main(["texts.csv", "--force", "--label", "text", "--text", "label", "--quiet"]) == 2


def test_json_and_a_named_label(tmp_path, capsys):
    made_exports.write("csv", MADE, tmp_path, "classification")
    argv = [str(tmp_path / "texts.csv"), "--out", str(tmp_path), "--json", "--label", "label"]
    assert main(argv) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["fields"]["reader"] == "csv"
    assert document["report"]["task"] == "texts"
    assert "'label' is the label, as you say (3 different values)." in document["found"]


def test_a_file_per_split(tmp_path, capsys):
    folder = tmp_path / "shop"
    for split, part in (("train", MADE[:40]), ("validation", MADE[40:50]), ("test", MADE[50:])):
        file = made_exports.write("jsonl", part, tmp_path / split, "classification")
        folder.mkdir(exist_ok=True)
        shutil.move(file, folder / f"shop_{split}.jsonl")
    (folder / "README.md").write_text("what it is\n")
    for where in (folder, folder / "shop_train.jsonl"):
        argv = [str(where), "--folder", "--out", str(tmp_path), "--force", "--json"]
        assert main(argv) == 0
        fields = json.loads(capsys.readouterr().out)["fields"]
        assert fields["name"] == "shop" and "cut" not in fields
        assert [(f["path"], f["split"]) for f in fields["files"]] == [
            ("shop_train.jsonl", "train"),
            ("shop_validation.jsonl", "dev"),
            ("shop_test.jsonl", "test"),
        ]


def test_a_file_per_split_with_a_common_name(tmp_path, capsys):
    for split in ("train", "dev", "test"):
        rows = [f"text {split} {i},{'xy'[i % 2]}" for i in range(8)]
        (tmp_path / f"shop.{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    (tmp_path / "other.test.csv").write_text("text,label\na,b\n")
    file = str(tmp_path / "shop.train.csv")
    assert main([file, "--folder", "--out", str(tmp_path), "--json", "--name", "shop"]) == 0
    files = json.loads(capsys.readouterr().out)["fields"]["files"]
    assert [f["path"] for f in files] == [f"shop.{s}.csv" for s in ("train", "dev", "test")]


@pytest.mark.parametrize(
    ("values", "cut"),
    [
        (("train", "val", "test"), None),
        (("Train", "Dev", "TEST"), None),
        (("train", "train", "test"), {"dev": 0.1}),
    ],
)
def test_a_column_of_splits(tmp_path, capsys, values, cut):
    rows = [f"text {i},{'xy'[i % 2]},{values[(i > 59) + (i > 69)]}" for i in range(80)]
    (tmp_path / "shop.csv").write_text("text,label,split\n" + "\n".join(rows) + "\n")
    assert main([str(tmp_path / "shop.csv"), "--out", str(tmp_path), "--json"]) == 0
    fields = json.loads(capsys.readouterr().out)["fields"]
    assert fields["options"] == {"split": "split"} and fields.get("cut") == cut
    task = load_task(load_card(tmp_path / "shop.toml"), tmp_path)
    assert len(task.splits["test"]) == 10


def test_a_test_file_without_labels_is_left_out_and_said(tmp_path, capsys):
    for split, label in (("train", "xy"), ("dev", "xy"), ("test", ("", ""))):
        rows = [f"text {split} {i},{label[i % 2]}" for i in range(20)]
        (tmp_path / f"{split}.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    assert main([str(tmp_path), "--folder", "--out", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "test.csv has no labels and is left out." in document["found"]
    assert document["fields"]["cut"] == {"test": 0.1}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--name", "a/b"], "--name a/b: expected a name that can be part of a file's name"),
        (["--out", "{file}"], "cannot be written"),
    ],
)
def test_where_a_card_cannot_be_written(tmp_path, capsys, options, says):
    file = made_exports.write("csv", MADE, tmp_path, "classification")
    assert main([str(file), *(o.replace("{file}", str(file)) for o in options)]) == 2
    assert says in capsys.readouterr().err


def test_a_data_set_of_the_hub(tmp_path, monkeypatch, capsys):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["bad", "good"]),
            "tags": datasets.List(datasets.ClassLabel(names=["x", "y"])),
        }
    )

    def part(n, labels=None):
        labels = labels or [i % 2 for i in range(n)]
        columns = {"text": [f"text {i}" for i in range(n)], "label": labels, "tags": [[0, 1]] * n}
        return datasets.Dataset.from_dict(columns, features)

    asked = []
    found = datasets.DatasetDict(train=part(30), validation=part(6), test=part(4, [-1, 0, 1, 1]))
    monkeypatch.setattr(datasets, "load_dataset", lambda *name: asked.append(name) or found)
    datasets.disable_progress_bars()
    argv = ["hf:ann/shop:small", "--data", str(tmp_path), "--out", str(tmp_path), "--quiet"]
    assert main(argv) == 0
    assert asked == [("ann/shop", "small")]
    task = load_task(load_card(tmp_path / "shop_small.toml"), tmp_path)
    assert task.labels == ("bad", "good") and len(task.splits["dev"]) == 6
    assert task.splits["test"].targets.tolist() == [-1, 0, 1, 1]
    assert "tags" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (None, [], "no such file or folder"),
        ("", [], "the file is empty"),
        ("just\nsome\nlines\n", [], "lines that nothing divides into a text and its label"),
        ("text,id\na b,1\nc d,2\ne f,3\n", [], "no column looks like a label"),
        ("text,label\na b,x\nc d,y\n", ["--label", "lable"], "--label lable: no such column; did"),
        (
            "text,label\n" + "".join(f"a {i},x\n" for i in range(9)),
            [],
            "no column looks like a label",
        ),
        ('{"a": 1}\n{"a": 2}\n', [], "no column looks like a text"),
        ("text,label\na b,x\nc d,y\n", ["--folder"], "expected a file per split"),
    ],
)
def test_refused(tmp_path, capsys, content, options, says):
    file = tmp_path / "made.txt"
    if content is not None:
        file.write_text(content)
    assert main([str(file), "--out", str(tmp_path / "out"), "--quiet", *options]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists() or not [*(tmp_path / "out").glob("*.toml")]
