"""Safe XML: a DOCTYPE is refused, so that no entity is expanded and nothing is fetched.

``parse_xml(path)`` builds the tree of a small file. ``iter_elements(stream, "page")``
yields the elements of a large file one by one. Tags have no namespace prefix; attributes
keep their names.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from taskrel.errors import DataError

_CHUNK = 1 << 16  # bytes


def parse_xml(path: Path) -> Element:
    """Build the tree of the XML file `path`; raises `DataError` if it is not safe XML."""
    try:
        with path.open("rb") as stream:
            return next(iter_elements(stream, None, path))
    except FileNotFoundError:
        raise DataError(
            f"{path}: no such file; put it there, or name another data folder "
            "with --data or TASKREL_DATA"
        ) from None
    except OSError as e:
        raise DataError(f"{path}: cannot be read ({e.strerror})") from None


def iter_elements(stream: BinaryIO, tag: str | None, path: Path) -> Iterator[Element]:
    """Yield each complete `tag` element of an XML stream, or the root if `tag` is None.

    An element inside another one of the same tag is a part of that one. `path` names the
    file in errors. Raises `DataError` for malformed XML and for a DOCTYPE.
    """
    collector = _Collector(tag)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.data

    def refuse(*_: object) -> None:
        raise DataError(
            f"{path}, line {parser.CurrentLineNumber}: expected XML without a DOCTYPE, "
            "whose entities could expand without bound; remove it"
        )

    parser.StartDoctypeDeclHandler = refuse
    more = True
    while more:
        chunk = stream.read(_CHUNK)
        more = bool(chunk)
        try:
            parser.Parse(chunk, not more)
        except (expat.ExpatError, LookupError, ValueError) as e:
            line = getattr(e, "lineno", parser.CurrentLineNumber)
            raise DataError(f"{path}, line {line}: not well-formed XML: {e}") from None
        yield from collector.take()


class _Collector:
    """Builds the elements of one tag and skips the rest of the document."""

    def __init__(self, tag: str | None) -> None:
        self.tag = tag
        self.builder: TreeBuilder | None = None
        self.depth = 0  # open elements: the one that is being built, and those inside it
        self.done: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self.builder is None:
            if self.tag not in (None, name):
                return
            self.builder = TreeBuilder()
        self.depth += 1
        self.builder.start(name, attributes)

    def end(self, name: str) -> None:
        if self.builder is None:
            return
        self.builder.end(name.rpartition(":")[2])
        self.depth -= 1
        if self.depth == 0:
            self.done.append(self.builder.close())
            self.builder = None

    def data(self, text: str) -> None:
        if self.builder is not None:
            self.builder.data(text)

    def take(self) -> list[Element]:
        done, self.done = self.done, []
        return done
