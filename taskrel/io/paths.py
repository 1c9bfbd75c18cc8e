"""Paths: shipped cards and experiments, the data folder, the cache folder, atomic writes."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from taskrel.errors import DataError, UsageError

PACKAGE = Path(__file__).resolve().parents[1]


def shipped(kind: str) -> Path:
    """Folder of the shipped ``tasks`` or ``experiments``.

    It is in ``taskrel/_shipped`` of an installed wheel, and at the root of a checkout
    (editable install). Raises `UsageError` if it is missing.
    """
    for folder in (PACKAGE / "_shipped" / kind, PACKAGE.parent / kind):
        if folder.is_dir():
            return folder
    raise UsageError(f"the {kind} folder that ships with taskrel is missing; install it again")


def data_folder(given: str | Path | None = None, *, new: bool = False) -> Path:
    """The data folder: `given`, else ``TASKREL_DATA``, else a folder in the user's cache.

    new : the folder need not exist

    Raises `DataError` if a folder that is named does not exist or is a file.
    """
    named = given or os.environ.get("TASKREL_DATA")
    if not named:
        return cache_folder() / "data"
    folder, source = Path(named).expanduser(), "" if given else " (from TASKREL_DATA)"
    if folder.exists() and not folder.is_dir():
        raise DataError(f"data folder {folder}{source}: expected a folder, found a file")
    if not new and not folder.exists():
        raise DataError(f"data folder {folder}{source}: no such folder")
    return folder


def stays_inside(name: str) -> bool:
    """Whether a relative path with "/" leads to a place inside the folder that it starts from.

    >>> [stays_inside(name) for name in ("a/b.txt", "a/../../b", "/etc/passwd", "C:\\\\b")]
    [True, False, False, False]
    """
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and ".." not in parts
        and not any(c in name for c in "\\:\0")
    )


def exists(path: Path) -> bool:
    """Whether a path exists; False for one that no system can have (too long, a NUL in it)."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def check_inside(field: str, *names: str) -> None:
    """Refuse a path of a card that leads out of the data folder, or that no system can read.

    Raises `ValueError`, which `io.toml.convert` turns into the error of the file that it reads.
    """
    for name in names:
        if not stays_inside(name):
            raise ValueError(
                f"field {field!r}: expected a path inside the data folder, with / between "
                f"folders, found {name!r}"
            )


def is_file_name(name: str) -> bool:
    """Whether `name` can be a part of a file's name on any system.

    >>> [is_file_name(name) for name in ("starter", "my runs", "../x", "a/b", ".x", "")]
    [True, True, False, False, False, False]
    """
    return (
        bool(name.strip())
        and not name.startswith(".")
        and name.isprintable()
        and not set(name) & set('/\\:*?"<>|')
    )


def cache_folder() -> Path:
    """Folder of this package in the user's cache; it need not exist."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "taskrel"


def writable_folder(folder: Path) -> Path:
    """Create `folder` if it does not exist; raise `UsageError` if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as e:
        raise UsageError(
            f"output folder {folder}: cannot be written ({e.strerror}); "
            "name another one with --out or --figures"
        ) from None
    return folder


@contextmanager
def atomic(path: Path):
    """Yield a temporary path that replaces `path` on success, and is removed on failure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
