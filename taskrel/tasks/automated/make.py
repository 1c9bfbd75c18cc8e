"""Automated auxiliary tasks: made from the texts of any task, without further labels.

``automated(task, "next_word")`` returns an ordinary task, called "<task>:next_word" and
of the same family:

- next_word: regression of the vector of the next word, at each token;
- next_char: tagging of each character of the text with the next character;
- missing_word: one word of each text is replaced; regression of its vector.

As targets, words are lower-cased. The two texts of a pair are texts of their own. At most `HELD` dev and test texts are used, because a
prediction is compared with the vectors of all `WORDS` words.

Source: Liang and Shu (2017), Deep automated multi-task learning, IJCNLP.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from taskrel.errors import DataError, UsageError, nearest
from taskrel.tasks.characters import spell
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.streams import numpy_stream
from taskrel.tasks.task import SPLITS, Task
from taskrel.tasks.text import PAIR_SEPARATOR

#: Number of words that can be a target: the most frequent ones of the training split.
WORDS = 10_000
#: Number of characters that are kept: the most frequent ones of the training split.
CHARACTERS = 66
#: Number of characters after which a text is cut, about 45 words.
LONGEST = 250
#: Number of dev and of test texts, drawn at random, the same for all three tasks.
HELD = 500
#: Number of stop words if the language is not English: the most frequent training words.
STOPS = 100
#: The token that replaces a missing word.
MISSING = "<missing>"

_SEED = 0
_CLITICS = {
    apostrophe.join(parts)
    for apostrophe in "'’"
    for parts in (("n", "t"), ("", "s"), ("", "m"), ("", "d"), ("", "ll"), ("", "re"), ("", "ve"))
}

Texts = dict[str, list[list[str]]]  # split → tokens of each text


def automated(task: Task, what: str) -> Task:
    """Make an auxiliary task from the texts of `task`, whatever its kind.

    what : a key of `AUTOMATED`

    Raises `UsageError` for an unknown automated task, and `DataError` if it cannot be made
    from the texts, because all are single tokens or no word can be missing.
    """
    if what not in AUTOMATED:
        raise UsageError(f"unknown automated task {what!r}; {nearest(what, AUTOMATED)}")
    return AUTOMATED[what](task, f"{task.name}:{what}")


def next_word(task: Task, name: str) -> Task:
    """Predict the next word at each token; absent at the last one, and before rare words."""
    tally: Counter[str] = Counter()
    texts = _texts(task, tally)
    lowered = {split: [[w.lower() for w in text] for text in texts[split]] for split in SPLITS}
    known = _most_frequent((w for text in lowered["train"] for w in text[1:]), WORDS)
    parts = {
        split: [
            Example(text, _shifted(words, known))
            for text, words in zip(texts[split], lowered[split], strict=True)
        ]
        for split in SPLITS
    }
    n_last = tally["last tokens, without a next word"] = sum(map(len, parts.values()))
    before_rare = f"tokens before a word that is not among the {WORDS:,} most frequent"
    tally[before_rare] = _n_absent(parts) - n_last
    return _encode(
        task,
        name,
        parts,
        tally,
        kind="regression",
        metric="nearest_accuracy",
        unit="token",
        causal=True,
        labels=known,
    )


def next_char(task: Task, name: str) -> Task:
    """Predict the next character at each character; texts of words are spelt out first."""
    tally: Counter[str] = Counter()
    texts = _texts(task, tally)
    if any(len(word) > 1 and word != PAIR_SEPARATOR for word in task.words):
        texts = _spelt(texts, tally)
    known = {c for text in texts["train"] for c in text[1:]}
    every = known.union(*(text for split in ("dev", "test") for text in texts[split]))
    parts = {
        split: [Example(text, _shifted(text, every)) for text in texts[split]] for split in SPLITS
    }
    tally["last characters, without a next one"] = sum(map(len, parts.values()))
    return _encode(
        task, name, parts, tally, kind="tagging", metric="accuracy", causal=True, labels=known
    )


def missing_word(task: Task, name: str) -> Task:
    """Predict the word that `MISSING` replaces; it has a letter and is not a stop word."""
    tally: Counter[str] = Counter()
    texts = _texts(task, tally)
    stops = _stop_words(texts["train"], task.language)

    def content(word: str) -> bool:
        return word not in stops and any(c.isalpha() for c in word)

    lowered = (w.lower() for text in texts["train"] for w in text)
    known = _most_frequent(filter(content, lowered), WORDS)
    parts = {}
    for split in SPLITS:
        # One draw per text, so that a text does not change the draws of the others.
        draws = numpy_stream(_SEED, "missing word", task.name, split).random(len(texts[split]))
        parts[split] = [
            _without_one(text, known, draw)
            for text, draw in zip(texts[split], draws.tolist(), strict=True)
        ]
    tally["texts without a word that can be missing"] = _n_absent(parts)
    return _encode(
        task, name, parts, tally, kind="regression", metric="nearest_accuracy", labels=known
    )


AUTOMATED: dict[str, Callable[[Task, str], Task]] = {
    "next_word": next_word,
    "next_char": next_char,
    "missing_word": missing_word,
}


def _texts(task: Task, tally: Counter) -> Texts:
    """Tokens of the texts of each split, of at most `HELD` dev and test texts."""
    texts = {}
    for split in SPLITS:
        part = task.splits[split]
        words = [task.words[code] for code in part.tokens.tolist()]
        found = [words[a:b] for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True)]
        if split != "train" and len(found) > HELD:
            drawn = numpy_stream(_SEED, "automated", task.name, split).permutation(len(found))
            tally[f"{split} texts left out for speed"] = len(found) - HELD
            found = [found[i] for i in sorted(drawn[:HELD].tolist())]
        texts[split] = [text for tokens in found for text in _apart(tokens)]
    return texts


def _apart(tokens: list[str]) -> list[list[str]]:
    """The texts of a pair that are not blank, or the one text."""
    texts: list[list[str]] = [[]]
    for token in tokens:
        if token == PAIR_SEPARATOR:
            texts.append([])
        else:
            texts[-1].append(token)
    return [text for text in texts if text]


def _spelt(texts: Texts, tally: Counter) -> Texts:
    """The same texts as lower-cased characters, without texts that have no kept character."""
    joined = {split: [" ".join(text).lower() for text in texts[split]] for split in SPLITS}
    keep = "".join(_most_frequent((c for text in joined["train"] for c in text), CHARACTERS))
    spelt: Texts = {}
    for split in SPLITS:
        found = [spell(text, keep) for text in joined[split]]
        tally["characters left out"] += sum(n for _, n in found)
        tally[f"texts cut at {LONGEST} characters"] += sum(len(text) > LONGEST for text, _ in found)
        spelt[split] = [text[:LONGEST] for text, _ in found if text]
        tally["texts left out because no character is kept"] += len(found) - len(spelt[split])
    return spelt


def _stop_words(train: list[list[str]], language: str) -> set[str]:
    if language == "en":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return ENGLISH_STOP_WORDS | _CLITICS
    return _most_frequent((w.lower() for text in train for w in text), STOPS)


def _most_frequent(words: Iterable[str], n: int) -> set[str]:
    """The `n` most frequent words; of equally frequent ones the first in the alphabet."""
    counts = Counter(words)
    return set(sorted(counts, key=lambda word: (-counts[word], word))[:n])


def _shifted(text: list[str], known: set[str]) -> list[str | None]:
    """Target of each token: the next one, if it is known."""
    return [*(word if word in known else None for word in text[1:]), None]


def _without_one(text: list[str], known: set[str], draw: float) -> Example:
    """The text with one of its known words replaced, the one at share `draw` of them."""
    places = [i for i, word in enumerate(text) if word.lower() in known]
    if not places:
        return Example(text, None)
    place = places[int(draw * len(places))]
    return Example([*text[:place], MISSING, *text[place + 1 :]], text[place].lower())


def _n_absent(parts: dict[str, list[Example]]) -> int:
    """Number of absent targets."""
    targets = (e.target for part in parts.values() for e in part)
    return sum(t.count(None) if isinstance(t, list) else t is None for t in targets)


def _encode(
    task: Task,
    name: str,
    parts: dict[str, list[Example]],
    tally: Counter,
    labels: set[str],
    **about,
) -> Task:
    if len(labels) < 2:
        raise DataError(
            f"task {name}: cannot be made from the training texts of {task.name}: expected two "
            f"or more different targets, found {len(labels)}"
        )
    return encode(
        parts,
        name=name,
        family=task.family,
        language=task.language,
        labels=labels,
        left_out={what: n for what, n in tally.items() if n},
        **about,
    )
