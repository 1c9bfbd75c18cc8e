"""Where word vectors are, and how the shipped recipes' file is made from the published one."""

import gzip
import hashlib
import shutil
import subprocess
import zlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from taskrel.errors import VectorsError
from taskrel.io.paths import cache_folder
from taskrel.tasks.card import File


class FirstLines(File, frozen=True, forbid_unknown_fields=True):
    """The first lines of a file in an archive, compressed again.

    Another gzip program compresses the same lines to other bytes. `lines_sha256`, the
    checksum of the lines themselves, does not depend on the program.
    """

    lines: int = 0
    lines_sha256: str = ""

    def cut(self, path: Path) -> None:
        """Replace the text file at `path` by its first lines, compressed."""
        packed = path.with_name(f"{path.name}.gz")
        try:
            with path.open("rb") as whole, packed.open("wb") as out:
                _pack(islice(whole, self.lines), out)
            packed.replace(path)
        finally:
            packed.unlink(missing_ok=True)

    def holds_the_lines(self, path: Path) -> bool:
        """Whether the compressed file at `path` has the right lines."""
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


#: Warning about a file with the right lines and other bytes.
OTHER_GZIP = (
    "it was not compressed by GNU gzip. Its vectors are the published ones, so runs with it are "
    "valid, but they have other identities than the shipped ones"
)


class VectorFile(NamedTuple):
    """Word vectors that `fetch` gets by name, like a task's files."""

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


def find_vectors(name: str, data: Path) -> Path:
    """Find the vector file that a recipe names.

    A relative path is looked for in the current folder, in the data folder and in the
    cache folder's data. Raises `VectorsError` where there is no such file.
    """
    given = Path(name).expanduser()
    cache = cache_folder() / "data"
    for path in (given, data / given, cache / given):
        if path.exists():
            return path
    where = "" if given.is_absolute() else f" in the current folder, in {data}"
    if where and cache != data:
        where += f" or in {cache}"
    is_glove = name == GLOVE.files[0].path
    remedy = "get it with: taskrel fetch glove" if is_glove else "put a GloVe text file there"
    raise VectorsError(f"word vectors {name}: no such file{where}; {remedy}")


def _pack(lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Compress as ``gzip -9n`` does; Python's own module gives other bytes."""
    command = shutil.which("gzip")
    if command is None:
        with gzip.GzipFile("", "wb", 9, out, mtime=0) as file:
            file.writelines(lines)
        return
    with subprocess.Popen([command, "-9n"], stdin=subprocess.PIPE, stdout=out) as process:
        assert process.stdin is not None  # a pipe was asked for
        process.stdin.writelines(lines)
    if process.returncode:
        raise OSError(process.returncode, "gzip failed, see above")
