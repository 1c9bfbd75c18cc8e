"""Links in MediaWiki articles: what is kept, what is marked, what is left out."""

import bz2
from collections import Counter

import pytest
from made_times import FACTOR, time_ratio

from taskrel.errors import DataError
from taskrel.tasks.readers.corpora.wikitext import _sentences, paragraphs


def marked(text, links):
    """The text with its links' anchors in angle brackets."""
    for start, end in reversed(links):
        text = f"{text[:start]}<{text[start:end]}>{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("a [[b]] [[c|d e]]", "a <b> <d e>"),
        ("[[bus]]es, [[a|b]]2", "<buses>, <b>2"),
        ("''an [[x|'''old''' car]]'s''", "an <old car>'s"),
        ("[[:Category:A]] [[wikt:a|a]]", "<Category:A> <a>"),
        ("a {{b|{{c}}|[[d]]}}e", "a e"),
        ("a {{b [[c]]", "a b <c>"),
        ("a }} ]] b [[c", "a   b c"),
        ("[[File:a.png|thumb|see [[b]] and [http://x.y z]]]c", "c"),
        ("[[File:a.png|thumb|see [[b]]]]c", "c"),
        ("x [[Image:a.png]][[Category:B|c]][[fr:D]] y", "x  y"),
        ('a<ref>b [[c]]</ref><ref name="d/e" />, f<br />g', "a, f g"),
        ("a<!-- [[b]]\n\n -->c", "ac"),
        ("H<sub>2</sub>O is <math>x<y</math>.", "H2O is ."),
        ("[http://x.y the site] and [https://x.z], http://x.w", "the site and , http://x.w"),
        ("a&nbsp;&ndash; [[b &amp; c]]", "a\xa0– <b & c>"),
        ("one line\nand the [[next\none]]", "one line and the <next one>"),
        ("__NOTOC__\na", "a"),
        ("a<ref>b<ref>c</ref>d<!-- e", "ad<!-- e"),
        ("a<ref name=x>b</REF >c<math>d<code>e</code>", "acd"),
        ("[http://x.y a [http://z.w b] [//c[//d e] [https://f", "[http://x.y a b e [https://f"),
        ("x{{a [[b }} c ]] }} d", "x c   d"),
        ("a\n{|\n| b\n{|\n| c\n|}\n|}\nd", "a|d"),
    ],
)
def test_paragraph(wikitext, text):
    found = [marked(*p) for p in paragraphs(wikitext, Counter())]
    assert "|".join(p.strip() for p in found) == text


def test_lines_that_are_no_paragraph_are_counted():
    tally = Counter()
    found = list(paragraphs("== A [[b]] ==\na\n\n* b\n: c\n# d\n e\nf\n=== g ===\nh = i", tally))
    assert [text for text, _ in found] == ["a", "f", "h = i"]
    assert tally == {"headings": 2, "list items, indented and preformatted lines": 4}


def test_dump(read, made_up, tmp_path):
    packed = tmp_path / "dump.bz2"
    packed.write_bytes(bz2.compress((made_up / "articles.xml").read_bytes()))
    examples, tally = read("wikitext", packed)
    shown = [
        " ".join(f"<{t}>" if label == "L" else t for t, label in zip(*e[:2], strict=True))
        for e in examples
    ]
    assert shown == [
        "A tram is a <vehicle> on <rails> , like <buses> .",
        "It runs in Ulm & Bonn .",
        "It ended in <non-free> times .",
    ]
    assert {e.key for e in examples} == {"Tram"}
    assert tally == {
        "redirects": 1,
        "pages that are not articles": 1,
        "headings": 1,
        "list items, indented and preformatted lines": 1,
    }


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda packed: packed[:-20], "damaged bz2 file"),
        (lambda packed: b"x" + packed, "damaged bz2 file"),
        (lambda packed: bz2.compress(b"<a><page></a>"), "line 1: not well-formed XML"),
        (lambda packed: bz2.compress(b"<!DOCTYPE a><a/>"), "XML without a DOCTYPE"),
    ],
)
def test_refused(read, tmp_path, damage, complaint):
    path = tmp_path / "dump.bz2"
    path.write_bytes(damage(bz2.compress(b"<mediawiki></mediawiki>")))
    with pytest.raises(DataError, match=complaint):
        read("wikitext", path)


#: Pieces whose ends are looked for, or that lie in one another: many of them took quadratic time.
PIECES = [
    "<!--",
    "<ref>",
    "<ref",
    "[//a",
    "[//a ",
    "[http://a b",
    "[[",
    "{{",
    "[[a]] ",
    "[[a|",
    "__A",
]


@pytest.mark.parametrize("end", ["", "]]", "-->"])
@pytest.mark.parametrize("piece", PIECES)
def test_the_time_is_linear(piece, end):
    def read(wikitext):
        return list(_sentences("T", wikitext, Counter()))

    assert time_ratio(lambda n: piece * (n // len(piece)) + end, read) < 2.5 * FACTOR


def test_the_time_is_linear_in_nested_brackets():
    def closed_otherwise(n):
        return "{{" * (n // 4) + "]]" * (n // 4)

    assert (
        time_ratio(closed_otherwise, lambda text: list(paragraphs(text, Counter()))) < 2.5 * FACTOR
    )
