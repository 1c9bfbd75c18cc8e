"""Sentence compression: matching from left to right, and both ways of storing pairs."""

import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.compression import match


@pytest.mark.parametrize(
    ("sentence", "compression", "kept"),
    [
        ("a b c", "a c", "101"),
        ("the the cat", "the cat", "101"),  # the first that fits, not the nearest
        ("a b", "", "00"),
        ("a b", "b a", None),
        ("a", "a a", None),
        ("A b", "a b", None),
    ],
)
def test_match(sentence, compression, kept):
    labels = match(sentence.split(), compression.split())
    assert labels == (kept and [{"1": "keep", "0": "delete"}[k] for k in kept])


def test_csv(read, made_up):
    examples, tally = read("compression", made_up / "pairs.csv")
    assert len(examples) == 1
    kept = [t for t, label in zip(*examples[0][:2], strict=True) if label == "keep"]
    assert kept == ["The", "shop", "closed", "."]
    assert tally == {"pairs whose compression is not a subsequence of the sentence": 1}


def test_two_files(read, made_up):
    examples, _ = read("compression", made_up / "long.txt", compressions={"long.txt": "short.txt"})
    assert [e.target.count("keep") for e in examples] == [6, 2]


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("a,b\n", {}, "line 1: expected the header original,compressed, found 'a,b'"),
        ("original,compressed\na,a\nb\n", {}, "line 3: expected 2 columns, found 1"),
        ('original,compressed\n"a,a\n', {}, "line 2: the quoted row"),
        (
            "a\n",
            {"compressions": {"x.csv": "short.txt"}},
            r"as many lines as in short.txt \(2\), found 1",
        ),
    ],
)
def test_refused(read, tmp_path, text, options, complaint):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(DataError, match=complaint):
        read("compression", tmp_path / "x.csv", **options)
