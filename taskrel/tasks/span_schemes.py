"""Schemes by which labels of tokens mark spans: IOB1, IOB2, IOBES, BILOU, BMES, IO.

>>> scheme = find_scheme(["PER-B", "PER-I", "O"], "O")
>>> scheme.says, scheme.parse("PER-I")
('IOB1 or IOB2, letter last', ('I', 'PER'))
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Letters of each scheme, the smallest first; outside is a label of its own.
LETTERS = {"IOB1 or IOB2": "BI", "IOBES": "BIES", "BILOU": "BILU", "BMES": "BMES"}
#: What a letter means: begin, inside, end, single.
MEANS = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S", "M": "I", "W": "S"}
#: How letter and type are written, in words → pattern with groups letter and type.
STYLES = {
    "": re.compile(r"(?P<letter>[A-Za-z])(?:-(?P<type>.*))?", re.DOTALL),
    "underscore": re.compile(r"(?P<letter>[A-Za-z])(?:_(?P<type>.*))?", re.DOTALL),
    "letter last": re.compile(r"(?:(?P<type>.*)-)?(?P<letter>[A-Za-z])", re.DOTALL),
    "underscore, letter last": re.compile(r"(?:(?P<type>.*)_)?(?P<letter>[A-Za-z])", re.DOTALL),
}
#: A label is a type: neighbours with the same label are one span.
IO = "IO"


@dataclass(frozen=True)
class Scheme:
    """How labels mark spans.

    name : of the scheme, a key of `LETTERS` or "IO"
    style : a key of `STYLES`
    lower : whether letters are written small
    """

    name: str
    style: str = ""
    lower: bool = False

    @property
    def says(self) -> str:
        """The scheme in words, for people."""
        more = [self.style, "small letters" if self.lower else ""]
        return ", ".join([self.name, *filter(None, more)])

    @property
    def usual(self) -> bool:
        """Whether labels look like B-PER with the letters B, I, E, S."""
        return self.name in ("IOB1 or IOB2", "IOBES") and not self.style and not self.lower

    def parse(self, label: str) -> tuple[str, str]:
        """Letter (of B, I, E, S) and type of a label; one that does not fit is a type of its own."""
        found = None if self.name == IO else STYLES[self.style].fullmatch(label)
        letter = found["letter"].upper() if found else ""
        if not found or letter not in LETTERS[self.name] or found["letter"].islower() != self.lower:
            return "I", label
        return MEANS[letter], found["type"] or ""


def find_scheme(labels: Iterable[str], outside: str | None) -> Scheme | None:
    """The scheme that all these labels fit; None where they fit none.

    Where labels fit several, what they mean is the same in each, and the smallest is named.
    """
    inside = sorted({label for label in labels if label != outside})
    for style, pattern in STYLES.items():
        found = [pattern.fullmatch(label) for label in inside]
        letters = [match["letter"] for match in found if match]
        if not inside or len(letters) < len(inside):
            continue
        for name, known in LETTERS.items():
            for lower in (False, True):
                if set(letters) <= set(known.lower() if lower else known):
                    return Scheme(name, style, lower)
    return None
