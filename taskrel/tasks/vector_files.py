"""The word-vector file that the shipped recipes name, described as a card's files are."""

from typing import NamedTuple

from taskrel.tasks.card import File


class VectorFile(NamedTuple):
    """Word vectors that can be asked for by name, like a task's files."""

    name: str
    licence: str
    citation: str
    files: tuple[File, ...]


GLOVE = VectorFile(
    "glove", "PDDL 1.0",
    "Pennington, Socher and Manning (2014), GloVe: global vectors for word representation, EMNLP",
    (File(
        path="glove/glove.6B.50d.100k.txt.gz",
        url="https://nlp.stanford.edu/data/glove.6B.zip",
        sha256="598d6fd1faa45733deecce34d52ab3b3c1455e7aac855f58865eebfc55b7c7a3",
        by_hand="download the archive (about 860 MB), then unzip -p glove.6B.zip "
                "glove.6B.50d.txt | head -n 100000 | gzip -9n > glove.6B.50d.100k.txt.gz; GNU "
                "gzip gives this very file"),))
