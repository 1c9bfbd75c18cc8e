"""A lock for a file that is fetched, so that one process at a time gets it: ``<name>.lock``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskrel.errors import DataError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`; its folder is created if it does not exist.

    Raises `DataError` if another process holds the lock, `OSError` if it cannot be made.
    """
    lock = path.with_name(f"{path.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    if fcntl:
        handle = _lock_open_file(lock, path)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)  # before it is released, see below
            os.close(handle)
    else:
        _make_file(lock, path)
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _lock_open_file(lock: Path, path: Path) -> int:
    """Lock an open file; the lock ends with its process, even if the file is left behind."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The process that held it may have removed the file since: then try again.
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
    """Create the file, which is the lock itself; a killed process leaves it behind."""
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except FileExistsError:
        raise _taken(
            path, f"wait for it, then run the command again; if there is none, delete {lock.name}"
        ) from None


def _taken(path: Path, remedy: str) -> DataError:
    return DataError(f"{path}: another fetch is getting this file; {remedy}")
