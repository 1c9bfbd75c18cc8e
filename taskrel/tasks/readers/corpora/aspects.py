"""Polarity of one aspect category in each sentence: SemEval-2014, task 4.

A sentence lists the aspects that it mentions. If it does not list the aspect that is
read, its label is absent (no loss, no score), so that the tasks of all aspects have the
same sentences. The `strata` are the polarities of all aspects, so that a stratified cut
is the same for all of these tasks.

Source: Pontiki et al. (2014), SemEval-2014 task 4: Aspect based sentiment analysis.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec import Struct

from taskrel.errors import nearest
from taskrel.tasks.readers.corpora.xml import parse_xml
from taskrel.tasks.readers.source import Example, Source

KINDS = ("classification",)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The aspect whose polarity is the label."""

    aspect: str  # its name in the file: "food", "anecdotes/miscellaneous"


def read(source: Source) -> Iterator[Example]:
    """Yield one example per sentence; the key is its id."""
    aspect = source.options.aspect
    sentences = list(parse_xml(source.path).iter("sentence"))
    listed = [_polarities(source, sentence) for sentence in sentences]
    known = {name for polarities in listed for name in polarities}
    if aspect not in known:
        raise source.error(
            None,
            f"options.aspect: no sentence lists the aspect {aspect!r}; {nearest(aspect, known)}",
        )
    for sentence, polarities in zip(sentences, listed, strict=True):
        yield Example(
            source.tokens(sentence.findtext("text") or ""),
            polarities.get(aspect),
            key=sentence.get("id", ""),
            strata=tuple(f"{name} {polarities[name]}" for name in sorted(polarities)),
        )


def _polarities(source: Source, sentence: Element) -> dict[str, str]:
    """Aspect → polarity; an aspect that is listed twice with one polarity counts once."""
    polarities: dict[str, str] = {}
    for element in sentence.iter("aspectCategory"):
        where = f"sentence {sentence.get('id')!r}"
        name, polarity = element.get("category"), element.get("polarity")
        if not name or not polarity:
            raise source.error(
                None,
                f"{where}: expected a category and a polarity in each aspectCategory, "
                f"found {name!r} and {polarity!r}; use the file with gold labels",
            )
        if polarities.get(name, polarity) != polarity:
            raise source.error(
                None,
                f"{where}: expected one polarity for the aspect {name!r}, "
                f"found {polarities[name]!r} and {polarity!r}; remove one",
            )
        if name in polarities and name == source.options.aspect:
            source.leave_out("aspects listed a second time in a sentence")
        polarities[name] = polarity
    return polarities
