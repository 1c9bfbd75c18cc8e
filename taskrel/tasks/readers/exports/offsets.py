"""What a span's offsets count: characters, or the UTF-16 units of tools made in JavaScript.

The two differ after an emoji, which has two units or more. doccano and older versions of
Label Studio count units, and no export says what it counts. So both are tried, over all
texts of a file, and units are taken if fewer spans fail to fit then.
"""

from bisect import bisect_right
from collections.abc import Sequence

from taskrel.tasks.readers.exports.marked import Annotated, Marked
from taskrel.tasks.text import tokenize


def in_characters(texts: Sequence[Annotated]) -> tuple[list[Annotated], int]:
    """Return the texts with offsets that count characters, and how many texts that changed."""
    wide = [i for i, a in enumerate(texts) if a.spans and max(a.text, default="") > "\uffff"]
    converted = {i: texts[i]._replace(spans=_from_utf16(texts[i])) for i in wide}
    changed = [i for i in wide if converted[i].spans != texts[i].spans]
    before = sum(map(misfits, (texts[i] for i in changed)))
    if sum(map(misfits, (converted[i] for i in changed))) >= before:
        return list(texts), 0
    return [converted.get(i, a) for i, a in enumerate(texts)], len(changed)


def misfits(annotated: Annotated) -> int:
    """Number of spans that have other text than they should, or do not end where tokens do."""
    tokens = tokenize(annotated.text)
    starts, ends = {t.start for t in tokens}, {t.end for t in tokens}
    return sum(
        span.start not in starts or span.end not in ends or not agrees(annotated.text, span)
        for span in annotated.spans
    )


def agrees(text: str, span: Marked) -> bool:
    r"""Whether a span's own text, if it has one, is that at its offsets; blanks do not count.

    Nor does ``\n`` in two signs, as Label Studio writes the end of a line.
    """
    if span.surface is None:
        return True
    there, own = (t.replace("\\n", "") for t in (text[span.start : span.end], span.surface))
    return "".join(there.split()) == "".join(own.split())


def _from_utf16(annotated: Annotated) -> list[Marked]:
    units = [0]  # before each character, and at the end
    for c in annotated.text:
        units.append(units[-1] + (2 if c > "\uffff" else 1))
    beyond = len(annotated.text) + 1

    def characters(offset: int) -> int:
        return beyond if offset > units[-1] else bisect_right(units, offset) - 1

    return [
        span._replace(start=characters(span.start), end=characters(span.end))
        for span in annotated.spans
    ]
