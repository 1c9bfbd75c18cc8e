"""The planted language: a generated language with tasks of known relatedness.

A sentence is a chain of phrases. A phrase type is a fixed sequence of word classes. Each
class has its own words, drawn by Zipf's law, and some words belong to two classes, so
that context is needed. A labelling is a function of these hidden variables, or, on
purpose, independent of them:

========== ================================================ ======================
labelling  a token's label                                  related to
========== ================================================ ======================
fine       its word class (12)                              coarse, phrase
coarse     the group its class belongs to (4)               fine, phrase
phrase     B or I and the type of its phrase                fine, coarse
shuffled   a fixed random label per word, not per class     none of the others
noise      a random label per occurrence                    nothing at all
topic      (per text) the topic of the sentence's words     none of the others
========== ================================================ ======================

The same labelling over another `lexicon` (same grammar, no word in common) has the
same structure alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

N_CLASSES, N_GROUPS, N_PHRASES, N_TOPICS = 12, 4, 6, 4
WORDS_PER_CLASS = 80
SHUFFLED_LABELS = 6
AMBIGUOUS = 0.15  # share of a class's words that are borrowed from another class
_ONSETS, _VOWELS, _CODAS = "bdfgklmnprstvz", "aeiou", ["", "n", "r", "s", "l"]


@dataclass(frozen=True)
class Sentence:
    """One generated sentence with its hidden variables.

    words, classes, phrases (type of the phrase) and starts (True on a phrase's
    first word) have one entry per token; `topic` is one number.
    """

    words: list[str]
    word_ids: np.ndarray
    classes: np.ndarray
    phrases: np.ndarray
    starts: np.ndarray
    topic: int


class Language:
    """Grammar and lexicon; the grammar is the same for all numbers `lexicon`."""

    def __init__(self, lexicon: int = 0):
        grammar = np.random.default_rng(2017)
        self.group = np.arange(N_CLASSES) % N_GROUPS
        # Phrase types: two to four classes each; together they have all classes.
        order = grammar.permutation(N_CLASSES)
        self.templates = [
            np.concatenate(
                [order[2 * p : 2 * p + 2], grammar.integers(N_CLASSES, size=grammar.integers(3))]
            )
            for p in range(N_PHRASES)
        ]
        self.next_phrase = grammar.dirichlet(np.full(N_PHRASES, 0.5), size=N_PHRASES)
        words = np.random.default_rng([2017, lexicon])
        spellings = _spellings(N_CLASSES * WORDS_PER_CLASS, lexicon, words)
        self.spellings = spellings
        self.members = np.arange(len(spellings)).reshape(N_CLASSES, WORDS_PER_CLASS)
        for c in range(N_CLASSES):
            borrow = np.flatnonzero(words.random(WORDS_PER_CLASS) < AMBIGUOUS)
            other = (c + words.integers(1, N_CLASSES, len(borrow))) % N_CLASSES
            self.members[c, borrow] = self.members[other, borrow]
        zipf = 1 / (np.arange(WORDS_PER_CLASS) + 3.0)
        self.frequency = zipf / zipf.sum()
        # A topic makes every fourth word of each class eight times as frequent.
        about = np.arange(WORDS_PER_CLASS) % N_TOPICS == np.arange(N_TOPICS)[:, None]
        weight = self.frequency * np.where(about, 8.0, 1.0)
        self.topic_frequency = weight / weight.sum(1, keepdims=True)
        self.shuffled = words.integers(SHUFFLED_LABELS, size=len(spellings))

    def sentence(self, rng: np.random.Generator) -> Sentence:
        """Draw one sentence of two to five phrases."""
        topic = int(rng.integers(N_TOPICS))
        kinds = [int(rng.integers(N_PHRASES))]
        for _ in range(rng.integers(1, 5)):
            kinds.append(int(rng.choice(N_PHRASES, p=self.next_phrase[kinds[-1]])))
        classes = np.concatenate([self.templates[k] for k in kinds])
        phrases = np.repeat(kinds, [len(self.templates[k]) for k in kinds])
        starts = np.concatenate([np.arange(len(self.templates[k])) == 0 for k in kinds])
        place = rng.choice(WORDS_PER_CLASS, size=len(classes), p=self.topic_frequency[topic])
        ids = self.members[classes, place]
        return Sentence([self.spellings[i] for i in ids], ids, classes, phrases, starts, topic)

    def label(self, sentence: Sentence, labelling: str, rng: np.random.Generator):
        """Labels of one sentence: a list (a label per token) or one string (topic)."""
        if labelling == "fine":
            return [f"C{c}" for c in sentence.classes]
        if labelling == "coarse":
            return [f"G{self.group[c]}" for c in sentence.classes]
        if labelling == "phrase":
            return [
                f"{'B' if s else 'I'}-P{p}"
                for s, p in zip(sentence.starts, sentence.phrases, strict=True)
            ]
        if labelling == "shuffled":
            return [f"S{self.shuffled[i]}" for i in sentence.word_ids]
        if labelling == "noise":
            return [f"N{n}" for n in rng.integers(SHUFFLED_LABELS, size=len(sentence.words))]
        return f"T{sentence.topic}"


def _spellings(n: int, lexicon: int, rng: np.random.Generator) -> list[str]:
    """`n` distinct pronounceable words; those of two lexicons differ in their last letter."""
    mark = "aeiouy"[lexicon % 6] + ("x" * (lexicon // 6))
    spellings: dict[str, None] = {}
    while len(spellings) < n:
        syllables = [
            rng.choice(list(_ONSETS)) + rng.choice(list(_VOWELS)) + rng.choice(_CODAS)
            for _ in range(rng.integers(2, 4))
        ]
        spellings["".join(syllables) + "h" + mark] = None
    return list(spellings)


def sentences(n: int, labelling: str, lexicon: int, seed: list[int]) -> Iterator[tuple]:
    """Yield `n` pairs of a sentence's words and its labels, from one seeded stream."""
    language, rng = _language(lexicon), np.random.default_rng(seed)
    for _ in range(n):
        sentence = language.sentence(rng)
        yield sentence.words, language.label(sentence, labelling, rng)


@cache
def _language(lexicon: int) -> Language:
    """Make a language once for all splits and tasks: it takes longer than most splits."""
    return Language(lexicon)
