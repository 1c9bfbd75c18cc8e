r"""spaCy's binary form (``.spacy``, a DocBin): the tokens and labels of each document.

The tokens are spaCy's own, without those of white space. Tokens whose entities nobody
annotated have no label. Of span groups nothing is read.

Source: https://spacy.io/api/docbin
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from taskrel.tasks.readers.packed import ZLIB
from taskrel.tasks.readers.source import Source
from taskrel.tasks.span_schemes import OUTSIDE

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: First bytes of such a file.
FIRST = ZLIB


class Document(NamedTuple):
    """One document: tokens, a BIO label for each, categories → value, spans in groups."""

    tokens: list[str]
    labels: list[str | None]
    cats: dict[str, Any]
    in_groups: int


def documents(source: Source, raw: bytes) -> Iterator[Document]:
    """Yield the documents of a DocBin.

    Raises `DataError` where spaCy is not installed, or cannot read the file.
    """
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError:
        raise source.error(
            None,
            "a .spacy file is read by spaCy, which is not installed; get it with: "
            'pip install "taskrel[spacy]"',
        ) from None
    try:
        for doc in DocBin().from_bytes(raw).get_docs(Vocab()):
            yield Document(*_tagged(doc), doc.cats, sum(map(len, doc.spans.values())))
    except Exception as e:  # spaCy checks nothing: damaged bytes may raise anything
        why = " ".join(str(e).split()) or "no reason given"
        raise source.error(
            None,
            f"expected a .spacy file (DocBin), but spaCy cannot read it ({type(e).__name__}: {why})",
        ) from None


def _tagged(doc: "Doc") -> tuple[list[str], list[str | None]]:
    tokens: list[str] = []
    labels: list[str | None] = []
    begins = False  # the entity begins here, or with the white space before
    for token in doc:
        iob = token.ent_iob_
        begins = iob == "B" or (begins and iob == "I")
        if token.text.strip():
            named = f"{'B' if begins else 'I'}-{token.ent_type_}"
            tokens.append(token.text)
            labels.append({"": None, "O": OUTSIDE}.get(iob, named))
            begins = False
    return tokens, labels
