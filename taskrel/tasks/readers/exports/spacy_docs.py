"""spaCy's binary form (``.spacy``, a DocBin): the tokens and labels of each document.

The tokens are spaCy's own, without those of white space. Tokens whose entities nobody
annotated have no label. Of span groups nothing is read.

Source: https://spacy.io/api/docbin
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskrel.errors import DataError
from taskrel.tasks.readers.align import OUTSIDE
from taskrel.tasks.readers.source import Source

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: First byte of such a file, which no JSON starts with.
FIRST = b"x"


def docs(source: Source, raw: bytes) -> "Iterator[Doc]":
    """Yield the documents of a DocBin.

    Raises `DataError` where spaCy is not installed, or cannot read the file.
    """
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError:
        raise DataError(
            f"{source.path}: a .spacy file is read by spaCy, which is not installed; get it "
            'with: pip install "taskrel[spacy]"'
        ) from None
    try:
        yield from DocBin().from_bytes(raw).get_docs(Vocab())
    except Exception as e:  # spaCy checks nothing, so that anything may come out of damaged bytes
        raise DataError(
            f"{source.path}: expected a .spacy file (DocBin), but spaCy cannot read it "
            f"({type(e).__name__}: {str(e).splitlines()[0] if str(e) else 'no reason given'})"
        ) from None


def tagged(doc: "Doc") -> tuple[list[str], list[str | None]]:
    """Tokens of a document and their BIO labels."""
    tokens: list[str] = []
    labels: list[str | None] = []
    begins = False  # the entity begins with a token of white space
    for token in doc:
        iob = token.ent_iob_
        begins = iob == "B" or (begins and iob == "I")
        if token.text.strip():
            named = f"{'B' if begins else 'I'}-{token.ent_type_}"
            tokens.append(token.text)
            labels.append({"": None, "O": OUTSIDE}.get(iob, named))
            begins = False
    return tokens, labels
