"""The word table of one run: which row each word of each task reads.

Rows: 0 padding, 1 unknown, then words that have a pre-trained vector, then
training words that have none but occur at least twice. A training word that
occurs once and has no vector reads the unknown row, which is thereby trained.
Rows that no text of the run reads are left out: they could never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from taskrel.tasks.task import Task
from taskrel.tasks.vectors import Vectors, spellings

PAD, UNKNOWN = 0, 1


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Rows of the word table and how tasks map into it.

    words : row names, ``words[0]`` padding, ``words[1]`` unknown
    pretrained : float32 array of shape (n_pretrained, width), for rows 2, 3, …
    rows : one int64 array of shape (len(task.words),) per task, word code → row
    """

    words: tuple[str, ...]
    pretrained: np.ndarray
    rows: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.words)


def build_vocabulary(tasks: Sequence[Task], vectors: Vectors | None,
                     min_count: int = 2) -> Vocabulary:
    """Collect the rows that the texts of `tasks` read; the order of tasks does not matter."""
    known = {w: i for i, w in enumerate(vectors.words)} if vectors else {}
    found: dict[str, str] = {}  # spelling in a text → its spelling in the vector file
    counts: dict[str, int] = {}  # lower-cased word without a vector → count in training
    for task in tasks:
        train = np.bincount(task.splits["train"].tokens, minlength=len(task.words))
        for word, count in zip(task.words, train.tolist(), strict=True):
            form = next((f for f in spellings(word) if f in known), None)
            if form is not None:
                found[word] = form
            elif count:
                counts[word.lower()] = counts.get(word.lower(), 0) + count
    pretrained = sorted(set(found.values()))
    learned = sorted(w for w, n in counts.items() if n >= min_count)
    words = ("<pad>", "<unknown>", *pretrained, *learned)
    row = {w: i for i, w in enumerate(words)}
    rows = tuple(
        np.fromiter((row.get(found.get(w) or w.lower(), UNKNOWN) for w in task.words),
                    np.int64, len(task.words))
        for task in tasks)
    matrix = (vectors.matrix[[known[w] for w in pretrained]] if vectors
              else np.empty((0, 0), np.float32))
    return Vocabulary(words, matrix, rows)
