"""One token per line with its label in another column, and a blank line after each sentence.

This is the format of CoNLL-2000, CoNLL-2003, WNUT-17, the Parallel Meaning Bank and most
files that are called "CoNLL". No line is a comment unless the card says so, because in tweets
a token may start with `#`. A line of white space alone ends a sentence, and a line whose token
is ``-DOCSTART-`` begins a document.

All rows of a sentence should have equally many columns. Where they do not, a label is probably
read from the wrong column, which is an error, unless labels are in the last column of each row.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated

import msgspec

from taskrel.errors import DataError
from taskrel.tasks.readers.labels import label_of
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.readers.widths import Widths, columns, most_common

_DOCUMENT = "-DOCSTART-"

Row = tuple[int, list[str]]  # line, fields


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
    wanted = max(options.word, options.label, -options.label)
    label = cache(label_of)
    in_rows, in_sentences = Widths(), Widths()  # of columns
    for document, rows in _sentences(source):
        widths = {len(fields) for _, fields in rows}
        first = rows[0][0]
        if len(widths) == 1:
            in_sentences.add(widths.pop(), first)
        elif options.label < 0:
            for line, fields in rows:
                in_rows.add(len(fields), line)
        else:
            _check_widths(source, rows, wanted)
        try:
            tokens = [fields[word_at] for _, fields in rows]
            labels = [label(fields[label_at]) for _, fields in rows]
        except IndexError:
            raise _too_few(source, rows, wanted) from None
        if not all(tokens):
            line = rows[tokens.index("")][0]
            raise source.error(
                line,
                f"column {options.word} (word) is empty; correct the line, or set "
                "options.separator in the card",
            )
        if None in labels:
            source.leave_out("tokens without a label", labels.count(None))
        yield Example(tokens, labels, document)
    remedy = "check that their labels are in the right column"
    in_sentences.report(source, "sentences", remedy)
    in_rows.report(source, "rows", "options.label counts from their last column")


def _sentences(source: Source) -> Iterator[tuple[str, list[Row]]]:
    """Document and rows of each sentence."""
    options: Options = source.options
    fields = _splitter(options.separator)
    document, documents = "", 0
    rows: list[Row] = []
    for number, line in enumerate(source.rows(options.encoding), start=1):
        if (options.header and number == 1) or line.startswith(options.comments):
            continue
        start = line.startswith(_DOCUMENT) and fields(line)[0].strip() == _DOCUMENT
        if start or not line.strip():
            if rows:
                yield document, rows
                rows = []
            if start:
                documents += 1
                document = f"{source.path} {documents}"
            continue
        rows.append((number, fields(line)))
    if rows:
        yield document, rows
    if documents:
        source.leave_out(f"lines that mark a document ({_DOCUMENT})", documents)


def _splitter(separator: str) -> Callable[[str], list[str]]:
    """Function that divides a line into its columns; blanks at its end separate nothing."""
    if separator == "":
        # Not str.split(): a no-break space, for example in a number, is part of its token.
        return lambda line: [x for x in line.replace("\t", " ").split(" ") if x]
    if separator == " ":
        return lambda line: line.rstrip(" ").split(" ")
    return lambda line: line.split(separator)


def _check_widths(source: Source, rows: list[Row], wanted: int) -> None:
    """Refuse rows of one sentence that differ by more than empty columns at their end."""
    spans = []  # of each row: its width without and with such columns
    for _, fields in rows:
        filled = next((i for i in range(len(fields), 0, -1) if fields[i - 1]), 0)
        spans.append((filled, len(fields)))
    counts = Counter(width for least, most in spans for width in range(least, most + 1))
    usual = most_common(counts, wanted)
    for (line, fields), (least, most) in zip(rows, spans, strict=True):
        if most < wanted:
            raise _too_few(source, rows, wanted)
        if not least <= usual <= most:
            remedy = (
                "if it is a comment, set options.comments"
                if fields[0].startswith("#")
                else "correct the line, for example where a token has a separator in it; if labels "
                "are in the last column of each row, set options.label = -1"
            )
            raise source.error(
                line,
                f"expected {columns(usual)}, as in most rows of its sentence, found {most}; {remedy}",
            )


def _too_few(source: Source, rows: list[Row], wanted: int) -> DataError:
    options: Options = source.options
    names = {"\t": "a TAB", " ": "one blank", "": "white space"}
    by = names.get(options.separator, repr(options.separator))
    line, found = next((line, len(fields)) for line, fields in rows if len(fields) < wanted)
    return source.error(
        line,
        f"expected at least {wanted} columns "
        f"separated by {by}, found {found}; set options.word, "
        "options.label or options.separator in the card",
    )
