import gzip
import hashlib

import numpy as np
import pytest

from taskrel.errors import VectorsError
from taskrel.tasks.vectors import read_vectors, wanted_words

TEXT = "the 0.5 -1\ncat 2 3e-1\n\" 1 1\n"


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz"])
@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_reads_plain_and_gz_with_or_without_header(tmp_path, suffix, header):
    raw = (header + TEXT).encode()
    path = tmp_path / f"v{suffix}"
    path.write_bytes(gzip.compress(raw) if suffix.endswith("gz") else raw)
    vectors = read_vectors(path)
    assert vectors.words == ("the", "cat", '"')
    np.testing.assert_array_equal(vectors.matrix, np.array([[0.5, -1], [2, 0.3], [1, 1]],
                                                           np.float32))
    assert vectors.width == 2
    assert vectors.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_only_wanted_rows_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text(TEXT)
    assert wanted_words(["Cat", "The"]) == {"Cat", "cat", "The", "the"}
    assert read_vectors(path, wanted_words(["Cat", "The"])).words == ("the", "cat")
    assert read_vectors(path, {"dog"}).matrix.shape == (0, 2)


@pytest.mark.parametrize(("raw", "says"), [
    (b"the 0.5 1\ncat 2\n", "line 2: expected 2 values as in the first row, found 1"),
    (b"the 0.5 1\ncat 2 x\n", "line 2: a value is no number: '2 x'"),
    (b"the\n", "line 1: expected some values"),
    (b"", "the file is empty"),
    (b"caf\xe9 1 2\n", "expected GloVe text in UTF-8, plain or .gz"),
])
def test_malformed_files_say_where(tmp_path, raw, says):
    path = tmp_path / "v.txt"
    path.write_bytes(raw)
    with pytest.raises(VectorsError) as e:
        read_vectors(path)
    assert str(path) in str(e.value)
    assert says in str(e.value)


@pytest.mark.parametrize("name", ["missing.txt", "no.gz"])
def test_missing_file_and_false_gz(tmp_path, name):
    (tmp_path / "no.gz").write_text("not compressed")
    with pytest.raises(VectorsError, match=name):
        read_vectors(tmp_path / name)


@pytest.mark.real_data
def test_glove_of_the_data_folder(data_folder):
    vectors = read_vectors(data_folder / "glove/glove.6B.50d.100k.txt.gz",
                           {"the", "cat", "not-a-word-at-all"})
    assert vectors.words == ("the", "cat")
    assert vectors.matrix.shape == (2, 50)
    small = read_vectors(data_folder / "glove/glove.6B.100d.top2716.txt")
    assert small.matrix.shape == (2716, 100)
