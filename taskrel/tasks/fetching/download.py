"""One address to one file: over http or https, resumable, in blocks, with a time limit.

What came is kept in the ``.part`` file until it is whole, and a later call asks the
server for the rest alone; a server that cannot do that, or has another version by then,
sends all of it again. Whether it is the right file its caller has to check.
"""

import errno
import http.client
import os
import shutil
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError

from tqdm import tqdm

from taskrel.errors import DataError
from taskrel.tasks.fetching.version import contradicts, forget, keep_mark, kept_mark
from taskrel.tasks.fetching.web import ask, first_and_size, no_answer, one_line
from taskrel.tasks.ready import is_web

BLOCK = 1 << 16  # bytes


def download(
    url: str, part: Path, *, resume: bool = True, checked: bool = False, bar: bool = True
) -> bool:
    """Write what `url` gives to `part`; return whether a part from before was made use of.

    resume : go on from what `part` holds
    checked : the caller would find that `part` is of two versions of the file; else it is
        gone on with only where the server has said which version it is of
    bar : show a progress bar that counts bytes

    Raises `DataError` where the address is none of the web, the server refuses, hangs
    or breaks off, or the disk is full; what came by then stays in `part`.
    """
    if not is_web(url):
        raise DataError(f"expected an http or https address, found {url!r}; nothing was fetched")
    have, mark = _prepare(part, url, resume, checked)
    try:
        with ask(url, have, mark) as answer:
            start, total = first_and_size(answer, have)
            if start and contradicts(answer.headers, mark):
                return download(url, part, resume=False, checked=checked, bar=bar)
            _check_room(part, start, total)
            with (
                _open(part, "ab" if start else "wb") as file,
                tqdm(
                    total=total,
                    initial=start,
                    unit="B",
                    unit_scale=True,
                    unit_divisor=1024,
                    desc=part.stem,
                    disable=None if bar else True,
                ) as progress,
            ):
                if not start:  # now that nothing of an older version is left
                    _keep_mark(part, url, answer)
                while block := answer.read1(BLOCK):  # not read: a hang would lose what it has
                    _write(file, block, part)
                    progress.update(len(block))
                size = file.tell()
    except HTTPError as e:
        e.close()
        if e.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            # the part was whole when it was left, or it is of another version
            whole = e.headers.get("Content-Range") == f"bytes */{have}" and not contradicts(
                e.headers, mark
            )
            return whole or download(url, part, resume=False, checked=checked, bar=bar)
        raise DataError(
            f"{url}: expected the file, found HTTP {e.code} ({one_line(e.reason)}); "
            "try again later, or look for it with its publisher"
        ) from None
    except (URLError, OSError, http.client.HTTPException) as e:
        raise DataError(f"{url}: {no_answer(e)}; {_again(part, checked)}") from None
    if total is not None and size != total:
        raise DataError(
            f"{url}: expected {total:,} bytes, found {size:,} when the server broke "
            f"off; {_again(part, checked)}"
        )
    return start > 0


def _prepare(part: Path, url: str, resume: bool, checked: bool) -> tuple[int, str]:
    """Bytes that need not be fetched again, and the mark of the version that they are of."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            part.unlink(missing_ok=True)
            forget(part)
        have = part.stat().st_size if part.exists() else 0
    except OSError as e:
        raise _disk(part, e) from None
    source, mark = kept_mark(part)
    sound = source == url if mark else checked
    return (have, mark) if have and sound else (0, "")


def _check_room(part: Path, start: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - start > free:
        raise DataError(
            f"{part.parent}: expected room for {total - start:,} bytes, found "
            f"{free:,}; make room, or name another data folder with --data"
        )


def _open(part: Path, mode: str) -> IO[bytes]:
    try:
        return part.open(mode, buffering=0)  # so that a full disk shows where we write
    except OSError as e:
        raise _disk(part, e) from None


def _keep_mark(part: Path, url: str, answer: http.client.HTTPResponse) -> None:
    try:
        keep_mark(part, url, answer.headers)
    except OSError as e:
        raise _disk(part, e) from None


def _write(file: IO[bytes], block: bytes, part: Path) -> None:
    try:
        if file.write(block) < len(block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as e:
        raise _disk(part, e) from None


def _disk(part: Path, e: OSError) -> DataError:
    return DataError(
        f"{part}: cannot be written ({e.strerror}); make room or mend it, or name "
        "another data folder with --data"
    )


def _again(part: Path, checked: bool) -> str:
    if not part.exists():
        return "check the connection and run the command again"
    if checked or kept_mark(part)[1]:
        return f"what came is kept in {part.name}; run the command again to go on from there"
    return "run the command again to get it from the start"
