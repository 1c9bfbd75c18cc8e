"""What goes into a reader and what comes out of it."""

import gzip
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from taskrel.errors import DataError
from taskrel.tasks.card import Characters
from taskrel.tasks.characters import spell
from taskrel.tasks.text import tokenize


class Example(NamedTuple):
    """One sentence or text with its gold labelling, as strings.

    target : by kind: a list of one label per token (tagging), one label
        (classification), a list of labels (multilabel)
    key : what a cut must keep together (document, tweet id); "" for nothing
    split : "train", "dev" or "test" where the reader knows it, else None
    strata : labels whose shares a stratified cut keeps; () means the example's own
    """

    tokens: list[str]
    target: Any
    key: str = ""
    split: str | None = None
    strata: tuple[str, ...] = ()


@dataclass
class Source:
    """One file of a card, with the reader's options and a tally of what is left out."""

    path: Path  # the file, or the folder, to read
    options: Any  # the reader's own Options
    kind: str  # the card's kind
    label: str | None = None  # label of every example in this file, if the card says so
    folder: Path = Path()  # the data folder, for options that name further files
    tally: Counter = field(default_factory=Counter)  # sentence → how many
    characters: Characters | None = None  # the card's, where texts are read as characters

    def leave_out(self, what: str, n: int = 1) -> None:
        """Count `n` things of the kind `what` that are not passed on."""
        self.tally[what] += n

    def tokens(self, text: str) -> list[str]:
        """Tokens of a whole text: words, or characters if the card says so."""
        if self.characters is None:
            return [t.text for t in tokenize(text)]
        kept, left_out = spell(text, self.characters.keep, self.characters.lower)
        if left_out:
            self.leave_out("characters that are not among the kept ones", left_out)
        return kept

    def respelt(self, tokens: list[str]) -> list[str]:
        """Tokens that the file itself gives, or their characters if the card says so."""
        return tokens if self.characters is None else self.tokens(" ".join(tokens))

    def text(self, encoding: str = "utf-8", path: Path | None = None) -> str:
        """Whole decoded file, unpacked where it is a ``.gz``, with line ends kept.

        Undecodable bytes name their line.
        """
        path = path or self.path
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise DataError(
                f"{path}: no such file; put it there or name another data folder "
                "with --data or TASKREL_DATA"
            ) from None
        except OSError as e:
            raise DataError(f"{path}: cannot be read ({e.strerror})") from None
        try:
            if path.suffix == ".gz":
                raw = gzip.decompress(raw)
            return raw.decode(encoding)
        except (gzip.BadGzipFile, EOFError, zlib.error) as e:
            raise DataError(f"{path}: not a whole gzip file ({e}); get it again") from None
        except LookupError:
            raise DataError(
                f"{path}: unknown encoding {encoding!r}; set options.encoding in the "
                "card, such as utf-8 or latin-1"
            ) from None
        except UnicodeDecodeError as e:
            line = raw.count(b"\n", 0, e.start) + 1
            raise DataError(
                f"{path}, line {line}: byte 0x{raw[e.start]:02x} is not {encoding}; "
                "set options.encoding in the card"
            ) from None

    def lines(self, encoding: str = "utf-8", path: Path | None = None) -> list[str]:
        r"""Lines of the decoded file, split on ``\n`` alone, ``\r`` at line ends removed."""
        text = self.text(encoding, path).removeprefix("\ufeff")
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        return [line.removesuffix("\r") for line in lines]

    def error(self, line: int | None, message: str) -> DataError:
        """Build a `DataError` that names this file and, if given, the line (from 1)."""
        where = f"{self.path}, line {line}" if line else f"{self.path}"
        return DataError(f"{where}: {message}")
