"""Parquet and Arrow files: rows of every kind, nested fields, and what is no such file."""

import sys

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from taskrel.errors import DataError, UsageError

TABLE = pa.table(
    {
        "text": ["a b", None, "c"],
        "label": pa.array([1, 2, None], pa.int8()),
        "labels": [["x", "y"], [], None],
        "tokens": [["a", "b"], [], ["c"]],
        "tags": pa.array([["O", None], [], ["B"]]).cast(pa.list_(pa.large_string())),
        "data": [{"text": "d"}, {"text": "e"}, {"text": "f"}],
        "mood": pa.array(["up", "down", "up"]).dictionary_encode(),
    }
)


def stream(table, path):
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


WRITERS = {"parquet": parquet.write_table, "feather": feather.write_feather, "stream": stream}


@pytest.fixture(params=WRITERS)
def path(request, tmp_path):
    WRITERS[request.param](TABLE, str(tmp_path / "x"))
    return tmp_path / "x"


def test_rows(read, path):
    examples, tally = read("parquet", path, "classification")
    assert [tuple(e[:2]) for e in examples] == [(["a", "b"], "1"), ([], None), (["c"], None)]
    assert tally == {"texts without a label": 1}
    assert [e.target for e in read("arrow", path, "multilabel")[0]] == [["x", "y"], []]
    assert [e.target for e in read("parquet", path)[0]] == [["O", None], [], ["B"]]
    names = {"text": "data.text", "label": "mood"}
    examples, _ = read("parquet", path, "classification", **names)
    assert [(e.tokens[0], e.target) for e in examples] == [("d", "up"), ("e", "down"), ("f", "up")]


def test_refused(read, path):
    with pytest.raises(
        DataError, match=r"x, row 1: there is no field 'lable' .*did you mean label"
    ):
        read("parquet", path, "classification", label="lable")
    with pytest.raises(DataError, match="row 1: expected a text, found 1"):
        read("parquet", path, "classification", text="label")


@pytest.mark.parametrize("keep", [0, 3, 100, -30])
def test_damaged_files(read, path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="not a parquet or Arrow file that pyarrow reads"):
        read("parquet", path, "classification")


def test_without_pyarrow(read, path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r'install pyarrow: pip install "taskrel\[data\]"'):
        read("parquet", path, "classification")


def test_names_of_classes_in_the_metadata(read, tmp_path):
    """As `datasets` writes them; a plain number stays a number."""
    datasets = pytest.importorskip("datasets")
    names = datasets.ClassLabel(names=["O", "B-X"])
    features = datasets.Features(
        {"tokens": datasets.List(datasets.Value("string")), "tags": datasets.List(names)}
    )
    rows = {"tokens": [["a", "b"], ["c"]], "tags": [[0, 1], [-1]]}
    datasets.disable_progress_bars()
    datasets.Dataset.from_dict(rows, features).to_parquet(str(tmp_path / "x.parquet"))
    examples, _ = read("parquet", tmp_path / "x.parquet", "tagging")
    assert [e.target for e in examples] == [["O", "B-X"], [None]]


def test_a_code_without_a_name_is_refused(read, tmp_path):
    features = '{"info": {"features": {"label": {"names": ["a", "b"], "_type": "ClassLabel"}}}}'
    table = pa.table({"text": ["x", "y"], "label": [1, 2]})
    table = table.replace_schema_metadata({"huggingface": features})
    parquet.write_table(table, tmp_path / "x")
    with pytest.raises(DataError, match="expected a code below 2, the number of its names, found"):
        read("parquet", tmp_path / "x", "classification")


def test_a_short_float_is_the_number_that_it_shows(read, tmp_path):
    label = pa.array([0.1, 2.0, None], pa.float32())
    parquet.write_table(pa.table({"text": ["a", "b", "c"], "label": label}), tmp_path / "x")
    examples, _ = read("parquet", tmp_path / "x", "classification")
    assert [e.target for e in examples] == ["0.1", "2", None]
