"""The first lines of published vectors, packed to the byte as GNU gzip does."""

import gzip
import hashlib
import shutil

import pytest

from taskrel.tasks.ready import checksum
from taskrel.tasks.words.vector_files import GLOVE, FirstLines

LINES = [f"word{i} 0.{i}\n".encode() for i in range(5)]


@pytest.mark.parametrize("lines", [0, 2, 5, 9])
@pytest.mark.parametrize("command", [True, False], ids=["gzip", "no gzip"])
def test_first_lines(tmp_path, monkeypatch, lines, command):
    if not command:
        monkeypatch.setattr(shutil, "which", lambda name: None)
    path = tmp_path / "a.new"
    path.write_bytes(b"".join(LINES))
    FirstLines(path="a", lines=lines).cut(path)
    assert gzip.decompress(path.read_bytes()) == b"".join(LINES[:lines])
    assert list(tmp_path.iterdir()) == [path]
    other = tmp_path / "b.new"  # neither name nor time leaves a trace
    other.write_bytes(b"".join(LINES))
    FirstLines(path="b", lines=lines).cut(other)
    assert checksum(path) == checksum(other)


def test_a_gzip_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "false")
    path = tmp_path / "a.new"
    path.write_bytes(b"")
    with pytest.raises(OSError, match="gzip failed"):
        FirstLines(path="a", lines=1).cut(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gzip"), reason="no gzip command")
def test_the_shipped_vectors_are_made_to_the_byte(data_folder, tmp_path):
    (file,) = GLOVE.files
    path = tmp_path / "glove.new"
    lines = gzip.decompress((data_folder / file.path).read_bytes())
    path.write_bytes(lines + b"one more line\n")
    file.cut(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


@pytest.mark.real_data
def test_the_shipped_vectors_hold_the_published_lines(data_folder):
    (file,) = GLOVE.files
    assert file.holds_the_lines(data_folder / file.path)
