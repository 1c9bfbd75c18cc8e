"""FrameNet full-text annotation: the label says whether a token is part of a frame's target.

The folder ``fulltext`` of a release is read. Sentences without a manual annotation of a
frame are left out, because they may not have been annotated at all. Tokens are what
white space divides in ``<text>``. Offsets of the annotation include the last character,
and a target may have several parts.

Source: Ruppenhofer et al. (2016), FrameNet II: Extended Theory and Practice.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import msgspec

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.xml import parse_xml
from taskrel.tasks.readers.source import Example, Source

TARGET, OUTSIDE = "TARGET", "O"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the documents (files without ``.xml``) of each split.

    Other documents are left out. Without any list, [cut] makes the splits.
    """

    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the document."""
    home = {
        name: split for split in ("train", "dev", "test") for name in getattr(source.options, split)
    }
    paths = {path.stem: path for path in sorted(source.path.glob("*.xml"))}
    missing = sorted(set(home) - set(paths))
    if missing or not paths:
        raise DataError(
            f"{source.path}: expected {missing[0] if missing else '*'}.xml, found no "
            "such file; put the files of the release's folder fulltext there"
        )
    for name, path in paths.items():
        if home and name not in home:
            source.leave_out("documents in no split")
            continue
        for sentence in parse_xml(path).iter("sentence"):
            targets = list(_targets(sentence))
            if not targets:
                source.leave_out("sentences without a manual frame annotation")
                continue
            words = list(re.finditer(r"\S+", sentence.findtext("text") or ""))
            labels = [OUTSIDE] * len(words)
            for target in targets:
                start, end = _offsets(target, path)
                for i, word in enumerate(words):
                    if word.start() < end and start < word.end():
                        labels[i] = TARGET
            yield Example([word[0] for word in words], labels, key=name, split=home.get(name))


def _targets(sentence: Element) -> Iterator[Element]:
    """Labels in the target layers of all manual annotations with a frame."""
    for annotation in sentence.iter("annotationSet"):
        if annotation.get("status") == "MANUAL" and annotation.get("frameName"):
            for layer in annotation.iter("layer"):
                if layer.get("name") == "Target":
                    yield from layer.iter("label")


def _offsets(label: Element, path: Path) -> tuple[int, int]:
    """Start and exclusive end."""
    try:
        return int(label.attrib["start"]), int(label.attrib["end"]) + 1
    except (KeyError, ValueError):
        raise DataError(
            f"{path}: expected whole numbers as start and end of a target, found "
            f"{label.get('start')!r} and {label.get('end')!r}"
        ) from None
