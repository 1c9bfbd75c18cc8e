"""Readers: one small file per format. A reader counts everything that it leaves out.

A reader is a module with ``Options`` (a frozen msgspec struct, decoded strictly from
the card's ``[options]``), ``read(source) -> Iterator[Example]`` and, if it reads other
kinds than tagging, ``KINDS``. `READERS` lists all of them.
"""

from taskrel.tasks.readers import (
    columns,
    conllu,
    delimited,
    jsonl,
    lines,
    parallel,
    spans,
)
from taskrel.tasks.readers.corpora import (
    aspects,
    brat,
    clinc,
    compression,
    framenet,
    planted,
    semcor,
    streusle,
    webanno,
    wikitext,
)
from taskrel.tasks.readers.tables import csv, excel, parquet

READERS = {
    "columns": columns,
    "conllu": conllu,
    "webanno": webanno,
    "streusle": streusle,
    "semcor": semcor,
    "framenet": framenet,
    "brat": brat,
    "clinc": clinc,
    "compression": compression,
    "wikitext": wikitext,
    "delimited": delimited,
    "jsonl": jsonl,
    "json": jsonl,
    "csv": csv,
    "excel": excel,
    "parquet": parquet,
    "arrow": parquet,
    "lines": lines,
    "parallel": parallel,
    "aspects": aspects,
    "planted": planted,
    "spans": spans,
}
