"""Pre-trained word vectors in GloVe's text format: ``word v1 … vd`` on each line, plain or .gz.

A word2vec header line (``count width``) is skipped. The file is read twice, for its
checksum and for its rows. Only the rows that a study needs are kept, because the largest
published files do not fit into a laptop's memory.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from taskrel.errors import VectorsError
from taskrel.tasks.text import PAIR_SEPARATOR

#: First rows of a file, from which the spread of its values is computed.
SCALE_ROWS = 1000


@dataclass(frozen=True, eq=False)
class Vectors:
    """Rows of a vector file.

    words : tuple of n strings, in the file's order
    matrix : float32 array of shape (n, width)
    sha256 : checksum of the file
    scale : standard deviation of the values in the file's first 1,000 rows, whichever rows
        were asked for; words without a vector start from random values of this spread
    """

    words: tuple[str, ...]
    matrix: np.ndarray
    sha256: str
    scale: float = 0.1

    @property
    def width(self) -> int:
        """Dimensions of one vector."""
        return self.matrix.shape[1]


def spellings(word: str) -> tuple[str, ...]:
    """Spellings under which a word is looked up, best first: its own, lower-cased.

    The separator of pairs has none: its vector is always the run's own, never the file's.
    """
    return () if word == PAIR_SEPARATOR else (word, word.lower())


def wanted_words(words: Iterable[str]) -> set[str]:
    """All spellings under which `words` are looked up."""
    return {form for word in words for form in spellings(word)}


def read_vectors(path: Path, wanted: set[str] | None = None) -> Vectors:
    """Read the rows of `wanted` words (default: all) from a vector file.

    Words may have blanks in them, except that of the first row, which gives the width.

    Raises `VectorsError` for a missing or undecodable file, a value that is not a finite
    number, and a row of another width than the first row.
    """
    try:
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise VectorsError(f"word vectors {path}: cannot be read ({e.strerror})") from None
    words: list[str] = []
    rows: list[np.ndarray] = []
    first: list[np.ndarray] = []
    width = 0
    for number, line in _lines(path):
        where = f"word vectors {path}, line {number}"
        n_values = line.count(" ")
        if number == 1 and n_values == 1 and line.replace(" ", "").isdigit():
            continue
        width = width or n_values
        word, _, values = line.partition(" ")
        if n_values > width and _spaced(line, width):
            word, *pieces = line.rsplit(" ", width)
            values = " ".join(pieces)
        elif n_values != width or not width:
            raise VectorsError(
                f"{where}: expected {width or 'some'} values as in the first row, found {n_values}"
            )
        needed = wanted is None or word in wanted
        if needed or len(first) < SCALE_ROWS:
            row = _parse(values, where)
            if len(first) < SCALE_ROWS:
                first.append(row)
            if needed:
                words.append(word)
                rows.append(row)
    if not first:
        raise VectorsError(
            f"word vectors {path}: expected a word and its values on each line; the file is empty"
        )
    matrix = np.stack(rows) if rows else np.empty((0, width), np.float32)
    return Vectors(tuple(words), matrix, checksum, float(np.std(first, dtype=np.float64)))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number, from 1, and text of each line that is not blank."""
    number = 0
    try:
        # Read as bytes: a text file is decoded in blocks and could not say which line failed.
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            for number, raw in enumerate(file, 1):
                line = raw.decode("utf-8").rstrip()
                if line:
                    yield number, line
    except UnicodeDecodeError as e:
        raise VectorsError(
            f"word vectors {path}, line {number}: expected GloVe text in UTF-8, "
            f"plain or .gz, found byte 0x{e.object[e.start]:02x}"
        ) from None
    except (OSError, EOFError, zlib.error) as e:
        raise VectorsError(
            f"word vectors {path}: expected GloVe text in UTF-8, plain or .gz "
            f"({e}); get the file again"
        ) from None


def _spaced(line: str, width: int) -> bool:
    """Whether the pieces that `line` has too many of belong to its word: numbers do not."""
    return not all(_is_number(piece) for piece in line.split(" ")[1:-width] if piece)


def _is_number(piece: str) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return True


def _parse(values: str, where: str) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):  # too large for float32: infinity, refused below
            row = np.array(values.split(" "), dtype=np.float32)
    except ValueError:
        raise VectorsError(f"{where}: expected numbers, found {values[:40]!r}…") from None
    if not np.isfinite(row).all():
        raise VectorsError(
            f"{where}: expected finite values, found nan or infinity in "
            f"{values[:40]!r}…; correct or remove the row"
        )
    return row
