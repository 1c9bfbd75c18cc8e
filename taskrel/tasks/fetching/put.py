"""One file of a download: unpacked, checked, and put in place, or next to it if it differs."""

import shutil
from pathlib import Path

from taskrel.errors import DataError
from taskrel.tasks.card import File
from taskrel.tasks.fetching.archives import Packing, checks_itself, packing
from taskrel.tasks.fetching.lock import held
from taskrel.tasks.fetching.unpack import unpack
from taskrel.tasks.ready import NO_CHECKSUM, compare, is_there
from taskrel.tasks.words.vector_files import FirstLines


class Unfit(DataError):
    """The download is damaged, or is not what the card describes."""


def put(part: Path, file: File, data: Path) -> None:
    """Make the card's file from the download `part`.

    Raises `Unfit` for a fault of the download, `DataError` for a fault of the card or a
    file that another process got, and `OSError` if the file cannot be written.
    """
    target = data / file.path
    new = target.with_name(f"{target.name}.new")
    with held(target):
        if is_right(file, target):
            return
        if is_there(target):
            raise DataError(
                f"{target} exists already: another card names it with another source, or "
                "another process got it"
            )
        _remove(new)  # from a process that was killed
        try:
            _put(part, file, target, new)
        finally:
            _remove(new)


def packed_how(file: File) -> Packing:
    """How the download is packed; "" if the card's file is packed in the same way."""
    how = packing(file.url)
    if file.member or (how in ("gz", "bz2") and packing(file.path) != how):
        return how
    return ""


def is_checked(file: File) -> bool:
    """Whether `put` notices a download that mixes two versions of the file."""
    return bool(file.sha256 or (packed_how(file) and checks_itself(file.url)))


def is_right(file: File, path: Path) -> bool:
    """Whether `path` exists and has the checksum of the card."""
    try:
        return bool(file.sha256) and is_there(path) and not compare(file, path)[0]
    except OSError:
        return False


def _put(part: Path, file: File, target: Path, new: Path) -> None:
    source = part
    if how := packed_how(file):
        source = new
        try:
            unpack(part, how, file.member, new)
        except DataError as e:
            raise Unfit(f"{file.url}: {e}") from None
        if file.sha256 and new.is_dir():
            raise DataError(
                f"{file.url}: expected no sha256 in the card, because {file.member} is a "
                f"folder of the archive and {NO_CHECKSUM}; remove sha256"
            )
        if isinstance(file, FirstLines):
            file.cut(new)
    differs = target.with_name(f"{target.name}.differs")
    problem, _ = compare(file, source)
    if problem:
        source.replace(differs)
        note = f" ({file.note})" if file.note else ""
        raise Unfit(
            f"{problem} in the download from {file.url}{note}; it is kept in {differs.name}. "
            "Its publisher may have changed it: compare, then rename it, and change "
            "files.sha256 in your own copy of the card"
        )
    source.replace(target)
    differs.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
