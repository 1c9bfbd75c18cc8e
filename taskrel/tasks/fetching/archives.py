"""Reading archives from the web: their files and the content of these.

Whatever goes wrong in reading is a fault of the archive, and raises `DataError`.
"""

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from taskrel.errors import DataError

#: An archive may unpack to this many times its size, or to FLOOR bytes if that is more.
#: Text rarely shrinks to a tenth; files made to fill a disk shrink to a thousandth.
RATIO, FLOOR = 100, 100 << 20
BLOCK = 1 << 20  # bytes

SUFFIXES = {
    ".zip": "zip",
    ".tar": "tar",
    ".tar.gz": "tar",
    ".tgz": "tar",
    ".tar.bz2": "tar",
    ".gz": "gz",
    ".bz2": "bz2",
}

#: Errors of the modules that read archives, for content that is damaged or malicious.
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    MemoryError,
)

Packing = str  # "zip", "tar": archives; "gz", "bz2": one compressed file; "": neither


class Entry(NamedTuple):
    """One file of an archive."""

    name: str
    plain: bool  # a regular file, not a link, device or folder
    open: Callable[[], IO[bytes] | None]


def packing(url: str) -> Packing:
    """How the file at `url` is packed, from its name.

    >>> packing("https://e.org/reviews.tar.gz?dl=1"), packing("https://e.org/train.txt")
    ('tar', '')
    """
    return SUFFIXES.get(_suffix(url), "")


def checks_itself(url: str) -> bool:
    """Whether the format of the file at `url` has a checksum of the content; a plain tar has none.

    >>> checks_itself("https://e.org/reviews.tar.gz"), checks_itself("https://e.org/reviews.tar")
    (True, False)
    """
    return _suffix(url) not in ("", ".tar")


def _suffix(url: str) -> str:
    name = urlsplit(url).path.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")


def budget_of(archive: Path) -> int:
    """Largest number of bytes that the archive may unpack to."""
    return max(RATIO * archive.stat().st_size, FLOOR)


def too_much() -> DataError:
    """Return the error for content that is larger than the budget."""
    return DataError(
        f"expected content of at most {RATIO} times the size of its archive, found more; "
        "get the file by hand if you trust it"
    )


@contextmanager
def entries_of(archive: Path, how: Packing, budget: int) -> Iterator[list[Entry]]:
    """List the files of a zip or tar file, which stays open inside the context."""
    with ExitStack() as stack:
        with _damage_reported(archive):
            if how == "zip":
                entries = _listed(stack.enter_context(zipfile.ZipFile(archive)))
            else:
                entries = _listed_to_the_end(stack.enter_context(tarfile.open(archive)), budget)
        yield entries


def _listed(z: zipfile.ZipFile) -> list[Entry]:
    return [
        Entry(i.filename, _plain(i), partial(z.open, i)) for i in z.infolist() if not i.is_dir()
    ]


def _listed_to_the_end(t: tarfile.TarFile, budget: int) -> list[Entry]:
    entries = []
    for m in t:
        budget -= m.size  # now: to read the next header, this content is unpacked
        if budget < 0:
            raise too_much()
        if not m.isdir():
            entries.append(Entry(m.name, m.isreg(), partial(t.extractfile, m)))
    # tarfile stops before the checksum of the compression, which is at the very end
    while block := t.fileobj.read(BLOCK):
        budget -= len(block)
        if budget < 0:
            raise too_much()
    return entries


def _plain(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 if it was not packed under Unix
    return kind in (0, stat.S_IFREG)


def blocks_of(archive: Path, open_it: Callable[[], IO[bytes] | None]) -> Iterator[bytes]:
    """Yield the content in blocks; raises `DataError` if the archive is damaged."""
    with _damage_reported(archive), ExitStack() as stack:
        content = open_it()
        if content is None:
            raise OSError("not a regular file")
        stream = stack.enter_context(content)
        while block := stream.read(BLOCK):
            yield block


def compressed(archive: Path, how: Packing) -> Callable[[], IO[bytes]]:
    """Return a function that opens the content of a compressed file."""
    return lambda: {"gz": gzip, "bz2": bz2}[how].open(archive, "rb")


@contextmanager
def _damage_reported(archive: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGE as e:
        reason = (getattr(e, "strerror", None) or str(e) or type(e).__name__).splitlines()[0]
        raise DataError(
            f"{archive.name} cannot be unpacked ({reason.rstrip(':')}); run the command "
            "again to get it from the start"
        ) from None
