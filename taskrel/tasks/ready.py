"""Which files of a card lie in the data folder, and whether they are the ones it describes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from taskrel.errors import CardError, DataError
from taskrel.places import stays_inside
from taskrel.tasks.card import Card, File
from taskrel.tasks.unpack import packing

State = Literal["ready", "missing", "differs"]


class FileState(NamedTuple):
    """A file of a card as the data folder has it."""

    file: File
    state: State
    problem: str = ""  # what differs


def check_files(card: Card) -> None:
    """Refuse a card whose files cannot be fetched safely; raises `CardError`."""
    for i, file in enumerate(card.files):
        where = f"card {card.name}: field 'files[{i}]."
        if not stays_inside(file.path):
            raise CardError(f"{where}path': expected a path that stays in the data folder, found "
                            f"{file.path!r}")
        if file.url and not is_web(file.url):
            raise CardError(f"{where}url': expected an http or https address, found {file.url!r}")
        if file.member and packing(file.url) not in ("zip", "tar"):
            raise CardError(f"{where}member': expected a url that ends in .zip, .tar, .tar.gz, "
                            f".tgz or .tar.bz2, found {file.url!r}; remove member or correct url")


def bare(file: File) -> File:
    """The file as it lies on disk, without what each card makes of it."""
    return msgspec.structs.replace(file, split="all", label=None,
                                   note="" if file.url else file.note)


def is_web(url: str) -> bool:
    """Whether `url` is an http or https address; nothing is ever fetched from another one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) \
        and url.isascii() and not any(c.isspace() for c in url)


def file_states(files: Iterable[File], data: Path) -> dict[File, FileState]:
    """State of each file; one that several cards name is read once."""
    return {file: FileState(file, *_state(file, data / file.path)) for file in dict.fromkeys(files)}


def task_state(states: Iterable[FileState]) -> State:
    """"ready" where all files are, else "differs" where one does, else "missing"."""
    found = {s.state for s in states}
    return "differs" if "differs" in found else "missing" if "missing" in found else "ready"


def how_to_get(file: File, tasks: Iterable[str]) -> str:
    """What to do for a file that is missing, as a clause; `tasks` are those that need it."""
    if file.by_hand:
        return f"by hand: {file.by_hand} ({file.url})" if file.url else f"by hand: {file.by_hand}"
    if file.url:
        return f"get it with python -m taskrel.fetch {next(iter(tasks))}"
    return f"put it there{f' ({file.note})' if file.note else ''}"


def _state(file: File, path: Path) -> tuple[State, str]:
    try:
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return "missing", ""
        found = checksum(path) if file.sha256 else ""
    except OSError as e:
        return "differs", f"{path}: cannot be read ({e.strerror})"
    if found == file.sha256:
        return "ready", ""
    return "differs", f"{path}: {wrong_checksum(file, found)}"


def check_sum(path: Path, file: File, card: str) -> None:
    """Raise `DataError` where the file's SHA-256 is not the card's; it may give none."""
    if not file.sha256:
        return
    try:
        found = checksum(path)
    except OSError as e:
        raise DataError(f"card {card}: {path}: cannot be read ({e.strerror})") from None
    if found != file.sha256:
        raise DataError(f"card {card}: {path}: {wrong_checksum(file, found)}; get the file again, "
                        "or correct files.sha256 if you changed it on purpose")


def wrong_checksum(file: File, found: str) -> str:
    """What was expected and found."""
    return f"wrong checksum: expected {file.sha256[:12]}…, found {found[:12]}…"


def checksum(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
