import gzip
import hashlib
import tracemalloc

import numpy as np
import pytest

from taskrel.errors import VectorsError
from taskrel.tasks.words.vectors import Vectors, read_vectors, spellings, wanted_words

TEXT = 'the 0.5 -1\ncat 2 3e-1\n" 1 1\n'


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz"])
@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_reads_plain_and_gz_with_or_without_header(tmp_path, suffix, header):
    raw = (header + TEXT).encode()
    path = tmp_path / f"v{suffix}"
    path.write_bytes(gzip.compress(raw) if suffix.endswith("gz") else raw)
    vectors = read_vectors(path)
    assert vectors.words == ("the", "cat", '"')
    np.testing.assert_array_equal(
        vectors.matrix, np.array([[0.5, -1], [2, 0.3], [1, 1]], np.float32)
    )
    assert vectors.width == 2
    assert vectors.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_only_wanted_rows_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text(TEXT)
    assert wanted_words(["Cat", "The"]) == {"Cat", "cat", "The", "the"}
    assert read_vectors(path, wanted_words(["Cat", "The"])).words == ("the", "cat")
    assert read_vectors(path, {"dog"}).matrix.shape == (0, 2)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"the 0.5 1\ncat 2\n", "line 2: expected 2 values as in the first row, found 1"),
        (b"the 0.5 1\ncat 2 x\n", "line 2: expected numbers, found '2 x'"),
        (b"the\n", "line 1: expected some values"),
        (b"", "the file is empty"),
        (b"the 0.5 1\ncat 1 2 3\n", "line 2: expected 2 values as in the first row, found 3"),
        (b"the 0.5 1\n3 1 2 3 4\n", "line 2: expected 2 values as in the first row, found 4"),
        (b"the 0.5 1\ncat  1 2\n", "line 2: expected 2 values as in the first row, found 3"),
        (b"the 0.5 1\ncat 1  2\n", "line 2: expected 2 values as in the first row, found 3"),
        (b"the 0.5 1\n\ncat nan 1\n", "line 3: expected finite values, found nan or infinity"),
        (b"the 0.5 1\ncat 1 -inf\n", "line 2: expected finite values"),
        (b"the 0.5 1\ncat 1 1e39\n", "line 2: expected finite values"),
        (b"2 2\n", "the file is empty"),
        (
            b"the 1 2\ncaf\xe9 1 2\n",
            "line 2: expected GloVe text in UTF-8, plain or .gz, found byte 0xe9",
        ),
    ],
)
def test_malformed_files_say_where(tmp_path, raw, says):
    path = tmp_path / "v.txt"
    path.write_bytes(raw)
    with pytest.raises(VectorsError) as e:
        read_vectors(path)
    assert str(path) in str(e.value)
    assert says in str(e.value)


@pytest.mark.parametrize("name", ["missing.txt", "no.gz", "short.gz", "damaged.gz"])
def test_missing_file_and_false_gz(tmp_path, name):
    whole = gzip.compress(TEXT.encode() * 50)
    (tmp_path / "no.gz").write_text("not compressed")
    (tmp_path / "short.gz").write_bytes(whole[:-12])
    (tmp_path / "damaged.gz").write_bytes(whole[:10] + b"\xff" * 10 + whole[20:])
    with pytest.raises(VectorsError, match=name):
        read_vectors(tmp_path / name)


def test_words_may_hold_blanks_once_the_width_is_known(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("the 0.5 1\n. . 1 2\nat 5 o'clock 3 4\n\u00a0 5 6\nx\u2028y 7 8\n")
    vectors = read_vectors(path)
    assert vectors.words == ("the", ". .", "at 5 o'clock", "\u00a0", "x\u2028y")
    assert vectors.matrix.tolist() == [[0.5, 1], [1, 2], [3, 4], [5, 6], [7, 8]]
    assert read_vectors(path, {"."}).words == ()
    assert read_vectors(path, {". ."}).matrix.tolist() == [[1, 2]]


def test_scale_is_the_spread_of_the_file_whatever_is_wanted(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("a 1 3\nb 5 7\n")  # mean 4, squared deviations 9, 1, 1, 9
    assert read_vectors(path).scale == pytest.approx(5**0.5)
    assert (
        read_vectors(path, {"b"}).scale
        == read_vectors(path, set()).scale
        == read_vectors(path).scale
    )
    # Rows after the first 1,000 do not count.
    path.write_text("a 1\nb 3\n" * 500 + "c 900\n")
    assert read_vectors(path, {"c"}).scale == 1
    assert read_vectors(path, {"c"}).matrix.tolist() == [[900]]
    assert Vectors(("a",), np.ones((1, 2), np.float32), "0").scale == 0.1


def test_the_file_is_never_held_whole(tmp_path):
    path = tmp_path / "v.txt.gz"
    line = "word" + " 0.25" * 200 + "\n"
    path.write_bytes(gzip.compress((line * 8000).encode(), 1))  # 8 MB of text
    read_vectors(path, {"other"})  # what is allocated once does not count
    tracemalloc.start()
    try:
        read_vectors(path, {"other"})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4e6  # 1,000 rows for the scale, in float32 and float64: 2.4 MB


@pytest.mark.real_data
def test_glove_of_the_data_folder(data_folder):
    vectors = read_vectors(
        data_folder / "glove/glove.6B.50d.100k.txt.gz", {"the", "cat", "not-a-word-at-all"}
    )
    assert vectors.words == ("the", "cat")
    assert vectors.matrix.shape == (2, 50)
    small = read_vectors(data_folder / "glove/glove.6B.100d.top2716.txt")
    assert small.matrix.shape == (2716, 100)


def test_the_separator_of_pairs_is_looked_up_in_no_file():
    assert spellings("<sep>") == ()
    assert wanted_words(["The", "<sep>"]) == {"The", "the"}
