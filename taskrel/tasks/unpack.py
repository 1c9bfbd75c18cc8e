"""Taking one file or folder out of a downloaded archive, without trusting the archive.

Only what is asked for is written, by our own loop: no path of the archive decides
where, links and devices are refused, and what unpacks to far more than its archive
is broken off. Damage raises `DataError`, a full disk an `OSError`.
"""

import bz2
import gzip
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from taskrel.errors import DataError
from taskrel.places import atomic, stays_inside

#: An archive may unpack to this many times its size, or to FLOOR bytes if that is more.
#: Text rarely shrinks to a tenth; what is made to fill a disk, to a thousandth.
RATIO, FLOOR = 100, 100 << 20
BLOCK = 1 << 20  # bytes

SUFFIXES = {".zip": "zip", ".tar": "tar", ".tar.gz": "tar", ".tgz": "tar", ".tar.bz2": "tar",
            ".gz": "gz", ".bz2": "bz2"}

Packing = str  # "zip", "tar": archives; "gz", "bz2": one compressed file; "": neither


class Entry(NamedTuple):
    """What an archive says of one of its files."""

    name: str
    plain: bool  # a regular file, not a link, device or folder
    open: Callable[[], IO[bytes] | None]


def packing(url: str) -> Packing:
    """How the file at `url` is packed, by its name.

    >>> packing("https://e.org/reviews.tar.gz?dl=1"), packing("https://e.org/train.txt")
    ('tar', '')
    """
    name = urlsplit(url).path.lower()
    return next((how for suffix, how in SUFFIXES.items() if name.endswith(suffix)), "")


def unpack(archive: Path, how: Packing, member: str, target: Path) -> None:
    """Put `member` of the archive at `target`, whole or not at all.

    member : path of a file or folder, or the end of one, in a zip or tar file;
        "" for the content of a compressed file
    """
    budget = max(RATIO * archive.stat().st_size, FLOOR)
    with _damage_told(archive):
        if how in ("gz", "bz2"):
            with {"gz": gzip.open, "bz2": bz2.open}[how](archive, "rb") as stream, \
                    atomic(target) as new:
                _copy(stream, new, budget)
            return
        with _entries(archive, how) as entries:
            found = _find(entries, member)
            if "" in found:
                with atomic(target) as new, found[""].open() as stream:
                    _copy(stream, new, budget)
            else:
                _copy_folder(found, target, budget)


@contextmanager
def _damage_told(archive: Path) -> Iterator[None]:
    damage = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, RuntimeError,
              NotImplementedError, OSError)
    try:
        yield
    except damage as e:
        if isinstance(e, OSError) and e.errno is not None:
            raise
        reason = (str(e) or type(e).__name__).splitlines()[0].rstrip(":")
        raise DataError(f"expected a whole archive, found that {archive.name} cannot be unpacked "
                        f"({reason}); run the command again to get it from the start") from None


@contextmanager
def _entries(archive: Path, how: Packing) -> Iterator[list[Entry]]:
    if how == "zip":
        with zipfile.ZipFile(archive) as z:
            yield [Entry(i.filename, _plain(i), lambda i=i: z.open(i)) for i in z.infolist()
                   if not i.is_dir()]
    else:
        with tarfile.open(archive) as t:
            yield [Entry(m.name, m.isreg(), lambda m=m: t.extractfile(m)) for m in t
                   if not m.isdir()]


def _plain(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where it was not packed under Unix
    return kind in (0, stat.S_IFREG)


def _find(entries: list[Entry], member: str) -> dict[str, Entry]:
    """Path below the member → entry; a member that is a file has the path ""."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        before, inside, after = f"/{entry.name}".partition(f"/{member}/")
        if inside:
            found[before, after] = entry
        elif f"/{entry.name}".endswith(f"/{member}"):
            found[entry.name, ""] = entry
    roots = {root for root, _ in found}
    if len(roots) != 1:
        names = ", ".join(e.name for e in entries[:6])
        raise DataError(f"expected {member} in the archive once, found it {len(roots)} times "
                        f"(the archive has {names}{'…' if len(entries) > 6 else ''})")
    for (_, path), entry in found.items():
        if not entry.plain:
            raise DataError(f"expected files in the archive, found that {entry.name} is a link "
                            "or a device; nothing was unpacked")
        if not stays_inside(entry.name) or path.endswith("/"):
            raise DataError(f"expected names in the archive that stay in its folder, found "
                            f"{entry.name!r}; nothing was unpacked")
    return {path: entry for (_, path), entry in found.items()}


def _copy_folder(found: dict[str, Entry], target: Path, budget: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        folder = Path(scratch) / target.name
        for path, entry in found.items():
            to = folder.joinpath(*PurePosixPath(path).parts)
            to.parent.mkdir(parents=True, exist_ok=True)
            with entry.open() as stream:
                budget -= _copy(stream, to, budget)
        folder.replace(target)


def _copy(stream: IO[bytes], to: Path, budget: int) -> int:
    size = 0
    with to.open("wb") as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > budget:
                raise DataError(f"expected what unpacks to at most {RATIO} times its archive, "
                                "found more; get the file by hand if you trust it")
            file.write(block)
    return size
