"""Automated auxiliary tasks: made from any task's own texts, so no one has to label them.

``automated(task, "next_word")`` is a task like any other, named "<task>:next_word"
and of the same family:

- next_word: regress the vector of the word behind each token;
- next_char: tag each character of the text, spelt out, with the one behind it;
- missing_word: one word of each text is replaced, regress its vector.

Words are lower-cased to be targets. Dev and test parts are drawn down to `HELD`
texts: a prediction is compared with the vectors of all `WORDS` words.

Source: Liang and Shu (2017), Deep automated multi-task learning, IJCNLP.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from taskrel.errors import DataError, UsageError, nearest
from taskrel.tasks.characters import spell
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.streams import numpy_stream
from taskrel.tasks.task import SPLITS, Task

#: Words that can be a target: the most frequent ones of the training part.
WORDS = 10_000
#: Characters that are kept: the most frequent ones of the training part.
CHARACTERS = 66
#: Characters after which a text is cut, about 45 words.
LONGEST = 250
#: Texts of the dev and the test part, drawn at random, the same for all three tasks.
HELD = 500
#: Stop words where the language is not English: the most frequent words of the training part.
STOPS = 100
#: What stands in place of a missing word.
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

    Raises `UsageError` where there is no such task, `DataError` where the texts do
    not yield it (each is a single token; no word is left to miss).
    """
    if what not in AUTOMATED:
        raise UsageError(f"unknown automated task {what!r}; {nearest(what, AUTOMATED)}")
    return AUTOMATED[what](task, f"{task.name}:{what}")


def next_word(task: Task, name: str) -> Task:
    """At each token the lower-cased word behind it; none behind the last, nor of rare words."""
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
    tally["last tokens, which no word follows"] = sum(map(len, parts.values()))
    _count_absent(
        parts,
        tally,
        f"tokens before a word that is none of the {WORDS:,} most frequent",
        less=tally["last tokens, which no word follows"],
    )
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
    """At each character the one behind it; texts of words are spelt out first."""
    tally: Counter[str] = Counter()
    texts = _texts(task, tally)
    if any(len(word) > 1 for word in task.words):
        texts = _spelt(texts, tally)
    known = {c for text in texts["train"] for c in text[1:]}
    every = known.union(*(text for split in ("dev", "test") for text in texts[split]))
    parts = {
        split: [Example(text, _shifted(text, every)) for text in texts[split]] for split in SPLITS
    }
    tally["last characters, which none follows"] = sum(map(len, parts.values()))
    return _encode(
        task, name, parts, tally, kind="tagging", metric="accuracy", causal=True, labels=known
    )


def missing_word(task: Task, name: str) -> Task:
    """Which word was in place of `MISSING`: no stop word, one that has a letter, lower-cased."""
    tally: Counter[str] = Counter()
    texts = _texts(task, tally)
    stops = _stop_words(texts["train"], task.language)

    def content(word: str) -> bool:
        return word not in stops and any(c.isalpha() for c in word)

    lowered = (w.lower() for text in texts["train"] for w in text)
    known = _most_frequent(filter(content, lowered), WORDS)
    parts = {}
    for split in SPLITS:
        # One draw a text, so that what one text has to offer disturbs no other.
        draws = numpy_stream(_SEED, "missing word", task.name, split).random(len(texts[split]))
        parts[split] = [
            _without_one(text, known, draw)
            for text, draw in zip(texts[split], draws.tolist(), strict=True)
        ]
    _count_absent(parts, tally, "texts without a word to miss")
    return _encode(
        task, name, parts, tally, kind="regression", metric="nearest_accuracy", labels=known
    )


AUTOMATED: dict[str, Callable[[Task, str], Task]] = {
    "next_word": next_word,
    "next_char": next_char,
    "missing_word": missing_word,
}


def _texts(task: Task, tally: Counter) -> Texts:
    """Tokens of the texts of each part, of dev and test `HELD` at most."""
    texts = {}
    for split in SPLITS:
        part = task.splits[split]
        words = [task.words[code] for code in part.tokens.tolist()]
        found = [words[a:b] for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True)]
        if split != "train" and len(found) > HELD:
            drawn = numpy_stream(_SEED, "automated", task.name, split).permutation(len(found))
            tally[f"{split} texts left out, for speed"] = len(found) - HELD
            found = [found[i] for i in sorted(drawn[:HELD].tolist())]
        texts[split] = found
    return texts


def _spelt(texts: Texts, tally: Counter) -> Texts:
    """The same texts as lower-cased characters; those without a kept character are left out."""
    joined = {split: [" ".join(text).lower() for text in texts[split]] for split in SPLITS}
    keep = "".join(_most_frequent((c for text in joined["train"] for c in text), CHARACTERS))
    spelt: Texts = {}
    for split in SPLITS:
        found = [spell(text, keep) for text in joined[split]]
        tally["characters left out"] += sum(n for _, n in found)
        tally[f"texts cut at {LONGEST} characters"] += sum(len(text) > LONGEST for text, _ in found)
        spelt[split] = [text[:LONGEST] for text, _ in found if text]
        tally["texts left out, without a kept character"] += len(found) - len(spelt[split])
    return spelt


def _stop_words(train: list[list[str]], language: str) -> set[str]:
    if language == "en":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        return ENGLISH_STOP_WORDS | _CLITICS
    return _most_frequent((w.lower() for text in train for w in text), STOPS)


def _most_frequent(words: Iterable[str], n: int) -> set[str]:
    """The `n` most frequent; of equally frequent ones those first in the alphabet."""
    counts = Counter(words)
    return set(sorted(counts, key=lambda word: (-counts[word], word))[:n])


def _shifted(text: list[str], known: set[str]) -> list[str | None]:
    """Target of each token: the next one if it is known."""
    return [*(word if word in known else None for word in text[1:]), None]


def _without_one(text: list[str], known: set[str], draw: float) -> Example:
    """The text with one of its known words, at share `draw` of them, replaced."""
    places = [i for i, word in enumerate(text) if word.lower() in known]
    if not places:
        return Example(text, None)
    place = places[int(draw * len(places))]
    return Example([*text[:place], MISSING, *text[place + 1 :]], text[place].lower())


def _count_absent(
    parts: dict[str, list[Example]], tally: Counter, what: str, less: int = 0
) -> None:
    targets = (e.target for part in parts.values() for e in part)
    tally[what] = sum(t.count(None) if isinstance(t, list) else t is None for t in targets) - less


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
            f"task {name}: the training texts of {task.name} do not yield it: expected "
            f"two targets or more, found {len(labels)}"
        )
    return encode(
        parts,
        name=name,
        family=task.family,
        language=task.language,
        labels=labels,
        report={what: n for what, n in tally.items() if n},
        **about,
    )
