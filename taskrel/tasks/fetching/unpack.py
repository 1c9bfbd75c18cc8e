"""Unpacking one file or folder of a downloaded archive, without trusting the archive.

Only this file or folder is written, and never outside of the target, whatever paths the
archive has. Links and devices are refused, and so is content that is far larger than its
archive. A fault of the archive raises `DataError`, a full disk `OSError`.
"""

import errno
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from taskrel.errors import DataError
from taskrel.io.paths import atomic, stays_inside
from taskrel.tasks.fetching.archives import (
    Entry,
    Packing,
    blocks_of,
    budget_of,
    compressed,
    entries_of,
    too_much,
)

#: Errors of a system for a name that no file, or no further file, can have.
BAD_NAME = (
    errno.EINVAL,
    errno.EILSEQ,
    errno.ENAMETOOLONG,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
)


def unpack(archive: Path, how: Packing, member: str, target: Path) -> None:
    """Unpack `member` of the archive to `target`, completely or not at all.

    member : path of a file or folder in a zip or tar file, or the end of its path;
        "" for the content of a compressed file

    Raises `DataError` if the archive is damaged, has no such member or several, or one
    that is not safe to unpack, and `OSError` if `target` cannot be written.
    """
    budget = budget_of(archive)
    if how in ("gz", "bz2"):
        _write_file(blocks_of(archive, compressed(archive, how)), target, budget)
        return
    with entries_of(archive, how, budget) as entries:
        found = _find(entries, member.rstrip("/"))
        if "" in found:
            _write_file(blocks_of(archive, found[""].open), target, budget)
        else:
            contents = {path: blocks_of(archive, entry.open) for path, entry in found.items()}
            _write_folder(contents, target, budget)


def _find(entries: list[Entry], member: str) -> dict[str, Entry]:
    """Path inside the member → entry; a member that is a file has the path ""."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        before, inside, after = f"/{entry.name}".partition(f"/{member}/")
        if inside:
            found[before, after] = entry
        elif f"/{entry.name}".endswith(f"/{member}"):
            found[entry.name, ""] = entry
    roots = {root for root, _ in found}
    if len(roots) != 1:
        names = ", ".join(repr(e.name) for e in entries[:6])
        raise DataError(
            f"expected {member} in the archive once, found it {len(roots)} times "
            f"(the archive has {names}{'…' if len(entries) > 6 else ''})"
        )
    for (_, path), entry in found.items():
        if not entry.plain:
            raise DataError(
                f"expected files in the archive, found a link or device, {entry.name!r}; "
                "nothing was unpacked"
            )
        # "set//tmp/evil" stays inside, but its path inside "set" does not
        if not stays_inside(entry.name) or path.endswith("/") or (path and not stays_inside(path)):
            raise _leads_out(entry.name)
    return {path: entry for (_, path), entry in found.items()}


def _write_file(blocks: Iterable[bytes], target: Path, budget: int) -> None:
    with atomic(target) as new, new.open("wb") as file:
        _write(blocks, file, budget)


def _write_folder(contents: Mapping[str, Iterable[bytes]], target: Path, budget: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        folder = Path(scratch).resolve() / target.name
        for path, blocks in contents.items():
            with _create(folder, path) as file:
                budget -= _write(blocks, file, budget)
        folder.replace(target)


def _create(folder: Path, path: str) -> IO[bytes]:
    """Create a new file at `path` inside `folder`, and refuse any other place."""
    try:
        to = (folder / path).resolve()
        if folder not in to.parents:
            raise _leads_out(path)
        to.parent.mkdir(parents=True, exist_ok=True)
        return to.open("xb")
    except (OSError, ValueError) as e:
        if isinstance(e, OSError) and e.errno not in BAD_NAME:
            raise
        raise DataError(
            "expected names in the archive that files of one folder can have, found "
            f"{path!r} ({getattr(e, 'strerror', None) or e}); nothing was unpacked"
        ) from None


def _write(blocks: Iterable[bytes], file: IO[bytes], budget: int) -> int:
    size = 0
    for block in blocks:
        size += len(block)
        if size > budget:
            raise too_much()
        file.write(block)
    return size


def _leads_out(name: str) -> DataError:
    return DataError(
        f"expected paths inside the archive's folder, found {name!r}; nothing was unpacked"
    )
