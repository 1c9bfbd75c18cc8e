"""The word-vector file that the shipped recipes name, and how it is made from the published one."""

import gzip
import hashlib
import shutil
import subprocess
import zlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from taskrel.tasks.card import File


class FirstLines(File, frozen=True, forbid_unknown_fields=True):
    """The first lines of a file in an archive, packed again.

    The same lines come out as other bytes where another gzip packs them: they are the
    right ones by `lines_sha256`, the checksum of what is packed, whoever packed it.
    """

    lines: int = 0
    lines_sha256: str = ""

    def cut(self, path: Path) -> None:
        """Replace the text file at `path` by its first lines, packed."""
        packed = path.with_name(f"{path.name}.gz")
        try:
            with path.open("rb") as whole, packed.open("wb") as out:
                _pack(islice(whole, self.lines), out)
            packed.replace(path)
        finally:
            packed.unlink(missing_ok=True)

    def holds_the_lines(self, path: Path) -> bool:
        """Whether the lines that are packed at `path` are the right ones."""
        if not self.lines_sha256:
            return False
        found = hashlib.sha256()
        try:
            with gzip.open(path, "rb") as file:
                while block := file.read(1 << 20):
                    found.update(block)
        except (OSError, EOFError, zlib.error):
            return False
        return found.hexdigest() == self.lines_sha256


#: Of a file whose lines are right and whose bytes are not.
OTHER_GZIP = (
    "its vectors are the published ones, packed by another gzip than GNU's: runs with "
    "them are sound, but have identities of their own"
)


class VectorFile(NamedTuple):
    """Word vectors that can be asked for by name, like a task's files."""

    name: str
    licence: str
    citation: str
    files: tuple[File, ...]


GLOVE = VectorFile(
    "glove",
    "PDDL 1.0",
    "Pennington, Socher and Manning (2014), GloVe: global vectors for word representation, EMNLP",
    (
        FirstLines(
            path="glove/glove.6B.50d.100k.txt.gz",
            url="https://nlp.stanford.edu/data/glove.6B.zip",  # about 860 MB
            member="glove.6B.50d.txt",
            lines=100_000,
            sha256="598d6fd1faa45733deecce34d52ab3b3c1455e7aac855f58865eebfc55b7c7a3",
            lines_sha256="a88689d06a9eea6c05e1f5a7212b76d7c2208c13a3e803c77b8606c400894ae8",
        ),
    ),
)


def _pack(lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Pack as ``gzip -9n`` does, which Python's own module does not do byte for byte."""
    command = shutil.which("gzip")
    if command is None:
        with gzip.GzipFile("", "wb", 9, out, mtime=0) as file:
            file.writelines(lines)
        return
    with subprocess.Popen([command, "-9n"], stdin=subprocess.PIPE, stdout=out) as process:
        process.stdin.writelines(lines)
    if process.returncode:
        raise OSError(process.returncode, "gzip failed, see above")
