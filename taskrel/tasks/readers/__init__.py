"""Readers: one small file per format; each yields examples and never drops any silently.

A reader is a module with ``Options`` (a frozen msgspec struct, decoded strictly
from the card's ``[options]``), ``read(source) -> Iterator[Example]`` and, where it
reads more than tagging, ``KINDS``. One row in `READERS` makes it known.
"""

from taskrel.tasks.readers import (
    columns,
    conllu,
    delimited,
    jsonl,
    lines,
    parallel,
)
from taskrel.tasks.readers.corpora import (
    aspects,
    brat,
    compression,
    framenet,
    planted,
    semcor,
    streusle,
    wikitext,
)

READERS = {
    "columns": columns,
    "conllu": conllu,
    "streusle": streusle,
    "semcor": semcor,
    "framenet": framenet,
    "brat": brat,
    "compression": compression,
    "wikitext": wikitext,
    "delimited": delimited,
    "jsonl": jsonl,
    "lines": lines,
    "parallel": parallel,
    "aspects": aspects,
    "planted": planted,
}
