"""One token per line with its label in another column, and a blank line after each sentence.

This is the format of CoNLL-2000, CoNLL-2003, WNUT-17, the Parallel Meaning Bank and most
files that are called "CoNLL". No line is a comment unless the card says so, because in tweets
a token may start with `#`. A line of white space alone ends a sentence, and a line whose token
is ``-DOCSTART-`` begins a document.

All rows of a sentence should have equally many columns. Where they do not, a label is probably
read from the wrong column, which is an error, unless labels are in the last column of each row.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from operator import methodcaller
from typing import Annotated

import msgspec

from taskrel.errors import DataError
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import NOTE, Example, Source
from taskrel.tasks.readers.widths import Widths, columns, most_common

_DOCUMENT = "-DOCSTART-"
_IS_DOCUMENT = re.compile(rf"{_DOCUMENT}(\s|\Z)")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Columns are counted from 1, or from the last one, which is -1."""

    word: Annotated[int, msgspec.Meta(ge=1)] = 1
    label: int = 2
    separator: str = "\t"  # between columns; "" for any run of blanks and TABs
    comments: tuple[str, ...] = ()  # lines that start with one of these are skipped
    header: bool = False  # the first line names the columns
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.label == 0:
            raise ValueError(
                "field 'label': columns are counted from 1, or from the last one, which is -1"
            )


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the document, if the file has marks of them."""
    options: Options = source.options
    word_at = options.word - 1
    label_at = options.label - 1 if options.label > 0 else options.label
    fields_of = _splitter(options.separator)
    label = cache(label_of)
    in_rows, in_sentences = Widths(), Widths()  # of columns
    all_rows: list[int] = []
    lines = [*source.rows(options.encoding), ""]
    if options.header:
        lines[0] = ""
    special = options.comments
    if _DOCUMENT in "\n".join(lines):
        special += (_DOCUMENT,)
    document, documents = "", 0
    wanted = max(options.word, abs(options.label))
    sentence: list[list[str]] = []  # the fields of its lines
    for number, line in enumerate(lines, start=1):
        marked = line.startswith(special)
        if marked:
            if line.startswith(options.comments):
                continue
            marked = _IS_DOCUMENT.match(line) is not None
        if marked or not line or line.isspace():
            if sentence:
                widths = list(map(len, sentence))
                all_rows += widths
                if len(set(widths)) > 1:
                    rows = _rows_before(lines, number, len(widths), options.comments)
                    if options.label > 0:
                        _check_widths(source, rows)
                    else:
                        for (place, _), width in zip(rows, widths, strict=True):
                            in_rows.add(width, place)
                else:
                    in_sentences.add(widths[0], number - len(widths))
                labels = [label(fields[label_at]) for fields in sentence]
                if None in labels:
                    source.leave_out("tokens without a label", labels.count(None))
                yield Example([fields[word_at] for fields in sentence], labels, document)
                sentence = []
            if marked:
                documents += 1
                document = f"{source.path} {documents}"
            continue
        fields = fields_of(line)
        if len(fields) < wanted:
            raise _too_few(source, number, len(fields))
        if not fields[word_at]:
            raise source.error(
                number,
                f"column {options.word} (word) is empty; correct the line, or set "
                "options.separator in the card",
            )
        sentence.append(fields)
    if documents:
        source.leave_out(f"{NOTE}lines that mark a document ({_DOCUMENT})", documents)
    in_sentences.report(source, "sentences", "check that their labels are in the right column")
    usual = most_common(Counter(all_rows))
    in_rows.report(source, "rows", "their labels are in the last column", usual)


def _rows_before(
    lines: list[str], number: int, n: int, comments: tuple[str, ...]
) -> list[tuple[int, str]]:
    """The last `n` lines before line `number` that are no comments, each with its number."""
    before = ((i, lines[i - 1]) for i in range(number - 1, 0, -1))
    return list(islice((row for row in before if not row[1].startswith(comments)), n))[::-1]


def _splitter(separator: str) -> Callable[[str], list[str]]:
    """Function that divides a line into its columns; blanks at its end separate nothing."""
    if separator == "":
        # Not str.split(): a no-break space, for example in a number, is part of its token.
        return lambda line: [x for x in line.replace("\t", " ").split(" ") if x]
    if separator == " ":
        return lambda line: line.rstrip(" ").split(" ")
    return methodcaller("split", separator)


def _check_widths(source: Source, rows: list[tuple[int, str]]) -> None:
    """Refuse rows of one sentence that differ by more than empty columns at their end."""
    options: Options = source.options
    fields_of = _splitter(options.separator)
    spans = []  # of each row: its width without and with such columns
    for _, line in rows:
        fields = fields_of(line)
        filled = next((i for i in range(len(fields), 0, -1) if fields[i - 1]), 0)
        spans.append((filled, len(fields)))
    counts = Counter(width for least, most in spans for width in range(least, most + 1))
    usual = most_common(counts, max(options.word, options.label))
    for (number, line), (least, most) in zip(rows, spans, strict=True):
        if not least <= usual <= most:
            remedy = (
                "if it is a comment, set options.comments"
                if line.startswith("#")
                else "correct the line, for example where a token has a separator in it; if labels "
                "are in the last column of each row, set options.label = -1"
            )
            raise source.error(
                number,
                f"expected {columns(usual)}, as in most rows of its sentence, found {most}; "
                f"{remedy}",
            )


def _too_few(source: Source, number: int, found: int) -> DataError:
    options: Options = source.options
    names = {"\t": "a TAB", " ": "one blank", "": "white space"}
    by = names.get(options.separator, repr(options.separator))
    return source.error(
        number,
        f"expected at least {max(options.word, abs(options.label))} columns "
        f"separated by {by}, found {found}; set options.word, "
        "options.label or options.separator in the card",
    )
