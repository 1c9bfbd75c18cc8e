"""The lock of a file: a second process gets an error, and a killed one leaves no lock behind."""

import pytest

from taskrel.errors import DataError
from taskrel.tasks.fetching import lock
from taskrel.tasks.fetching.lock import held


@pytest.fixture(params=["of an open file", "the file itself"], autouse=True)
def kind(request, monkeypatch):
    if request.param == "the file itself":
        monkeypatch.setattr(lock, "fcntl", None)
    elif lock.fcntl is None:
        pytest.skip("no such locks on this system")
    return request.param


def test_one_at_a_time_and_nothing_is_left(tmp_path):
    path = tmp_path / "new" / "a"
    with held(path), held(path.with_name("b")):
        for _ in range(2):
            with (
                pytest.raises(
                    DataError,
                    match=r"new/a: another fetch is getting this file; wait "
                    "for it, then run the command again",
                ),
                held(path),
            ):
                pass
    with held(path):
        pass
    assert list(path.parent.iterdir()) == []


def test_it_is_let_go_where_something_fails(tmp_path):
    with pytest.raises(KeyboardInterrupt), held(tmp_path / "a"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_one_left(tmp_path, kind):
    (tmp_path / "a.lock").touch()
    if kind == "of an open file":
        with held(tmp_path / "a"):
            pass
        assert list(tmp_path.iterdir()) == []
    else:
        with (
            pytest.raises(DataError, match=r"if there is none, delete a\.lock"),
            held(tmp_path / "a"),
        ):
            pass


def test_a_lock_on_a_file_that_is_gone_is_none(tmp_path, kind, monkeypatch):
    """Its holder removed it between our opening and our locking it."""
    if kind != "of an open file":
        pytest.skip("there is nothing between")
    path = tmp_path / "a.lock"
    flock, first = lock.fcntl.flock, []

    def late(handle, how):
        if not first:
            first.append(handle)
            path.unlink()
        flock(handle, how)

    monkeypatch.setattr(lock.fcntl, "flock", late)
    with held(tmp_path / "a"):
        assert path.exists()
        with pytest.raises(DataError, match="another fetch"), held(tmp_path / "a"):
            pass


def test_no_folder_for_it(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError), held(tmp_path / "file" / "a"):
        pass
