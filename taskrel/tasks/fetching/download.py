"""Download of one file over http or https: resumable, in blocks, with a time limit.

What has arrived is kept in the ``.part`` file until it is complete. A later call asks the
server for the rest alone. A server that cannot do that, or has another version by then,
sends the whole file again. The caller checks whether it is the right file.
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
    """Write the file at `url` to `part`; return whether an earlier part of it was used.

    resume : continue the file `part`, if there is one
    checked : the caller checks the file, and would notice a mixture of two versions; else
        a part is continued only if the server has named its version
    bar : show a progress bar in bytes

    Raises `DataError` if the address is not one of the web, if the server refuses, does not
    answer or stops early, or if the disk is full. What has arrived by then stays in `part`.
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
                if not start:  # the file is now empty, without bytes of an older version
                    _keep_mark(part, url, answer)
                while block := answer.read1(BLOCK):  # not read: a time-out would lose a block
                    _write(file, block, part)
                    progress.update(len(block))
                size = file.tell()
    except HTTPError as e:
        e.close()
        if e.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            # the part is complete, or it is one of another version
            whole = e.headers.get("Content-Range") == f"bytes */{have}" and not contradicts(
                e.headers, mark
            )
            return whole or download(url, part, resume=False, checked=checked, bar=bar)
        raise DataError(
            f"{url}: expected the file, found HTTP {e.code} ({one_line(e.reason)}); "
            "try again later, or look for the file at its publisher's site"
        ) from None
    except (URLError, OSError, http.client.HTTPException) as e:
        raise DataError(f"{url}: {no_answer(e)}; {_again(part, checked)}") from None
    if total is not None and size != total:
        raise DataError(
            f"{url}: expected {total:,} bytes, found {size:,} when the server closed the "
            f"connection; {_again(part, checked)}"
        )
    return start > 0


def _prepare(part: Path, url: str, resume: bool, checked: bool) -> tuple[int, str]:
    """Number of bytes that are kept, and the mark of their version."""
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
        f"{part}: cannot be written ({e.strerror}); make room, or name another data folder "
        "with --data"
    )


def _again(part: Path, checked: bool) -> str:
    if not part.exists():
        return "check the connection and run the command again"
    if checked or kept_mark(part)[1]:
        return f"the part that arrived is kept in {part.name}; run the command again to continue"
    return "run the command again to get it from the start"
