"""Pre-trained word vectors in GloVe's text format: ``word v1 … vd`` a line, plain or .gz.

A word2vec header line (``count width``) is skipped. Only the rows that a study
needs are parsed; the checksum is that of the whole file.
"""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from taskrel.errors import VectorsError


@dataclass(frozen=True, eq=False)
class Vectors:
    """Rows of a vector file.

    words : tuple of n strings, in the file's order
    matrix : float32 array of shape (n, width)
    sha256 : checksum of the file that the rows come from
    """

    words: tuple[str, ...]
    matrix: np.ndarray
    sha256: str

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

    Raises `VectorsError` for a missing or undecodable file, a value that is no
    number and a row whose width differs from the first row's.
    """
    try:
        raw = path.read_bytes()
    except OSError as e:
        raise VectorsError(f"word vectors {path}: {e.strerror}; name a GloVe text file with "
                           "--vectors or the recipe's field 'vectors'") from None
    checksum = hashlib.sha256(raw).hexdigest()
    try:
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as e:
        raise VectorsError(f"word vectors {path}: expected GloVe text in UTF-8, plain or .gz: "
                           f"{e}") from None
    words, rows, width = [], [], None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if not line:
            continue
        n_values = line.count(" ")
        if number == 1 and n_values == 1 and line.replace(" ", "").isdigit():
            continue
        word, _, values = line.partition(" ")
        if width is None:
            width = n_values
        if n_values != width or not width:
            raise VectorsError(f"word vectors {path}, line {number}: expected {width or 'some'} "
                               f"values as in the first row, found {n_values}")
        if wanted is None or word in wanted:
            try:
                rows.append(np.array(values.split(" "), dtype=np.float32))
            except ValueError:
                raise VectorsError(f"word vectors {path}, line {number}: a value is no number: "
                                   f"{values[:40]!r}…") from None
            words.append(word)
    if width is None:
        raise VectorsError(f"word vectors {path}: the file is empty")
    matrix = np.stack(rows) if rows else np.empty((0, width), np.float32)
    return Vectors(tuple(words), matrix, checksum)
