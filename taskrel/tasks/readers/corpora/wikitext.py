"""Hyperlinks in running text, from a MediaWiki XML dump: which tokens are in a link's anchor.

Articles only (namespace 0, no redirects), and of these the paragraphs, which are split
into sentences and tokens by `tasks.text`. A token that lies in part or whole within the
text of an internal link, trail included (``[[bus]]es``), is ``L``, any other ``O``. An
external link leaves its text, unlabelled.

Left out: headings, list items, indented and preformatted lines, tables, templates (also
those inside a sentence), references, comments, formulas, code, galleries, and links to
files, categories and other languages.
"""

import bz2
import html
import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.xml import iter_elements
from taskrel.tasks.readers.source import Example, Source
from taskrel.tasks.text import split_sentences, tokenize

KINDS = ("tagging",)
LINK, OUTSIDE = "L", "O"

_GONE = "ref|math|gallery|timeline|code|pre|source|syntaxhighlight|imagemap|score|chem|hiero"
_DROPPED = re.compile(
    rf"<!--.*?-->|<(?:{_GONE})\b[^<>]*/>|<({_GONE})\b[^<>]*>.*?</\1\s*>"
    r"|</?[a-zA-Z][^<>]*>|__[A-Z]+__",
    re.DOTALL | re.IGNORECASE,
)
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_BRACKETS = re.compile(  # the "]" of an external link may come right before a "]]"
    r"\{\{|\}\}|\[\[|\]\](?!\](?!\]))|^[:*# \t]*\{\||^[ \t]*\|\}(?!\})", re.MULTILINE
)
_OPENING = {"}}": "{{", "]]": "[[", "|}": "{|"}
_DROPPED_LINK = re.compile(r"\s*(?:(?i:file|image|category|media)|[a-z]{2,3}(?:-[a-z]+)*)\s*:")
_HEADING = re.compile(r"=+[^=].*=\s*$")
_MARKUP = re.compile(
    r"\[\[(?P<target>[^\[\]|]*)(?:\|(?P<anchor>[^\[\]]*))?\]\](?P<trail>[a-z]*)"
    r"|\[(?:https?:|ftp:)?//[^\s\]]+\s*(?P<outer>[^\[\]]*)\]"
    r"|'{2,}|\[\[|\]\]|\{\{|\}\}"
)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """None: the dump is one bz2 file."""


def read(source: Source) -> Iterator[Example]:
    """Yield one example a sentence; the key is the article's title."""
    try:
        with bz2.open(source.path, "rb") as stream:
            for page in iter_elements(stream, "page", source.path):
                if page.findtext("ns", "0") != "0":
                    source.leave_out("pages that are no articles")
                elif page.find("redirect") is not None:
                    source.leave_out("redirects")
                else:
                    yield from _sentences(
                        page.findtext("title", ""), page.findtext("revision/text", ""), source.tally
                    )
    except (OSError, EOFError) as e:
        raise DataError(f"{source.path}: not a whole bz2 file ({e}); get it again") from None


def _sentences(title: str, wikitext: str, tally: Counter) -> Iterator[Example]:
    for text, links in paragraphs(wikitext, tally):
        for start, end in split_sentences(text):
            tokens = tokenize(text[start:end])
            labels = [
                LINK
                if any(a < start + t.end and start + t.start < b for a, b in links)
                else OUTSIDE
                for t in tokens
            ]
            yield Example([t.text for t in tokens], labels, key=title)


def paragraphs(wikitext: str, tally: Counter) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the text of each paragraph and the character spans of its links' anchors.

    Lines of other kinds are counted in `tally`.
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
    text = _DROPPED.sub("", _LINE_BREAK.sub(" ", wikitext))
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


def _plain(markup: str) -> tuple[str, list[tuple[int, int]]]:
    """Text without markup, and where links' anchors stand in it."""
    text, links, at = "", [], 0
    for match in _MARKUP.finditer(markup):
        text += html.unescape(markup[at : match.start()])
        at = match.end()
        if match["target"] is not None:
            start = len(text)
            anchor = match["target"].lstrip(":") if match["anchor"] is None else match["anchor"]
            text += _unquoted(anchor) + match["trail"]
            links.append((start, len(text)))
        elif match["outer"]:
            text += _unquoted(match["outer"])
    return text + html.unescape(markup[at:]), links


def _unquoted(markup: str) -> str:
    return html.unescape(re.sub("'{2,}", "", markup))
