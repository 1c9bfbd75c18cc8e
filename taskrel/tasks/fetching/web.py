"""Asking a web server for a file, or for the rest of it; what it answers, in one line."""

import http.client
import re
import urllib.request
from urllib.error import URLError

from taskrel.errors import DataError
from taskrel.tasks.ready import is_web

#: Seconds without a byte after which a server is given up.
TIMEOUT = 30.0


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """A redirection may not lead from the web to another kind of address."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not is_web(newurl):
            raise DataError(
                f"{req.full_url} leads to {newurl!r}, expected an http or https "
                "address; get the file by hand if you trust that"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def ask(url: str, have: int, mark: str) -> http.client.HTTPResponse:
    """Ask for what follows the first `have` bytes, if the file still has that mark.

    Raises `DataError` for an address that cannot be asked, `OSError` (`HTTPError` and
    `URLError` among them) and `HTTPException` where no good answer comes.
    """
    # Without "identity" a server may pack what it sends, and neither size nor range would fit.
    headers = {"User-Agent": "taskrel", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if mark:
            headers["If-Range"] = mark
    opener = urllib.request.build_opener(_WebOnly())
    try:
        return opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except ValueError as e:  # a UnicodeError, for one, where a part of a host's name is empty
        raise DataError(
            f"{url}: expected an address of the web, found that it is none or leads "
            f"to none ({one_line(e)}); look for the file with its publisher"
        ) from None


def first_and_size(answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """First byte of what is sent, 0 or `have`, and the whole file's size if the server says so.

    Raises `DataError` where it sends something else.
    """
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        given = answer.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes ([0-9]{1,99})-[0-9]+/([0-9]{1,99}|\*)", given)
        if not found or int(found[1]) != have:
            raise DataError(
                f"{answer.url}: expected bytes from {have:,} on, found {given!r}; "
                "delete the .part file and run the command again"
            )
        return have, None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if re.fullmatch("[0-9]{1,99}", length) else None


def no_answer(e: Exception) -> str:
    """Why there was no answer, as a clause."""
    cause = e.reason if isinstance(e, URLError) else e
    if isinstance(cause, TimeoutError):
        return f"expected an answer, found none for {TIMEOUT:g} seconds"
    return f"expected an answer, found none ({one_line(cause)})"


def one_line(said: object) -> str:
    """What a server or a library says, as a part of our one line."""
    lines = str(said).splitlines() or [""]
    printable = "".join(c for c in lines[0] if c.isprintable()).rstrip(" .:")
    return printable[:200] or type(said).__name__
