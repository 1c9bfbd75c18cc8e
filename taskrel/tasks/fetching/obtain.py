"""Getting the files of cards: each is downloaded once, unpacked, checked, and put in place.

A file gets its path only with the right checksum; a file with another one is kept as
``<name>.differs``. A file that exists is never changed, and a file that another process
is getting is left to that process.
"""

import logging
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from taskrel.errors import DataError
from taskrel.tasks.card import File
from taskrel.tasks.fetching.download import download
from taskrel.tasks.fetching.lock import held
from taskrel.tasks.fetching.put import Unfit, is_checked, is_right, put
from taskrel.tasks.fetching.version import forget

log = logging.getLogger("taskrel")


def obtain(files: Iterable[File], data: Path, *, bar: bool = True) -> dict[File, str]:
    """Get missing files into the data folder; return file → problem, for those that failed.

    files : files of any cards, each with an address and none to be got by hand
    bar : show a progress bar for each download

    Files of the same archive share one download.
    """
    problems: dict[File, str] = {}
    for files_of_one in _by_download(files):
        part = _part(files_of_one[0], data)
        try:
            with held(part):
                found = _obtain(files_of_one, part, data, bar)
        except DataError as e:
            found = dict.fromkeys(files_of_one, str(e))
        except OSError as e:
            found = dict.fromkeys(files_of_one, _disk(part, e))
        problems |= {file: f"{file.path}: {problem}" for file, problem in found.items()}
    return problems


def _by_download(files: Iterable[File]) -> list[list[File]]:
    groups: dict[tuple[str, ...], list[File]] = {}
    for file in dict.fromkeys(files):
        own = () if file.member else (file.path, file.sha256)
        groups.setdefault((file.url, *own), []).append(file)
    return list(groups.values())


def _part(file: File, data: Path) -> Path:
    """Path of the download: named after the archive, or after the card's file."""
    name = PurePosixPath(urlsplit(file.url).path).name if file.member else ""
    target = data / file.path
    return target.with_name(f"{name or target.name}.part")


def _obtain(files: list[File], part: Path, data: Path, bar: bool) -> dict[File, str]:
    # another process may have got some in the meantime
    files = [file for file in files if not is_right(file, data / file.path)]
    if not files:
        return {}
    url, checked = files[0].url, all(map(is_checked, files))
    resumed = download(url, part, checked=checked, bar=bar)
    problems = _put_all(files, part, data)
    unfit = [file for file, problem in problems.items() if isinstance(problem, Unfit)]
    if resumed and unfit:
        log.warning(
            "warning: %s: the kept part of an earlier download is not of the same file; "
            "downloading again from the start",
            unfit[0].path,
        )
        download(url, part, resume=False, checked=checked, bar=bar)
        for file in unfit:
            del problems[file]
        problems |= _put_all(unfit, part, data)
    damaged, disk = (
        any(isinstance(problem, kind) for problem in problems.values()) for kind in (Unfit, OSError)
    )
    if damaged or not disk:  # else the download can be used when there is room
        part.unlink(missing_ok=True)
        forget(part)
    return {
        file: _disk(data / file.path, problem) if isinstance(problem, OSError) else str(problem)
        for file, problem in problems.items()
    }


def _put_all(files: list[File], part: Path, data: Path) -> dict[File, DataError | OSError]:
    problems: dict[File, DataError | OSError] = {}
    for file in files:
        try:
            put(part, file, data)
        except (DataError, OSError) as e:
            problems[file] = e
    return problems


def _disk(path: Path, e: OSError) -> str:
    return (
        f"{path}: cannot be written ({e.strerror}); make room, or name another data folder "
        "with --data"
    )
