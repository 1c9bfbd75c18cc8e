"""Input and output of a reader: the source that it reads, and the examples that it yields."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from taskrel.errors import DataError
from taskrel.tasks.card import Characters
from taskrel.tasks.characters import spell
from taskrel.tasks.readers.packed import guessed, other_text_format, unpacked, why_no_text
from taskrel.tasks.text import PAIR_SEPARATOR, token_texts

#: What starts with this, among what is left out or changed, is probably a mistake: a warning.
DOUBT = "warning: "
#: What starts with this is a fact about how files were read: nothing is lost.
NOTE = "note: "


class Example(NamedTuple):
    """One sentence or text with its gold labels, as strings.

    target : a list of one label per token (tagging), one label (classification,
        regression) or a list of labels (multilabel); None for an absent label
    key : examples with the same key (document, id of a tweet) stay together in a cut;
        "" for no key
    split : "train", "dev" or "test" if the reader knows it, else None
    strata : labels whose shares a stratified cut keeps; () for those of the target
    """

    tokens: list[str]
    target: Any
    key: str = ""
    split: str | None = None
    strata: tuple[str, ...] = ()


@dataclass
class Source:
    """One file of a card, with the reader's options and the counts of what is left out."""

    path: Path  # the file, or the folder, to read
    options: Any  # the reader's own Options
    kind: str  # the card's kind
    label: str | None = None  # label of all examples of this file, if the card names it
    folder: Path = Path()  # the data folder, for options that name further files
    tally: Counter = field(default_factory=Counter)  # what is left out, as sentence → count
    characters: Characters | None = None  # the card's, if texts are read as characters

    def leave_out(self, what: str, n: int = 1) -> None:
        """Count `n` things, described by `what`, that are left out."""
        self.tally[what] += n

    def tokens(self, text: str) -> list[str]:
        """Tokens of a text: words, or characters if the card says so."""
        if self.characters is None:
            return token_texts(text)
        kept, left_out = spell(text, self.characters.keep, self.characters.lower)
        if left_out:
            self.leave_out("characters that are not in characters.keep", left_out)
        return kept

    def pair(self, first: str, second: str) -> list[str]:
        """Tokens of a pair of texts with a separator between them; none if both are blank."""
        before, after = self.tokens(first), self.tokens(second)
        if bool(before) != bool(after):
            self.leave_out("pairs with a blank text")
        return [*before, PAIR_SEPARATOR, *after] if before or after else []

    def respelt(self, tokens: list[str]) -> list[str]:
        """Tokens that the file gives, or their characters if the card says so."""
        return tokens if self.characters is None else self.tokens(" ".join(tokens))

    def raw(self, path: Path | None = None, *, unpack: bool = True) -> bytes:
        """Bytes of the whole file, unpacked where it is a .gz, .bz2, .xz or a .zip of one file.

        Raises `DataError` where it is missing; if it is to be unpacked, also where it is damaged,
        or of a format that has its own reader.
        """
        path = path or self.path
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise DataError(
                f"{path}: no such file; put it there, or name another data folder "
                "with --data or TASKREL_DATA"
            ) from None
        except (OSError, ValueError) as e:  # ValueError: a NUL in the path
            raise DataError(f"{path}: cannot be read ({e})") from None
        return unpacked(path, raw) if unpack else raw

    def text(self, encoding: str = "utf-8", path: Path | None = None) -> str:
        """Decoded text of the whole file, unpacked, with its line ends.

        Raises `DataError` where it is missing, damaged or not in this encoding.
        """
        path = path or self.path
        raw = self.raw(path)
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as e:
            line = raw.count(b"\n", 0, e.start) + 1
            raise DataError(
                f"{path}, line {line}: byte 0x{raw[e.start]:02x} is not {encoding}; {guessed(raw)}"
            ) from None
        except (LookupError, ValueError):  # ValueError: "undefined", and a NUL in the name
            raise DataError(
                f"{path}: unknown encoding {encoding!r}; set options.encoding in the "
                "card, such as utf-8 or latin-1"
            ) from None
        why = why_no_text(raw, text, encoding)
        if why:
            raise DataError(f"{path}: {why}")
        return text

    def lines(self, encoding: str = "utf-8", path: Path | None = None) -> list[str]:
        r"""Lines of the decoded file, divided at ``\n`` alone, without ``\r`` at their ends.

        Where most lines end in ``\r`` alone, as on old Macs, that is a line end, too.
        """
        text = self.text(encoding, path).removeprefix("\ufeff")
        returns = "\r" in text
        if returns and text.count("\r") - text.count("\r\n") > text.count("\n"):
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        return [line.removesuffix("\r") for line in lines] if returns else lines

    def rows(self, encoding: str = "utf-8") -> list[str]:
        """Lines of a file of rows or tokens; raise `DataError` if it is of another format."""
        lines = self.lines(encoding)
        self.refuse_other_format(lines)
        return lines

    def refuse_other_format(self, lines: list[str]) -> None:
        """Raise `DataError` if the lines are JSON, XML or WebAnno TSV."""
        other = other_text_format(lines)
        if other:
            raise self.error(None, f"this is {other}")

    def error(self, place: int | str | None, message: str) -> DataError:
        """Return a `DataError` that names this file and, if given, the line (from 1) or place."""
        place = f"line {place}" if isinstance(place, int) else place
        where = f"{self.path}, {place}" if place else f"{self.path}"
        return DataError(f"{where}: {message}")
