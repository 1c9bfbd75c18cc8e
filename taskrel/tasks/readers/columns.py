"""One token per line with its label in another column, and a blank line after each sentence.

This is the format of CoNLL-2000, WNUT-17, the Parallel Meaning Bank and most files that
are called "CoNLL". No line is a comment unless the card says so, because in tweets a
token may start with `#`. A line of white space alone ends a sentence.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from taskrel.tasks.readers.source import Example, Source

Column = Annotated[int, msgspec.Meta(ge=1)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns are counted from 1."""

    word: Column = 1
    label: Column = 2
    separator: str = "\t"  # between columns; "" for any run of blanks and TABs
    comments: tuple[str, ...] = ()  # lines that start with one of these are skipped
    header: bool = False  # the first line names the columns
    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence."""
    options: Options = source.options
    wanted = {"word": options.word - 1, "label": options.label - 1}
    tokens: list[str] = []
    labels: list[str] = []
    for number, line in enumerate(source.lines(options.encoding), start=1):
        if (options.header and number == 1) or line.startswith(options.comments):
            continue
        if not line.strip():
            if tokens:
                yield Example(tokens, labels)
                tokens, labels = [], []
            continue
        columns = line.split(options.separator or None)
        try:
            word, label = columns[wanted["word"]], columns[wanted["label"]]
        except IndexError:
            raise _too_few(source, number, len(columns)) from None
        if not word or not label:
            name = "word" if not word else "label"
            raise source.error(
                number,
                f"column {wanted[name] + 1} ({name}) is empty; correct the line, or set "
                "options.separator in the card",
            )
        tokens.append(word)
        labels.append(label)
    if tokens:
        yield Example(tokens, labels)


def _too_few(source: Source, number: int, found: int) -> Exception:
    options: Options = source.options
    names = {"\t": "a TAB", " ": "one blank", "": "white space"}
    by = names.get(options.separator, repr(options.separator))
    return source.error(
        number,
        f"expected at least {max(options.word, options.label)} columns "
        f"separated by {by}, found {found}; set options.word, "
        "options.label or options.separator in the card",
    )
