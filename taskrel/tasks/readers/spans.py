"""Exports of annotation tools: texts with character spans (tagging), or with labels.

doccano, Label Studio, Prodigy and spaCy are known; which of them wrote a file is seen from
its rows. An example is a whole text, not divided into sentences, with BIO labels by
`taskrel.tasks.readers.align`. A ``.spacy`` file keeps its own tokens.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from taskrel.tasks.readers.align import Span, align
from taskrel.tasks.readers.exports import (
    doccano,
    label_studio,
    prodigy,
    spacy_docs,
    spacy_tuples,
)
from taskrel.tasks.readers.exports.marked import Annotated
from taskrel.tasks.readers.exports.offsets import agrees, in_characters
from taskrel.tasks.readers.exports.rows import Row, decode
from taskrel.tasks.readers.packed import unpacked
from taskrel.tasks.readers.rows import shown
from taskrel.tasks.readers.source import NOTE, Example, Source
from taskrel.tasks.text import tokenize

KINDS = ("tagging", "classification", "multilabel")
#: The forms of JSON. A row of one tool may look like one of a later tool, too.
TOOLS = {
    "label-studio": label_studio,
    "prodigy": prodigy,
    "spacy": spacy_tuples,
    "doccano": doccano,
}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing has to be set for a file that a tool wrote."""

    tool: Literal["", "doccano", "label-studio", "prodigy", "spacy"] = ""  # "": see the rows
    text: str = ""  # field of the text, where it is not the tool's usual one
    encoding: str = "utf-8"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per text."""
    options: Options = source.options
    raw = source.raw(unpack=False)
    if not raw.startswith(spacy_docs.FIRST):
        raw = unpacked(source.path, raw)
    if raw.startswith(spacy_docs.FIRST):
        if options.tool not in ("", "spacy"):
            raise source.error(None, f"this is a .spacy file, not one of {options.tool}")
        yield from _documents(source, raw)
        return
    rows = list(decode(source, source.text(options.encoding), options.text))
    name = options.tool or tool_of(source, rows)
    texts = [a for row in rows if (a := TOOLS[name].annotated(row)) is not None]
    texts, changed = in_characters(texts)
    source.leave_out(f"{NOTE}texts read as an export of {name}", len(texts))
    if changed:
        source.leave_out(
            f"{NOTE}texts whose offsets count UTF-16 units, which were converted", changed
        )
    for annotated in texts:
        yield _example(source, annotated)


def tool_of(source: Source, rows: Sequence[Row]) -> str:
    """Name of the tool that wrote the rows; raises `DataError` where none fits."""
    if not rows:
        raise source.error(None, "expected an export of an annotation tool, found no text in it")
    for name, tool in TOOLS.items():
        if any(tool.fits(row.value) for row in rows):
            return name
    known = "; ".join(f"{name}: {tool.EXPECTED}" for name, tool in TOOLS.items())
    raise source.error(
        None,
        f"expected an export of an annotation tool ({known}), found {shown(rows[0].value)}; for "
        'JSON with other fields use reader = "jsonl"',
    )


def _example(source: Source, annotated: Annotated) -> Example:
    text = annotated.text
    if source.kind != "tagging":
        return _labelled(source, source.tokens(text), annotated.row, annotated.labels)
    spans = []
    for span in annotated.spans:
        if agrees(text, span):
            spans.append(Span(span.label, ((span.start, span.end),)))
        else:
            source.leave_out("spans whose exported text is not the text at their offsets")
    tokens = tokenize(text)
    return Example([t.text for t in tokens], align(text, spans, tokens, source))


def _documents(source: Source, raw: bytes) -> Iterator[Example]:
    for number, doc in enumerate(spacy_docs.documents(source, raw), start=1):
        source.leave_out(f"{NOTE}texts read as an export of spacy")
        if doc.in_groups:
            source.leave_out("spans in groups, which are not entities", doc.in_groups)
        if source.kind == "tagging":
            yield Example(doc.tokens, doc.labels)
            continue
        row = Row(source, f"document {number}", None)
        labels = spacy_tuples.categories(row, doc.cats)
        yield _labelled(source, source.respelt(doc.tokens), row, labels)


def _labelled(source: Source, tokens: list[str], row: Row, labels: list[str]) -> Example:
    label = _label(source, row, labels)
    if label is None and tokens:
        source.leave_out("texts without a label")
    return Example(tokens, label)


def _label(source: Source, row: Row, labels: list[str]) -> str | list[str] | None:
    """Target of a whole text; the card's label of the file comes first."""
    labels = labels if source.label is None else [source.label]
    if source.kind == "multilabel":
        return labels
    if len(labels) > 1:
        raise row.error(
            f"expected one label, found {len(labels)} ({', '.join(labels[:5])}); "
            'set kind = "multilabel" in the card'
        )
    return labels[0] if labels else None
