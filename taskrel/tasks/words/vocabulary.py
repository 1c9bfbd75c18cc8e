"""The word table of one run: the row of each word of each task.

Rows: 0 padding, 1 unknown, then words with a pre-trained vector, then training words
without one. Vectors that no text of the run needs are left out.

The unknown row is that of dev and test words that have no vector and do not occur in
training. It is trained by the words without a vector that occur once in the training
split of their task: half of the time these use it instead of their own row (Dyer et al.
2015, section 3.2). "Once" is counted in each task, so that a word is treated alike in
single-task and multi-task runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from taskrel.tasks.task import Task
from taskrel.tasks.words.vectors import Vectors, spellings

PAD, UNKNOWN = 0, 1


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Rows of the word table, and the row of each word of each task.

    words : names of the rows, ``words[0]`` padding, ``words[1]`` unknown
    pretrained : float32 array of shape (n_pretrained, width), for rows 2, 3, …
    rows : for each task an int64 array of shape (len(task.words),), word code → row
    rare : for each task a bool array of that shape, True for words that train the
        unknown row
    """

    words: tuple[str, ...]
    pretrained: np.ndarray
    rows: tuple[np.ndarray, ...]
    rare: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.words)


def build_vocabulary(tasks: Sequence[Task], vectors: Vectors | None) -> Vocabulary:
    """Collect the rows that the texts of `tasks` need; the order of the tasks has no effect."""
    known = {w: i for i, w in enumerate(vectors.words)} if vectors else {}
    found: dict[str, str] = {}  # spelling in a text → spelling in the vector file
    learned: set[str] = set()  # lower-cased training words without a vector
    rare = []
    for task in tasks:
        counts = np.bincount(task.splits["train"].tokens, minlength=len(task.words))
        lowered: dict[str, int] = {}
        for word, count in zip(task.words, counts.tolist(), strict=True):
            form = next((f for f in spellings(word) if f in known), None)
            if form is not None:
                found[word] = form
            elif count:
                lowered[word.lower()] = lowered.get(word.lower(), 0) + count
        learned.update(lowered)
        rare.append(
            np.array(
                [w not in found and lowered.get(w.lower()) == 1 for w in task.words], dtype=bool
            )
        )
    pretrained = sorted(set(found.values()))
    words = ("<pad>", "<unknown>", *pretrained, *sorted(learned))
    row = {w: i for i, w in enumerate(words) if i > UNKNOWN}
    rows = tuple(
        np.fromiter(
            (row.get(found.get(w) or w.lower(), UNKNOWN) for w in task.words),
            np.int64,
            len(task.words),
        )
        for task in tasks
    )
    matrix = (
        vectors.matrix[[known[w] for w in pretrained]] if vectors else np.empty((0, 0), np.float32)
    )
    return Vocabulary(words, matrix, rows, tuple(rare))


def spelt_vocabulary(tasks: Sequence[Task]) -> Vocabulary:
    """All words of the tasks as they are spelt, for an encoder with pieces for any word."""
    spelt = sorted({word for task in tasks for word in task.words})
    row = {word: i for i, word in enumerate(spelt, start=UNKNOWN + 1)}
    rows = tuple(np.array([row[word] for word in task.words], np.int64) for task in tasks)
    rare = tuple(np.zeros(len(task.words), bool) for task in tasks)
    return Vocabulary(("<pad>", "<unknown>", *spelt), np.empty((0, 0), np.float32), rows, rare)
