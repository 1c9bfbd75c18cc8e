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
        self.ranges = True
        self.hangs: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []  # path and Range of each request
        self.released = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, path = self.server, self.path.lstrip("/")
        wanted = self.headers.get("Range")
        server.asked.append((path, wanted))
        if path in server.hangs:
            server.released.wait(10)
        elif path in server.moved:
            self.answer(302, b"", Location=server.moved[path])
        elif path not in server.files:
            self.answer(404, b"nothing here")
        elif wanted and server.ranges:
            self.rest(server.files[path], int(wanted.removeprefix("bytes=").removesuffix("-")))
        else:
            self.answer(200, server.files[path], server.truncated.get(path))

    def rest(self, body, start):
        if start >= len(body):
            self.answer(416, b"", **{"Content-Range": f"bytes */{len(body)}"})
        else:
            self.answer(206, body[start:], **{
                "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})

    def answer(self, status, body, cut=None, **headers):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])

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
