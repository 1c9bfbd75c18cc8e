"""Hyperlinks in running text, from a MediaWiki XML dump: which tokens are in a link's anchor.

The paragraphs of articles (namespace 0, no redirects) are read and divided into sentences
and tokens by `tasks.text`. A token has the label ``L`` if a part of it is in the text of
an internal link, with its trail (``[[bus]]es``), and ``O`` otherwise. The text of an
external link is kept, with the label ``O``.

Left out: headings, list items, indented and preformatted lines, tables, templates (also
those inside a sentence), references, comments, formulas, code, galleries, and links to
files, categories and other languages. The time is linear in the size of an article.
"""

import bz2
import html
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from msgspec import Struct

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.xml import iter_elements
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.text import split_sentences, tokenize

KINDS = ("tagging",)
LINK, OUTSIDE = "L", "O"

_GONE = "ref|math|gallery|timeline|code|pre|source|syntaxhighlight|imagemap|score|chem|hiero"
#: The start of what is dropped: a comment, an element, a tag or a switch (``__NOTOC__``).
_DROPPED = re.compile(
    rf"<!--|<(?P<gone>{_GONE})\b[^<>]*>|</?[a-zA-Z][^<>]*>|__[A-Z]+__", re.IGNORECASE
)
_ELEMENT_END = re.compile(rf"</({_GONE})\s*>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_BRACKETS = re.compile(  # the "]" of an external link may be followed by "]]"
    r"\{\{|\}\}|\[\[|\]\](?!\](?!\]))|^[:*# \t]*\{\||^[ \t]*\|\}(?!\})", re.MULTILINE
)
_OPENING = {"}}": "{{", "]]": "[[", "|}": "{|"}
_DROPPED_LINK = re.compile(r"\s*(?:(?i:file|image|category|media)|[a-z]{2,3}(?:-[a-z]+)*)\s*:")
_HEADING = re.compile(r"=+[^=].*=\s*$")
_MARKUP = re.compile(
    r"\[\[(?P<target>[^\[\]|]*)(?:\|(?P<anchor>[^\[\]]*))?\]\](?P<trail>[a-z]*)"
    r"|(?P<external>\[(?:https?:|ftp:)?//)(?=[^\s\]])"
    r"|'{2,}|\[\[|\]\]|\{\{|\}\}"
)
_URL_END = re.compile(r"[\s\]]|\Z")
_EXTERNAL_TEXT = re.compile(r"\s*+(?P<text>[^\[\]]*+)\]")


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """No options: the dump is one bz2 file."""


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is the article's title."""
    try:
        with bz2.open(source.path, "rb") as stream:
            for page in iter_elements(cast(BinaryIO, stream), "page", source.path):
                if page.findtext("ns", "0") != "0":
                    source.leave_out("pages that are not articles")
                elif page.find("redirect") is not None:
                    source.leave_out("redirects")
                else:
                    yield from _sentences(
                        page.findtext("title", ""), page.findtext("revision/text", ""), source.tally
                    )
    except (OSError, EOFError) as e:
        raise DataError(f"{source.path}: damaged bz2 file ({e}); get it again") from None


def _sentences(title: str, wikitext: str, tally: Counter) -> Iterator[Example]:
    for text, links in paragraphs(wikitext, tally):
        ahead = 0  # the first link that ends behind the start of the token
        for start, end in split_sentences(text):
            tokens = tokenize(text[start:end])
            labels = []
            for token in tokens:
                while ahead < len(links) and links[ahead][1] <= start + token.start:
                    ahead += 1
                linked = ahead < len(links) and links[ahead][0] < start + token.end
                labels.append(LINK if linked else OUTSIDE)
            yield Example([t.text for t in tokens], labels, key=title)


def paragraphs(wikitext: str, tally: Counter) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the text of each paragraph and the character spans of its anchors, in their order.

    Other lines are counted in `tally`.
    """
    lines: list[str] = []
    for line in (*_without_blocks(wikitext).split("\n"), ""):
        kind = _kind(line)
        if kind == "text":
            lines.append(line)
            continue
        if lines:
            yield _plain(" ".join(lines))
            lines = []
        if kind != "blank":
            tally[kind] += 1


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if line[0] in "*#:; ":
        return "list items, indented and preformatted lines"
    return "headings" if _HEADING.match(line) else "text"


def _without_blocks(wikitext: str) -> str:
    """Drop what is not running text: comments, references, templates, tables, files."""
    text = _without_elements(_LINE_BREAK.sub(" ", wikitext))
    return _without(text, sorted(_bracketed(text)))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return `text` without these sorted spans; a span inside an earlier one has no effect."""
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            pieces.append(text[at:start])
            at = end
    return "".join((*pieces, text[at:]))


def _without_elements(text: str) -> str:
    """Drop comments, elements whose content is not running text, and all other tags."""
    return _without(text, _elements(text))


def _elements(text: str) -> Iterator[tuple[int, int]]:
    """Spans of comments, dropped elements and other tags, in their order.

    The ends of all elements are collected first: to search for an end from each of many
    unclosed elements would take quadratic time.
    """
    last_comment = text.rfind("-->")
    ends: dict[str, deque[re.Match]] = {}
    for end in _ELEMENT_END.finditer(text):
        ends.setdefault(end[1].lower(), deque()).append(end)
    at = 0
    while found := _DROPPED.search(text, at):
        start, at = found.span()
        if found[0] == "<!--":
            if last_comment < at:
                continue  # unclosed
            at = text.index("-->", at) + 3
        elif found["gone"] and not found[0].endswith("/>"):
            own = ends.get(found["gone"].lower(), ())
            while own and own[0].start() < at:
                own.popleft()
            at = own[0].end() if own else at
        yield start, at


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Spans of balanced templates, tables and dropped links; unclosed ones are ignored."""
    stack: list[tuple[str, int]] = []
    n_open: Counter[str] = Counter()  # number of open brackets of each kind
    for match in _BRACKETS.finditer(text):
        mark = match[0].lstrip(":* \t\n")
        opening = _OPENING.get(mark)
        if opening is None:
            stack.append((mark, match.start()))
            n_open[mark] += 1
        elif n_open[opening]:
            while True:
                top, start = stack.pop()
                n_open[top] -= 1
                if top == opening:
                    break
            if opening != "[[" or _DROPPED_LINK.match(text, start + 2):
                yield start, match.end()


def _plain(markup: str) -> tuple[str, list[tuple[int, int]]]:
    """Text without markup, and the spans of the links' anchors in it."""
    pieces: list[str] = []
    links: list[tuple[int, int]] = []
    size = at = search_from = 0

    def add(text: str) -> None:
        nonlocal size
        pieces.append(text)
        size += len(text)

    url_end = -1
    while match := _MARKUP.search(markup, search_from):
        search_from = match.end()
        outer = None
        if match["external"]:
            if url_end < search_from:  # a URL may contain "[//": then its end is known
                after_url = _URL_END.search(markup, search_from)
                url_end = after_url.start() if after_url else len(markup)
                outer_text = _EXTERNAL_TEXT.match(markup, url_end)
            outer = outer_text
            if outer is None:
                continue  # unclosed: ordinary text
            search_from = outer.end()
        add(html.unescape(markup[at : match.start()]))
        at = search_from
        if match["target"] is not None:
            start = size
            anchor = match["target"].lstrip(":") if match["anchor"] is None else match["anchor"]
            add(_unquoted(anchor) + match["trail"])
            links.append((start, size))
        elif outer and outer["text"]:
            add(_unquoted(outer["text"]))
    add(html.unescape(markup[at:]))
    return "".join(pieces), links


def _unquoted(markup: str) -> str:
    return html.unescape(re.sub("'{2,}", "", markup))
