"""Getting the files of cards: each download once, unpacked, checked, then put in place.

A file appears under its card's path with the card's checksum or not at all; what
fails it is left beside, as ``<name>.differs``. A file that is there is never touched.
"""

import logging
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from taskrel.errors import DataError
from taskrel.tasks.card import File
from taskrel.tasks.download import download
from taskrel.tasks.ready import checksum, wrong_checksum
from taskrel.tasks.unpack import packing, unpack
from taskrel.tasks.vector_files import FirstLines

log = logging.getLogger("taskrel")


def obtain(files: Iterable[File], data: Path, *, bar: bool = True) -> dict[File, str]:
    """Get files that are missing into the data folder; say what went wrong with which.

    files : of any cards, each with an address and none to be got by hand
    bar : show a progress bar for each download

    Files of the same archive are taken out of one download.
    """
    problems: dict[File, str] = {}
    for files_of_one in _by_download(files):
        try:
            found = _obtain(files_of_one, data, bar)
        except DataError as e:
            found = dict.fromkeys(files_of_one, str(e))
        for file, problem in found.items():
            if problem:
                problems[file] = f"{file.path}: {problem}"
    return problems


def _by_download(files: Iterable[File]) -> list[list[File]]:
    groups: dict[tuple[str, str], list[File]] = {}
    for file in dict.fromkeys(files):
        groups.setdefault((file.url, "" if file.member else file.path), []).append(file)
    return list(groups.values())


def _obtain(files: list[File], data: Path, bar: bool) -> dict[File, str]:
    first = files[0]
    part = (data / first.path).parent / f"{_download_name(first)}.part"
    # What has neither checksum nor packing would hide that two versions were joined.
    checkable = bool(first.sha256 or _packing(first))
    resumed = download(first.url, part, resume=checkable, bar=bar)
    problems = {file: _put(part, file, data) for file in files}
    if resumed and any(problems.values()):
        log.warning("warning: %s: what was kept from an earlier download does not fit; it is got "
                    "again from the start", first.path)
        download(first.url, part, resume=False, bar=bar)
        problems = {file: _put(part, file, data) for file in files if problems[file]}
    part.unlink(missing_ok=True)
    return problems


def _download_name(file: File) -> str:
    """Archives go by their own name, other files by the card's."""
    name = PurePosixPath(urlsplit(file.url).path).name if file.member else ""
    return name or PurePosixPath(file.path).name


def _packing(file: File) -> str:
    """How the download differs from the file: not at all where both are packed alike."""
    how = packing(file.url)
    if file.member or (how in ("gz", "bz2") and packing(file.path) != how):
        return how
    return ""


def _put(part: Path, file: File, data: Path) -> str:
    """Unpack and check one file of a download; what is wrong with it, or ""."""
    target = data / file.path
    new = target.with_name(f"{target.name}.new")
    differs = target.with_name(f"{target.name}.differs")
    try:
        if target.is_file():
            return f"{target} is there already, from another card that names it with another source"
        if how := _packing(file):
            unpack(part, how, file.member, new)
            if isinstance(file, FirstLines):
                file.cut(new)
        else:
            part.replace(new)
        found = checksum(new) if file.sha256 else ""
        if found != file.sha256:
            new.replace(differs)
            note = f" ({file.note})" if file.note else ""
            return (f"{wrong_checksum(file, found)} of what {file.url} gives{note}; it is kept in "
                    f"{differs.name}, and its publisher may have changed it: compare, then rename "
                    "it and correct files.sha256 in a card of your own")
        new.replace(target)
        differs.unlink(missing_ok=True)
    except DataError as e:
        return f"{file.url}: {e}"
    except OSError as e:
        return (f"{target}: cannot be written ({e.strerror}); make room or mend it, or name "
                "another data folder with --data")
    return ""
