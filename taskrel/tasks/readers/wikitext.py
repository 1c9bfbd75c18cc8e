"""Hyperlinks in running text, from a MediaWiki XML dump: is a token in a link's anchor?

Articles only (namespace 0, no redirects). Kept are paragraphs, list items and block
quotes; each is split into sentences and tokens by `tasks.text`. A token that lies in
part or whole within the text of an internal link, trail included (``[[bus]]es``), is
``L``, any other ``O``. An external link leaves its text, unlabelled.

Left out: headings, tables, templates (also those inside a sentence), references,
comments, formulas, code, galleries, links to files, categories and other languages,
and the closing sections of `CLOSING`, which list links rather than use them.
"""

import bz2
import html
import re
from collections.abc import Iterator

from msgspec import Struct

from taskrel.errors import DataError
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.readers.xml import iter_elements
from taskrel.tasks.text import split_sentences, tokenize

KINDS = ("tagging",)
LINK, OUTSIDE = "L", "O"

#: From the first of these headings on, an article is left out.
CLOSING = ("see also", "references", "notes", "external links", "further reading", "bibliography",
           "sources", "footnotes", "notes and references", "citations", "works cited")

_GONE = "ref|math|gallery|timeline|code|pre|source|syntaxhighlight|imagemap|score|chem|hiero"
_DROPPED = re.compile(rf"<!--.*?-->|<(?:{_GONE})\b[^<>]*/>|<({_GONE})\b[^<>]*>.*?</\1\s*>"
                      r"|</?[a-zA-Z][^<>]*>|__[A-Z]+__", re.DOTALL | re.IGNORECASE)
_BRACKETS = re.compile(r"\{\{|\}\}|\[\[|\]\]|^[:*\s]*\{\||^\s*\|\}(?!\})", re.MULTILINE)
_OPENING = {"}}": "{{", "]]": "[[", "|}": "{|"}
_DROPPED_LINK = re.compile(r"\s*(?:file|image|category|media|[a-z]{2,3}(?:-[a-z]+)*)\s*:",
                           re.IGNORECASE)
_HEADING = re.compile(r"^(=+)\s*(.*?)\s*\1\s*$")
_MARKUP = re.compile(
    r"\[\[(?P<target>[^\[\]|]*)(?:\|(?P<anchor>[^\[\]]*))?\]\](?P<trail>[^\W\d_]*)"
    r"|\[(?:https?:|ftp:)?//[^\s\]]+\s*(?P<outer>[^\[\]]*)\]"
    r"|'{2,}|\[\[|\]\]|\{\{|\}\}")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """None: the dump is one bz2 file."""


def read(source: Source) -> Iterator[Example]:
    """Yield one example a sentence; the key is the article's title."""
    with bz2.open(source.path, "rb") as stream:
        try:
            for page in iter_elements(stream, "page", source.path):
                if page.findtext("ns", "0") != "0":
                    source.leave_out("pages that are no articles")
                elif page.find("redirect") is not None:
                    source.leave_out("redirects")
                else:
                    yield from _sentences(page.findtext("title", ""),
                                          page.findtext("revision/text", ""))
        except (OSError, EOFError) as e:
            raise DataError(f"{source.path}: not a whole bz2 file ({e}); get it again") from None


def _sentences(title: str, wikitext: str) -> Iterator[Example]:
    for text, links in paragraphs(wikitext):
        for start, end in split_sentences(text):
            tokens = tokenize(text[start:end])
            labels = [LINK if any(a < start + t.end and start + t.start < b for a, b in links)
                      else OUTSIDE for t in tokens]
            yield Example([t.text for t in tokens], labels, key=title)


def paragraphs(wikitext: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the text of each paragraph and the character spans of its links' anchors."""
    for line in _without_blocks(wikitext).split("\n"):
        heading = _HEADING.match(line)
        if heading:
            if heading[2].lower() in CLOSING:
                return
            continue
        text, links = _plain(line.lstrip("*#:; "))
        if text.strip():
            yield text, links


def _without_blocks(wikitext: str) -> str:
    """Drop what is not running text: comments, references, templates, tables, files."""
    text = _DROPPED.sub("", wikitext)
    pieces, at = [], 0
    for start, end in sorted(_bracketed(text)):
        if start >= at:
            pieces.append(text[at:start])
            at = end
    return "".join((*pieces, text[at:]))


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Spans of balanced templates, tables and dropped links; an unclosed one counts as none."""
    stack: list[tuple[str, int]] = []
    for match in _BRACKETS.finditer(text):
        mark = match[0].lstrip(":* \t\n")
        opening = _OPENING.get(mark)
        if opening is None:
            stack.append((mark, match.start()))
        elif any(m == opening for m, _ in stack):
            while (top := stack.pop())[0] != opening:
                pass
            if opening != "[[" or _DROPPED_LINK.match(text, top[1] + 2):
                yield top[1], match.end()


def _plain(line: str) -> tuple[str, list[tuple[int, int]]]:
    """Text without markup, and where links' anchors stand in it."""
    text, links, at = "", [], 0
    for match in _MARKUP.finditer(line):
        text += html.unescape(line[at:match.start()])
        at = match.end()
        if match["target"] is not None:
            start = len(text)
            text += _label(match) + match["trail"]
            links.append((start, len(text)))
        elif match["outer"]:
            text += _unquoted(match["outer"])
    return text + html.unescape(line[at:]), links


def _label(link: re.Match) -> str:
    return _unquoted(link["anchor"] if link["anchor"] is not None else link["target"].lstrip(":"))


def _unquoted(text: str) -> str:
    return re.sub("'{2,}", "", html.unescape(text))
