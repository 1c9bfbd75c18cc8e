"""Asking a web server for a file, or for the rest of it, and reporting its answer in one line."""

import http.client
import re
import urllib.request
from urllib.error import URLError

from taskrel.errors import DataError
from taskrel.tasks.ready import is_web

#: Seconds without a byte after which a request fails.
TIMEOUT = 30.0


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Refuses redirections from the web to another kind of address."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not is_web(newurl):
            raise DataError(
                f"{req.full_url}: expected a redirection to an http or https address, "
                f"found {newurl!r}; get the file by hand if you trust it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def ask(url: str, have: int, mark: str) -> http.client.HTTPResponse:
    """Ask for the file without its first `have` bytes, if it still has this mark.

    Raises `DataError` for an impossible address, and `OSError` (with `HTTPError` and
    `URLError`) or `HTTPException` for a failed request.
    """
    # Without "identity" a server may compress the file, and sizes and ranges would be wrong.
    headers = {"User-Agent": "taskrel", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if mark:
            headers["If-Range"] = mark
    opener = urllib.request.build_opener(_WebOnly())
    try:
        return opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except ValueError as e:  # for example a UnicodeError for an empty part of a host's name
        raise DataError(
            f"{url}: not an address of the web, or redirected to one that is not "
            f"({one_line(e)}); look for the file at its publisher's site"
        ) from None


def first_and_size(answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """Position of the first byte of the answer, 0 or `have`, and size of the file, if known.

    Raises `DataError` if the answer is another part of the file.
    """
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        given = answer.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes ([0-9]{1,99})-[0-9]+/([0-9]{1,99}|\*)", given)
        if not found or int(found[1]) != have:
            raise DataError(
                f"{answer.url}: expected the bytes from {have:,} on, found {given!r}; "
                "delete the .part file and run the command again"
            )
        return have, None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if re.fullmatch("[0-9]{1,99}", length) else None


def no_answer(e: Exception) -> str:
    """The reason why a request failed, as a clause."""
    cause = e.reason if isinstance(e, URLError) else e
    if isinstance(cause, TimeoutError):
        return f"expected an answer, found none for {TIMEOUT:g} seconds"
    return f"expected an answer, found none ({one_line(cause)})"


def one_line(said: object) -> str:
    """The first line of a server's or a library's message, without unprintable characters."""
    lines = str(said).splitlines() or [""]
    printable = "".join(c for c in lines[0] if c.isprintable()).rstrip(" .:")
    return printable[:200] or type(said).__name__
