"""Which files of a card are in the data folder, and whether they are the ones it describes."""

import hashlib
import shlex
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from taskrel.errors import CardError, DataError
from taskrel.io.paths import shipped
from taskrel.tasks.card import Card, File, card_paths
from taskrel.tasks.fetching.archives import packing
from taskrel.tasks.words.vector_files import GLOVE, OTHER_GZIP, FirstLines, VectorFile

State = Literal["ready", "missing", "differs"]

NO_CHECKSUM = "a folder has no checksum"


class FileState(NamedTuple):
    """State of a card's file in the data folder."""

    file: File
    state: State
    problem: str = ""  # what differs
    warning: str = ""  # what the user should know about a file that is ready

    @property
    def unchecked(self) -> bool:
        """Whether the file is there, but the card gives no checksum to compare it with."""
        return self.state == "ready" and not self.file.sha256


def check_files(card: Card | VectorFile) -> None:
    """Refuse a card whose files cannot be fetched safely; raises `CardError`."""
    for i, file in enumerate(card.files):
        where = f"card {card.name}: field 'files[{i}]."
        if file.url and not is_web(file.url):
            raise CardError(f"{where}url': expected an http or https address, found {file.url!r}")
        if file.member and packing(file.url) not in ("zip", "tar"):
            raise CardError(
                f"{where}member': expected a url that ends in .zip, .tar, .tar.gz, "
                f".tgz or .tar.bz2, found {file.url!r}; remove member or change url"
            )
        if file.sha256 and (file.path.endswith("/") or file.member.endswith("/")):
            raise CardError(
                f"{where}sha256': expected none, because {file.member or file.path} is a "
                f"folder and {NO_CHECKSUM}, found {file.sha256!r}; remove sha256"
            )


def bare(file: File) -> File:
    """Return `file` without the fields that say how one card uses it."""
    return msgspec.structs.replace(
        file, split="all", label=None, note="" if file.url else file.note
    )


def is_web(url: str) -> bool:
    """Whether `url` is an http or https address; nothing is fetched from any other address."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises ValueError for an impossible port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and url.isascii()
        and url.isprintable()
        and " " not in url
    )


def file_states(files: Iterable[File], data: Path) -> dict[File, FileState]:
    """State of each file; a file that several cards name is read once."""
    return {file: FileState(file, *_state(file, data / file.path)) for file in dict.fromkeys(files)}


def task_state(states: Iterable[FileState]) -> State:
    """ "ready" if all files are, else "differs" if a file differs, else "missing"."""
    found = {s.state for s in states}
    return "differs" if "differs" in found else "missing" if "missing" in found else "ready"


def how_to_get(
    file: File, tasks: Iterable[str], *, cards: Sequence[str] = (), data: str | None = None
) -> str:
    """How to get a missing file, as a clause.

    tasks : names of the tasks that need it
    cards, data : values of ``--tasks`` and ``--data``, to be repeated in the command
    """
    if file.by_hand:
        return f"by hand: {file.by_hand} ({file.url})" if file.url else f"by hand: {file.by_hand}"
    if file.url:
        task = next(iter(tasks))
        options = [
            *(["--tasks", ",".join(cards)] if cards else []),
            *(["--data", data] if data else []),
        ]
        own = (
            ""
            if cards or task in {*card_paths(shipped("tasks")), GLOVE.name}
            else " --tasks FOLDER_OF_ITS_CARD"
        )
        return f"get it with: taskrel fetch {shlex.join([task, *options])}{own}"
    return f"put it there{f' ({file.note})' if file.note else ''}"


def remedy(
    state: FileState, tasks: Iterable[str], *, cards: Sequence[str] = (), data: str | None = None
) -> str:
    """What to do about a file that is not ready, as a clause; see `how_to_get`."""
    how = how_to_get(state.file, tasks, cards=cards, data=data)
    if state.state != "differs":
        return how
    again = "get it again " if state.file.by_hand else ""
    return f"if you did not change it yourself, move it away and {again}{how}"


def _state(file: File, path: Path) -> tuple[State, str, str]:
    try:
        if not is_there(path):
            return "missing", "", ""
        problem, warning = compare(file, path)
    except OSError as e:
        problem, warning = f"cannot be read ({e.strerror})", ""
    return ("differs", f"{path}: {problem}", "") if problem else ("ready", "", warning)


def is_there(path: Path) -> bool:
    """Whether there is a file, or a folder that is not empty; raises `OSError`."""
    return path.exists() and not (path.is_dir() and not any(path.iterdir()))


def compare(file: File, path: Path) -> tuple[str, str]:
    """Compare the file at `path` with its card; return a problem and a warning, "" for none.

    Raises `OSError` where it cannot be read.
    """
    if not file.sha256:
        return "", ""
    if path.is_dir():
        return f"expected a file, because the card has a sha256, found a folder; {NO_CHECKSUM}", ""
    found = checksum(path)
    if found == file.sha256:
        return "", ""
    if isinstance(file, FirstLines) and file.holds_the_lines(path):
        return "", OTHER_GZIP
    return f"wrong checksum: expected {file.sha256[:12]}…, found {found}", ""


def check_sum(path: Path, file: File, card: str) -> None:
    """Raise `DataError` where the card has a SHA-256 and the file another one."""
    try:
        problem, _ = compare(file, path)
    except OSError as e:
        raise DataError(f"card {card}: {path}: cannot be read ({e.strerror})") from None
    if problem:
        raise DataError(
            f"card {card}: {path}: {problem}; get the file again, or change "
            "files.sha256 if you changed the file on purpose"
        )


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; raises `OSError`.

    Several cards name one file, so that it is remembered, but for a file that was changed in
    the last seconds: its time of change would not show another change.
    """
    found = path.stat()
    if time.time_ns() - found.st_mtime_ns < 2e9:
        return _hashed(path)
    return _remembered(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=4096)
def _remembered(path: Path, *state: int) -> str:
    return _hashed(path)


def _hashed(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
