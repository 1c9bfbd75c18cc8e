"""Doubts about names of labels: a header, an id, a missing value, a list, two spellings of one."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from taskrel.tasks.inspect.counts import SplitCounts
from taskrel.tasks.task import SPLITS, Task

#: Labels that a sentence names.
SHOWN = 3
#: So few labels of a small inventory that occur once, or more than half of all, are suspicious.
FEW_ONCE, SMALL_INVENTORY = 3, 20
#: From this many labels per training text (tagging: per different word) on, and this many labels,
#: the label column probably holds something else.
LABELS_PER_TEXT, MANY = 0.5, 10
#: So many groups of labels that differ in case only are no accident: case has a meaning there.
MANY_CASES = 10
#: What spreadsheets and libraries write for a missing value; "none" may well be a label.
MISSING = {"", "nan", "null", "na", "n/a", "#n/a", "<na>", "nat", "?", "-", "_"}
_LIST = re.compile(r"""^\[.*\]$|^[\[({]\s*['"]|['"]\s*[\])}]$""", re.DOTALL)
#: Usual names of columns of texts and of labels.
_COLUMN = re.compile(
    "(text|sentence|comment|review|tweet|utterance|document|content|message|body|premise|word"
    "|token|form|label|class|category|sentiment|tag|target|intent|emotion|topic|polarity|rating"
    "|score|stance|gold|annotation|(ner|pos)_tag)(s|1|_id)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


def label_doubts(task: Task, counts: Mapping[str, SplitCounts]) -> Iterator[str]:
    """Sentences about the names of a task's labels.

    counts : by split, see `split_counts`
    """
    every: Counter[str] = Counter()
    for split in SPLITS:
        every.update(counts[split].labels)
    yield from (header := [*_header(task, every)])
    if not header:
        yield from _once(counts["train"].labels)
    yield from _nearly_as_many(task, counts["train"])
    yield from _alike(every)
    yield from _like_missing({name: n for name, n in every.items() if name != task.outside})
    yield from _like_lists(every)


def listed(names: Iterable[str]) -> str:
    """Labels as part of a sentence, the first few by name.

    >>> listed(["a", "b"])
    "2 labels ('a', 'b')"
    """
    names = list(names)
    more = ", …" if len(names) > SHOWN else ""
    shown = ", ".join(map(repr, names[:SHOWN])) + more
    return f"label {shown}" if len(names) == 1 else f"{len(names):,} labels ({shown})"


def _header(task: Task, every: Mapping[str, int]) -> Iterator[str]:
    """A label of one example in all splits that is, or whose text is, the name of a column."""
    once = [name for name, n in every.items() if n == 1]
    numbers = sum(bool(_NUMBER.fullmatch(name)) for name in every)
    for name in once if len(once) <= FEW_ONCE else ():
        text = _text_of(task, name)
        odd = numbers == len(every) - 1 > 1 and not _NUMBER.fullmatch(name)
        if odd or _COLUMN.fullmatch(name) or _COLUMN.fullmatch(text):
            yield (
                f"label {name!r} occurs once, with {text!r}, like the names of columns; if this is "
                "a header, set header = true in the card's [options]"
            )


def _text_of(task: Task, label: str) -> str:
    """The token, or the first few tokens of the text, that has a label."""
    code = task.all_labels.index(label)
    for part in task.splits.values():
        has = part.targets[:, code] == 1 if part.targets.ndim == 2 else part.targets == code
        for i in np.flatnonzero(has)[:1].tolist():
            a, b = (i, i + 1) if task.per_token else part.offsets[i : i + 2].tolist()
            return " ".join(task.words[word] for word in part.tokens[a : min(b, a + 5)].tolist())
    return ""


def _nearly_as_many(task: Task, train: SplitCounts) -> Iterator[str]:
    n = len(train.labels)
    of = len(task.words) if task.kind == "tagging" else train.examples
    if n >= MANY and n > LABELS_PER_TEXT * of:
        what = "different tokens" if task.kind == "tagging" else "texts"
        yield (
            f"training has {n:,} different labels in {of:,} {what}, as if an id or the text were "
            "the label; name another column as the label"
        )


def _once(labels: Mapping[str, int]) -> Iterator[str]:
    once = [name for name, n in labels.items() if n == 1]
    few = len(once) <= FEW_ONCE and len(labels) <= SMALL_INVENTORY
    if once and (few or 2 * len(once) > len(labels)):
        of = "" if len(once) == 1 else f" of all {len(labels):,}"
        yield (
            f"{listed(once)}{of} occur{'' if of else 's'} only once in training; if a header, an "
            "id or a stray field was read as a label, correct the card"
        )


def _alike(labels: Mapping[str, int]) -> Iterator[str]:
    """Labels that are the same but for blanks, case, Unicode normal form or number form."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in labels:
        groups[_plain(name)].append(name)
    alike = [names for names in groups.values() if len(names) > 1]
    if len(alike) > MANY_CASES and all(len({n.casefold() for n in names}) == 1 for names in alike):
        return
    if alike:
        same_glyphs = len({unicodedata.normalize("NFC", name) for name in alike[0]}) == 1
        names = ", ".join(map(ascii if same_glyphs else repr, alike[0][:SHOWN]))
        more = f" (and {len(alike) - 1:,} more such groups)" if len(alike) > 1 else ""
        yield (
            f"labels {names}{more} differ only in blanks, case, number or Unicode form; join them "
            "with [labels] lower or map"
        )


def _plain(label: str) -> str:
    """A label without what people rarely mean.

    >>> _plain(" Pos "), _plain("1.0"), _plain("01")
    ('pos', '1', '1')
    """
    text = " ".join(unicodedata.normalize("NFKC", label).split()).casefold()
    if not _NUMBER.fullmatch(text):
        return text
    return f"{float(text.replace(',', '.')):.12g}"


def _like_missing(labels: Mapping[str, int]) -> Iterator[str]:
    names = [n for n in labels if n == "None" or n.strip().casefold() in MISSING]
    if names:
        n = sum(labels[name] for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        yield (
            f"{listed(names)} ({n:,} times) may mean a missing value; with [labels] absent = "
            f"[{quoted}] such texts or tokens have no loss and no score"
        )


def _like_lists(labels: Mapping[str, int]) -> Iterator[str]:
    names = [name for name in labels if _LIST.search(name)]
    if names:
        yield (
            f"{listed(names)} look{'s' if len(names) == 1 else ''} like printed lists; for several "
            'labels a text set kind = "multilabel", else name another column'
        )
