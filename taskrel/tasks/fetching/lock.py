"""One process at a time gets a file: a lock file lies beside it for as long as that takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskrel.errors import DataError

try:
    import fcntl
except ImportError:  # not every system has it
    fcntl = None


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`; its folder is made if need be.

    Raises `DataError` where another process holds it, `OSError` where there can be no lock.
    """
    lock = path.with_name(f"{path.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    if fcntl:
        handle = _lock_open_file(lock, path)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)  # while it is still held, see below
            os.close(handle)
    else:
        _make_file(lock, path)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _lock_open_file(lock: Path, path: Path) -> int:
    """Such a lock ends with its process, however that ends; a file left behind is no lock."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who held it may have removed the file since we opened it: then ours is of no use.
            if lock.exists() and os.path.samestat(os.fstat(handle), lock.stat()):
                return handle
        except FileNotFoundError:
            pass
        except BlockingIOError:
            os.close(handle)
            raise _taken(path, "wait for it, then run the command again") from None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _make_file(lock: Path, path: Path) -> None:
    """The file itself is the lock; who is killed leaves it behind."""
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        raise _taken(
            path, f"wait for it, then run the command again; if there is none, delete {lock.name}"
        ) from None


def _taken(path: Path, remedy: str) -> DataError:
    return DataError(f"{path}: another fetch is getting this file; {remedy}")
