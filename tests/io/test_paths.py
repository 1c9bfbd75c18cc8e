"""Paths of the package and the user, and files that are written completely or not at all."""

from pathlib import Path

import pytest

from taskrel.errors import DataError, UsageError
from taskrel.io import paths as places


@pytest.mark.parametrize("kind", ["tasks", "experiments"])
def test_shipped_folders_exist(kind):
    assert any(places.shipped(kind).rglob("*.toml"))


def test_an_installed_folder_comes_first_and_a_missing_one_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "taskrel")
    with pytest.raises(UsageError, match="tasks folder that ships with taskrel is missing"):
        places.shipped("tasks")
    (tmp_path / "tasks").mkdir()
    assert places.shipped("tasks") == tmp_path / "tasks"
    (tmp_path / "taskrel" / "_shipped" / "tasks").mkdir(parents=True)
    assert places.shipped("tasks") == tmp_path / "taskrel" / "_shipped" / "tasks"


def test_data_folder_given_then_named_then_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("TASKREL_DATA", str(tmp_path / "named"))
    with pytest.raises(DataError, match=r"named \(from TASKREL_DATA\): no such folder"):
        places.data_folder()
    with pytest.raises(DataError, match="given: no such folder"):
        places.data_folder(tmp_path / "given")
    assert places.data_folder(new=True) == tmp_path / "named"
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file: expected a folder, found a file"):
        places.data_folder(tmp_path / "file", new=True)
    for name in ("given", "named"):
        (tmp_path / name).mkdir()
    assert places.data_folder(tmp_path / "given") == tmp_path / "given"
    assert places.data_folder() == tmp_path / "named"
    monkeypatch.delenv("TASKREL_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert places.data_folder() == tmp_path / "taskrel" / "data"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert places.data_folder() == Path.home() / ".cache" / "taskrel" / "data"


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("a", True),
        ("a/b.txt", True),
        ("a/..b/c", True),
        ("", False),
        (".", False),
        ("..", False),
        ("a/..", False),
        ("a/../../b", False),
        ("/a", False),
        ("//a", False),
        ("C:/a", False),
        ("a\\..\\b", False),
        ("a\0b", False),
    ],
)
def test_stays_inside(name, inside):
    assert places.stays_inside(name) is inside


def test_writable_folder(tmp_path):
    assert places.writable_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"file: cannot be written .* --out or --figures"):
        places.writable_folder(tmp_path / "file")


def test_atomic_replaces_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "a.csv"
    with places.atomic(path) as temporary:
        temporary.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(RuntimeError), places.atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "one"
    assert list(path.parent.iterdir()) == [path]


def test_atomic_gives_the_usual_permissions(tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    with places.atomic(tmp_path / "a"):
        pass
    assert (tmp_path / "a").stat().st_mode == usual.stat().st_mode
