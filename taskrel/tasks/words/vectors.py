"""Pre-trained word vectors in GloVe's text format: ``word v1 … vd`` a line, plain or .gz.

A word2vec header line (``count width``) is skipped. The file is streamed, once for
its checksum and once for its rows, and only the rows that a study needs are kept:
the largest published files do not fit a laptop's memory.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from taskrel.errors import VectorsError

#: First rows of a file that tell the spread of its values.
SCALE_ROWS = 1000


@dataclass(frozen=True, eq=False)
class Vectors:
    """Rows of a vector file.

    words : tuple of n strings, in the file's order
    matrix : float32 array of shape (n, width)
    sha256 : checksum of the file that the rows come from
    scale : spread of the file's values; what rows without a vector start with.
        Standard deviation over the file's first 1,000 rows, so that it depends
        on the file alone and not on the rows that were asked for
    """

    words: tuple[str, ...]
    matrix: np.ndarray
    sha256: str
    scale: float = 0.1

    @property
    def width(self) -> int:
        """Dimensions of one vector."""
        return self.matrix.shape[1]


def spellings(word: str) -> tuple[str, str]:
    """Forms under which a word is looked up, best first: as it stands, lower-cased."""
    return word, word.lower()


def wanted_words(words: Iterable[str]) -> set[str]:
    """Every spelling under which one of `words` may be looked up."""
    return {form for word in words for form in spellings(word)}


def read_vectors(path: Path, wanted: set[str] | None = None) -> Vectors:
    """Read the rows of `wanted` words (default: all) from a vector file.

    A word may hold blanks, but for the first row's, which tells the width.

    Raises `VectorsError` for a missing or undecodable file, a value that is no
    finite number and a row whose width differs from the first row's.
    """
    try:
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise VectorsError(
            f"word vectors {path}: {e.strerror}; name a GloVe text file with "
            "--vectors or the recipe's field 'vectors'"
        ) from None
    words: list[str] = []
    rows, first, width = [], [], 0
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
            f"word vectors {path}: expected GloVe text in UTF-8, plain or .gz: "
            f"{e}; get the file again"
        ) from None


def _spaced(line: str, width: int) -> bool:
    """Whether what `line` has too much belongs to its word: numbers and gaps do not."""
    return not all(_is_number(piece) for piece in line.split(" ")[1:-width] if piece)


def _is_number(piece: str) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return True


def _parse(values: str, where: str) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):  # too large for float32 is infinite: refused below
            row = np.array(values.split(" "), dtype=np.float32)
    except ValueError:
        raise VectorsError(f"{where}: a value is no number: {values[:40]!r}…") from None
    if not np.isfinite(row).all():
        raise VectorsError(
            f"{where}: expected finite values, found nan or infinity: "
            f"{values[:40]!r}…; mend or remove the row"
        )
    return row
