"""Made-up tasks, small enough to train in a second."""

import numpy as np

from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example

WORDS = [c + v for c in "bdgk" for v in "aeiou"]


def tagging_task(name="tags", n=(40, 20, 20), seed=0, metric="accuracy"):
    """Tag V for words that end in a vowel of "aei", else C: learnable word by word."""

    def example(rng):
        words = rng.choice(WORDS, size=rng.integers(1, 8)).tolist()
        return Example(words, ["V" if w[1] in "aei" else "C" for w in words])

    return _task(name, "tagging", metric, example, n, seed)


def text_task(name="texts", n=(40, 20, 20), seed=1):
    """Class of a text: the first letter of its first word."""

    def example(rng):
        words = rng.choice(WORDS, size=rng.integers(1, 8)).tolist()
        return Example(words, words[0][0])

    return _task(name, "classification", "accuracy", example, n, seed)


def multilabel_task(name="many", n=(40, 20, 20), seed=2):
    """Labels of a text: the vowels that occur in it."""

    def example(rng):
        words = rng.choice(WORDS, size=rng.integers(1, 4)).tolist()
        return Example(words, sorted({w[1] for w in words}))

    return _task(name, "multilabel", "macro_f1", example, n, seed)


def _task(name, kind, metric, example, n, seed):
    rng = np.random.default_rng(seed)
    parts = {
        split: [example(rng) for _ in range(size)]
        for split, size in zip(("train", "dev", "test"), n, strict=True)
    }
    return encode(parts, kind=kind, metric=metric, name=name)
