"""One address to one file: over http or https, resumable, in blocks, with a time limit.

What came is kept in the ``.part`` file until it is whole, and a later call asks the
server for the rest alone; a server that cannot do that sends all of it again. Whether
it is the right file its caller has to check.
"""

import errno
import http.client
import os
import re
import shutil
import urllib.request
from email.message import Message
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError

from tqdm import tqdm

from taskrel.errors import DataError
from taskrel.tasks.ready import is_web

#: Seconds without a byte after which a server is given up.
TIMEOUT = 30.0
BLOCK = 1 << 16  # bytes


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """A redirection may not lead from the web to another kind of address."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not is_web(newurl):
            raise DataError(f"{req.full_url} leads to {newurl!r}, expected an http or https "
                            "address; get the file by hand if you trust that")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(url: str, part: Path, *, resume: bool = True, bar: bool = True) -> bool:
    """Write what `url` gives to `part`; return whether a part from before was made use of.

    resume : go on from what `part` holds, which may be of an older version of the file
    bar : show a progress bar that counts bytes

    Raises `DataError` where the address is none of the web, the server refuses, hangs
    or breaks off, or the disk is full; what came by then stays in `part`.
    """
    if not is_web(url):
        raise DataError(f"expected an http or https address, found {url!r}; nothing was fetched")
    have = _prepare(part, resume)
    try:
        with _ask(url, have) as answer:
            start, total = _range(answer, have)
            _check_room(part, start, total)
            with _open(part, "ab" if start else "wb") as file, \
                    tqdm(total=total, initial=start, unit="B", unit_scale=True, unit_divisor=1024,
                         desc=part.stem, disable=None if bar else True) as progress:
                while block := answer.read(BLOCK):
                    _write(file, block, part)
                    progress.update(len(block))
    except HTTPError as e:
        e.close()
        if e.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            # the part was whole when it was left, or it is of another version
            return e.headers.get("Content-Range") == f"bytes */{have}" \
                or download(url, part, resume=False, bar=bar)
        raise DataError(f"{url}: expected the file, found HTTP {e.code} ({e.reason}); try again "
                        "later, or look for it with its publisher") from None
    except (URLError, OSError, http.client.HTTPException) as e:
        raise DataError(f"{url}: {_reason(e)}; {_again(part)}") from None
    size = part.stat().st_size
    if total is not None and size != total:
        raise DataError(f"{url}: expected {total:,} bytes, found {size:,} when the server broke "
                        f"off; {_again(part)}")
    return start > 0


def _prepare(part: Path, resume: bool) -> int:
    """Bytes that need not be fetched again."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            part.unlink(missing_ok=True)
        return part.stat().st_size if part.exists() else 0
    except OSError as e:
        raise _disk(part, e) from None


def _ask(url: str, have: int) -> http.client.HTTPResponse:
    # Without "identity" a server may pack what it sends, and neither size nor range would fit.
    headers = {"User-Agent": "taskrel", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    opener = urllib.request.build_opener(_WebOnly())
    return opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)


def _range(answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """First byte of what is sent, 0 or `have`, and the whole file's size if the server says so."""
    headers: Message = answer.headers
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
        if not found or int(found[1]) != have:
            raise DataError(f"{answer.url}: expected bytes from {have:,} on, found "
                            f"{headers.get('Content-Range')!r}; delete the .part file and run "
                            "the command again")
        return have, None if found[2] == "*" else int(found[2])
    length = headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _check_room(part: Path, start: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - start > free:
        raise DataError(f"{part.parent}: expected room for {total - start:,} bytes, found "
                        f"{free:,}; make room, or name another data folder with --data")


def _open(part: Path, mode: str) -> IO[bytes]:
    try:
        return part.open(mode, buffering=0)  # so that a full disk shows where we write
    except OSError as e:
        raise _disk(part, e) from None


def _write(file: IO[bytes], block: bytes, part: Path) -> None:
    try:
        if file.write(block) < len(block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as e:
        raise _disk(part, e) from None


def _disk(part: Path, e: OSError) -> DataError:
    return DataError(f"{part}: cannot be written ({e.strerror}); make room or mend it, or name "
                     "another data folder with --data")


def _reason(e: Exception) -> str:
    cause = e.reason if isinstance(e, URLError) else e
    if isinstance(cause, TimeoutError):
        return f"expected an answer, found none for {TIMEOUT:g} seconds"
    return f"expected an answer, found none ({cause or type(cause).__name__})"


def _again(part: Path) -> str:
    if not part.exists():
        return "check the connection and run the command again"
    return f"what came is kept in {part.name}; run the command again to go on from there"
