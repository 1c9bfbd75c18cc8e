"""Vectors of labels, from the words of their names: the targets of a regression."""

from collections.abc import Sequence

import numpy as np

from taskrel.tasks.streams import word_stream
from taskrel.tasks.words.vectors import Vectors, spellings

#: Number of labels in a prediction, best first.
NEAREST = 4
#: Standard deviation of the initial values of learned word vectors.
LEARNED_SCALE = 0.1


def label_words(label: str) -> list[str]:
    """Words of a label's name, separated by white space.

    >>> label_words("red heart")
    ['red', 'heart']
    """
    return label.split()


def label_vectors(
    labels: Sequence[str], pretrained: Vectors | None, width: int, seed: int
) -> np.ndarray:
    """Unit vector of each label: the mean of its words' vectors, scaled to length 1.

    A word without a pre-trained vector gets its initial vector in a run of this seed,
    see `training.build.word_table`.

    labels : names, of one word or more
    pretrained : vectors of the words; None if vectors are learned
    width : dimensions of learned vectors; not used with pre-trained ones

    Returns a float32 array of shape (len(labels), width). Source: Liang and Shu (2017),
    who regress the vector of a hashtag.
    """
    known = {word: i for i, word in enumerate(pretrained.words)} if pretrained else {}
    width = pretrained.width if pretrained else width
    scale = pretrained.scale if pretrained else LEARNED_SCALE

    def vector(word: str) -> np.ndarray:
        form = next((f for f in spellings(word) if f in known), None)
        if pretrained is not None and form is not None:
            return pretrained.matrix[known[form]]
        return scale * word_stream(seed, word.lower()).standard_normal(width)

    means = np.array(
        [np.mean([vector(word) for word in label_words(label)], axis=0) for label in labels]
    )
    return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)
