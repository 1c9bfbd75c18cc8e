"""A web server on this machine that gives made-up files, well or badly."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch


class Server(ThreadingHTTPServer):
    """Serves `files` (path → content), but for the paths that it is told to treat badly."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}  # path → where it redirects to
        self.truncated: dict[str, int] = {}  # path → bytes after which it breaks off
        self.stalls: dict[str, int] = {}  # path → bytes after which it hangs
        self.marks: dict[str, dict[str, str]] = {}  # path → ETag and the like
        self.ranges = True
        self.minds_if_range = True
        self.hangs: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []  # path and Range of each request
        self.if_ranges: list[str | None] = []  # If-Range of each request
        self.released = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, path = self.server, self.path.lstrip("/")
        wanted = self.headers.get("Range")
        mark = self.headers.get("If-Range")
        server.asked.append((path, wanted))
        server.if_ranges.append(mark)
        if path in server.hangs:
            server.released.wait(10)
        elif path in server.moved:
            self.answer(302, b"", Location=server.moved[path])
        elif path not in server.files:
            self.answer(404, b"nothing here")
        elif (
            wanted
            and server.ranges
            and (
                mark is None
                or not server.minds_if_range
                or mark in server.marks.get(path, {}).values()
            )
        ):
            self.rest(server.files[path], int(wanted.removeprefix("bytes=").removesuffix("-")))
        else:
            self.answer(200, server.files[path], server.truncated.get(path))

    def rest(self, body, start):
        if start >= len(body):
            self.answer(416, b"", **{"Content-Range": f"bytes */{len(body)}"})
        else:
            self.answer(
                206, body[start:], **{"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            )

    def answer(self, status, body, cut=None, **headers):
        self.send_response(status)
        path = self.path.lstrip("/")
        for name, value in (
            {"Content-Length": str(len(body))} | self.server.marks.get(path, {}) | headers
        ).items():
            self.send_header(name, value)
        self.end_headers()
        stall = self.server.stalls.get(path)
        self.wfile.write(body[: cut if stall is None else stall])
        if stall is not None:
            self.server.released.wait(10)

    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    """A server in a thread of its own, gone afterwards."""
    with Server() as server, patch.dict(os.environ, no_proxy="127.0.0.1"):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
