"""Sentence compression by deletion: the label says whether the compression keeps a token.

Pairs of a sentence and its compression, both tokenised, are read from a CSV file with
the columns ``original,compressed``, or line by line from two text files. Each token of
the compression is matched with the first equal token of the sentence behind the previous
match. A pair is left out if its compression is not a subsequence of the sentence.

Source: Filippova & Altun (2013), Overcoming the Lack of Parallel Data in Sentence Compression.
"""

from collections.abc import Iterator

from msgspec import Struct

from taskrel.io.paths import check_inside
from taskrel.tasks.readers.delimited import quoted_rows
from taskrel.tasks.readers.source import Example, Source

KINDS = ("tagging",)
KEEP, DELETE = "keep", "delete"
COLUMNS = ["original", "compressed"]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Files of compressions, for sentences and compressions in two files."""

    # name of the file of sentences → file of compressions, in the data folder
    compressions: dict[str, str] = {}

    def __post_init__(self) -> None:
        check_inside("compressions", *self.compressions.values())


def read(source: Source) -> Iterator[Example]:
    """Yield one example per pair."""
    beside = source.options.compressions.get(source.path.name)
    for original, compressed in _two_files(source, beside) if beside else _csv(source):
        tokens = original.split()
        labels = match(tokens, compressed.split())
        if labels is None:
            source.leave_out("pairs whose compression is not a subsequence of the sentence")
        else:
            yield Example(tokens, labels)


def match(tokens: list[str], kept: list[str]) -> list[str] | None:
    """Label each token "keep" or "delete"; None if `kept` is not a subsequence of `tokens`."""
    labels = []
    at = 0
    for token in tokens:
        keep = at < len(kept) and token == kept[at]
        labels.append(KEEP if keep else DELETE)
        at += keep
    return labels if at == len(kept) else None


def _two_files(source: Source, beside: str) -> Iterator[tuple[str, str]]:
    sentences, compressions = source.lines(), source.lines(path=source.folder / beside)
    if len(sentences) != len(compressions):
        raise source.error(
            None,
            f"expected as many lines as in {beside} ({len(compressions):,}), "
            f"found {len(sentences):,}",
        )
    return zip(sentences, compressions, strict=True)


def _csv(source: Source) -> Iterator[list[str]]:
    rows = quoted_rows(source)
    _, header = next(rows, (1, []))
    if header != COLUMNS:
        raise source.error(
            1,
            f"expected the header {','.join(COLUMNS)}, found "
            f"{','.join(header)!r}; if the compressions are in another file, "
            "name it in options.compressions",
        )
    for line, row in rows:
        if len(row) != len(COLUMNS):
            raise source.error(line, f"expected {len(COLUMNS)} columns, found {len(row)}")
        yield row
