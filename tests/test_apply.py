"""``taskrel apply``: lines in, JSON lines out."""

import io
import json

import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.apply import main
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.training.recipes.recipe import BiLSTM, Recipe
from taskrel.training.saved.files import write_model
from taskrel.training.saved.train import train_kept

RECIPE = Recipe(steps=5, width=4, evaluations=1, encoder=BiLSTM(units=2))
PAIRS = encode(
    {s: [Example(["a", "<sep>", w], w) for w in "xy" * 4] for s in ("train", "dev", "test")},
    kind="classification",
    metric="accuracy",
    name="pairs",
)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for task in (text_task(), multilabel_task(), tagging_task(), PAIRS):
        write_model(train_kept([task], task.name, RECIPE, 0), folder / task.name)
    return folder


@pytest.fixture
def apply(models, monkeypatch, capsys):
    """The command with these lines as input: exit code, documents, stderr."""

    def call(name, *lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = main([str(models / name)])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return call


def test_texts(apply):
    code, found, err = apply(
        "texts", "ba be bi", "", '["ba", "be"]', '{"text": "ba", "id": 7}', "[odd"
    )
    assert (code, err) == (0, "")
    assert [list(d) for d in found] == [
        ["text", "label", "probability"],
        ["text", "label"],
        ["label", "probability"],
        ["text", "id", "label", "probability"],
        ["text", "label", "probability"],
    ]
    assert found[0]["label"] in "bdgk"
    assert found[1] == {"text": "", "label": None}
    assert found[3]["id"] == 7
    assert found[4]["text"] == "[odd"


def test_several_labels(apply):
    _, (found, empty), _ = apply("many", "ba be bi", "")
    assert set(found["labels"]) <= set("aeiou")
    assert empty["labels"] is None


def test_tags(apply):
    _, (found, empty), _ = apply("tags", "ba, be", "")
    assert found["tokens"] == ["ba", ",", "be"]
    assert len(found["tags"]) == 3 and set(found["tags"]) <= {"V", "C"}
    assert found["spans"] == []
    assert empty["tokens"] == []


def test_pairs(apply):
    code, found, _ = apply("pairs", '["a", "x"]', '{"text": "a", "text_pair": "y"}')
    assert code == 0
    assert [d["text_pair"] for d in found] == ["x", "y"]
    assert all(d["label"] in ("x", "y") for d in found)


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("texts", '{"body": "ba"}', "standard input, line 1: expected the field 'text'"),
        ("texts", "[1, 2]", "standard input, line 1: expected a list of tokens"),
        ("pairs", "a text", "line 1: expected two texts, as a JSON list or object"),
        ("pairs", '["a"]', "line 1: expected a list of two texts"),
        ("pairs", '{"text": "a"}', "expected the field 'text' and 'text_pair'"),
    ],
)
def test_bad_lines(apply, name, line, says):
    code, found, err = apply(name, line)
    assert (code, found) == (2, [])
    assert says in err


def test_a_file(models, tmp_path, capsys):
    path = tmp_path / "texts.txt"
    path.write_text("ba\nbe\n")
    assert main([str(models / "texts"), str(path)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main([str(models / "texts"), str(tmp_path / "nowhere")]) == 2
    assert "nowhere: cannot be read (No such file" in capsys.readouterr().err
    path.write_bytes(b"\xff\n")
    assert main([str(models / "texts"), str(path)]) == 2
    assert "expected text in UTF-8" in capsys.readouterr().err


def test_no_model(tmp_path, capsys):
    assert main([str(tmp_path / "none")]) == 2
    assert "no such folder; taskrel search --save writes one" in capsys.readouterr().err
