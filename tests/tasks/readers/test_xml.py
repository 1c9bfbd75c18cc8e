"""The one XML parser: what it builds and what it refuses."""

import io
from pathlib import Path

import pytest

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.xml import iter_elements, parse_xml

WIKI = b"""<w:wiki xmlns:w="http://example.org/export"><w:page id="1">
<w:title>A &amp; \xc3\xa9</w:title></w:page><other>
<w:page id="2"><page id="3"/>tail</w:page></other></w:wiki>"""
HERE = Path("made-up.xml")


def test_elements_of_a_stream():
    pages = list(iter_elements(io.BytesIO(WIKI), "page", HERE))
    assert [p.get("id") for p in pages] == ["1", "2"]
    assert pages[0].findtext("title") == "A & é"
    assert [p.get("id") for p in pages[1].iter("page")] == ["2", "3"]
    assert pages[1].find("page").tail == "tail"


def test_whole_tree(tmp_path):
    path = tmp_path / "wiki.xml"
    path.write_bytes(WIKI)
    root = parse_xml(path)
    assert root.tag == "wiki"
    assert len(list(root.iter("page"))) == 3


def test_stream_is_read_no_further_than_needed():
    class Endless(io.RawIOBase):
        sent = 0

        def read(self, size=-1):
            self.sent += 1
            return b"<wiki>" if self.sent == 1 else b"<page>x</page>"

    stream = Endless()
    pages = iter_elements(stream, "page", HERE)
    assert [next(pages).text for _ in range(3)] == ["x"] * 3
    assert stream.sent == 4


LAUGHS = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY h "ha"><!ENTITY b "&h;&h;&h;&h;">]>
<a>&b;</a>"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, "line 1: expected XML without a DOCTYPE"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "line 1: expected XML without a DOCTYPE"),
        ("<a>\n<b>\n</a>", "line 3: not well-formed XML: mismatched tag"),
        ("<a>\n<b/>", "line 2: not well-formed XML: no element found"),
        ("<a>&laugh;</a>", "line 1: not well-formed XML: undefined entity"),
        ("", "line 1: not well-formed XML: no element found"),
        ('<?xml version="1.0" encoding="utf-99"?><a/>', "not well-formed XML: unknown encoding"),
    ],
)
def test_refused(tmp_path, text, message):
    path = tmp_path / "bad.xml"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as error:
        parse_xml(path)
    assert str(path) in str(error.value)


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        parse_xml(tmp_path / "none.xml")


def test_a_folder(tmp_path):
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)"):
        parse_xml(tmp_path)
