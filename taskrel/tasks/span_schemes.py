"""Schemes by which labels of tokens mark spans: IOB, IOE, IOBES, BILOU, BMES, BMEWO, IO.

>>> scheme, misfits = closest_scheme(["PER-B", "PER-I"])
>>> scheme.says, scheme.parse("PER-I")
('IOB1 or IOB2, letter last', ('I', 'PER'))
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taskrel.errors import DataError, nearest

#: Letters of each scheme, the smallest first; outside is a label of its own.
LETTERS = {
    "IOB1 or IOB2": "BI",
    "IOE1 or IOE2": "IE",
    "IOBES": "BIES",
    "BILOU": "BILU",
    "BMES": "BMES",
    "BMEWO": "BMEW",
}
#: What a letter means: begin, inside, end, single.
MEANS = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S", "M": "I", "W": "S"}
#: How letter and type are written, in words → pattern with groups letter and type.
STYLES = {
    "": re.compile(r"(?P<letter>[A-Za-z])(?:-(?P<type>.*))?", re.DOTALL),
    "underscore": re.compile(r"(?P<letter>[A-Za-z])(?:_(?P<type>.*))?", re.DOTALL),
    "letter last": re.compile(r"(?:(?P<type>.*)-)?(?P<letter>[A-Za-z])", re.DOTALL),
    "underscore, letter last": re.compile(r"(?:(?P<type>.*)_)?(?P<letter>[A-Za-z])", re.DOTALL),
}
#: The usual label outside of all spans.
OUTSIDE = "O"
#: A label is a type: neighbours with the same label are one span.
IO = "IO"
#: To be found by the labels.
AUTO = "auto"
#: What a card may name → the schemes whose letters it allows.
NAMES = {
    AUTO: tuple(LETTERS),
    "IOB1": ("IOB1 or IOB2",),
    "IOB2": ("IOB1 or IOB2",),
    "BIO": ("IOB1 or IOB2",),
    "IOE1": ("IOE1 or IOE2",),
    "IOE2": ("IOE1 or IOE2",),
    "IOBES": ("IOBES",),
    "BIOES": ("IOBES",),
    "BILOU": ("BILOU",),
    "BMES": ("BMES",),
    "BMEWO": ("BMEWO",),
    IO: (IO,),
}


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
        """Whether labels that fit mean what `USUAL` takes them for."""
        return self.name in ("IOB1 or IOB2", "IOE1 or IOE2", "IOBES") and self.says == self.name

    def fits(self, label: str) -> bool:
        """Whether a label other than outside belongs to the scheme."""
        return self.name == IO or self._split(label) is not None

    def parse(self, label: str) -> tuple[str, str]:
        """Letter (of B, I, E, S) and type of a label; one that does not fit is its own type."""
        return self._split(label) or ("I", label)

    def _split(self, label: str) -> tuple[str, str] | None:
        found = STYLES[self.style].fullmatch(label)
        if not found or found["letter"].islower() != self.lower:
            return None
        letter = found["letter"].upper()
        return (
            (MEANS[letter], found["type"] or "") if letter in LETTERS.get(self.name, "") else None
        )


#: How labels are read where no scheme fits: B-X, I-X, E-X and S-X, and others as types.
USUAL = Scheme("IOBES")


def closest_scheme(
    labels: Sequence[str], known: Iterable[str] = NAMES[AUTO]
) -> tuple[Scheme, list[str]]:
    """The scheme that most of these labels fit, and the labels that do not fit it.

    labels : without the outside label
    known : names of schemes to choose from

    Labels that fit several mean the same in each; the smallest scheme is taken.
    """
    schemes = [Scheme(n, style, low) for style in STYLES for n in known for low in (False, True)]
    misfits = [[label for label in labels if not scheme.fits(label)] for scheme in schemes]
    best = min(range(len(schemes)), key=lambda i: len(misfits[i]))
    return schemes[best], misfits[best]


def task_scheme(
    task: str,
    labels: Sequence[str],
    unseen: Sequence[str],
    *,
    outside: str | None,
    metric: str,
    wanted: str = AUTO,
) -> Scheme | None:
    """The scheme of a tagging task; None where its labels mark no spans.

    task : name of the task, for errors
    labels, unseen : labels of training, and further ones of dev and test
    outside : the label outside of all spans; None: no tagging, or none with spans
    metric : of the task; only span_f1 insists on a scheme
    wanted : a key of `NAMES`

    Raises `DataError` if labels do not fit the named scheme, or any for span_f1, or a scheme is
    named without an outside label; if no training token is outside, unless span_f1 finds that all
    tokens are in spans.
    """
    if outside is None:
        if wanted != AUTO:
            raise DataError(
                f"task {task}: scheme = {wanted!r} is for taggings with an outside label; name "
                "that label (labels.outside of a card), or remove the scheme"
            )
        return None
    inside = sorted({*labels, *unseen} - {outside})
    scheme, misfits = closest_scheme(inside, NAMES[wanted])
    if wanted == AUTO and all(len(label) == 1 for label in inside) and not {*"BIbi"} & {*inside}:
        misfits = inside  # letters of no scheme: L may stand for a link
    if outside not in labels and (metric != "span_f1" or misfits or scheme.name == IO):
        raise DataError(
            f"task {task}: no training token has the outside label {outside!r}; "
            f"{nearest(outside, labels)}"
        )
    if not misfits:
        return scheme
    if wanted == AUTO and metric != "span_f1":
        return None
    raise DataError(
        f"task {task}: {_which(misfits, inside, scheme, wanted)}; rename (labels.map of a card), "
        'or set scheme = "IO" if neighbours with the same label are one span'
    )


def marked_spans(task: str, labels: Iterable[str], wanted: str = AUTO) -> Scheme | None:
    """The scheme of labels of which "O" is the one outside of spans; None where they mark none."""
    found = sorted({*labels})
    if OUTSIDE not in found:
        return None
    return task_scheme(task, found, (), outside=OUTSIDE, metric="accuracy", wanted=wanted)


def _which(misfits: Sequence[str], inside: Sequence[str], scheme: Scheme, wanted: str) -> str:
    """Which labels do not fit which scheme, as a clause."""
    more = f" and {len(misfits) - 3:,} more" if len(misfits) > 3 else ""
    labels = ", ".join(map(repr, misfits[:3])) + more
    subject = f"labels {labels} do" if len(misfits) > 1 else f"label {labels} does"
    if wanted != AUTO:
        return f"{subject} not fit scheme = {wanted!r}"
    if len(misfits) < len(inside):
        return f"{subject} not fit the scheme of the others, {scheme.says}"
    return f"{subject} not fit any scheme that marks spans, such as IOB2 with B-PER and I-PER"
