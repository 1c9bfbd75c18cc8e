"""SemCor with one sentence per line: WordNet supersenses in B/I coding, outside is ``0``.

A line is ``id<TAB>word POS label<TAB>word POS label…``. An id such as ``12-br-f10`` has
the number of the sentence and, after the first hyphen, its document.

Source: Ciaramita and Altun (2006), Broad-coverage sense disambiguation and
information extraction with a supersense sequence tagger, EMNLP.
"""

from collections.abc import Iterator

import msgspec

from taskrel.tasks.readers.source import Example, Source


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Encoding; that of the published file, ``SEM.BI.gz``, is latin-1."""

    encoding: str = "latin-1"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per line; the key is the document."""
    for number, line in enumerate(source.lines(source.options.encoding), start=1):
        if not line:
            continue
        name, *fields = line.split("\t")
        tokens, labels = [], []
        for field in fields:
            parts = field.split(" ")
            if len(parts) != 3:
                raise source.error(
                    number, f"expected 'word POS label' between two TABs, found {field!r}"
                )
            tokens.append(parts[0])
            labels.append(parts[2])
        yield Example(tokens, labels, key=name.partition("-")[2])
