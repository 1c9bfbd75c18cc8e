"""Examples as integers: the last step from a file, or from rows in memory, to a task."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from taskrel.errors import DataError
from taskrel.tasks.readers.source import Example
from taskrel.tasks.span_schemes import AUTO, Scheme, task_scheme
from taskrel.tasks.task import ABSENT, SPLITS, Split, Task

#: Tokens of the longest sentence or text. All of a batch are padded to its longest, and so the
#: memory of a training step grows with it. The longest text of a shipped card has 2,966 tokens.
MOST_TOKENS = 5000


def encode(
    parts: Mapping[str, Sequence[Example]],
    *,
    kind: str,
    metric: str,
    name: str,
    outside: str | None = None,
    scheme: str | Scheme | None = AUTO,
    family: str = "",
    language: str = "en",
    left_out: Mapping[str, int] | None = None,
    unit: str = "text",
    causal: bool = False,
    labels: Iterable[str] = (),
) -> Task:
    """Code examples as integers; the label inventory is that of the training examples.

    A target is one label, a list of labels (multilabel), or a list of one label per token
    (tagging, and a regression whose `unit` is "token"). A label None is absent.

    left_out : what reading left out or changed, as sentence → count
    labels : further labels of the inventory, which no training example needs to have
    scheme : how the labels of a tagging mark spans: itself, or a key of `span_schemes.NAMES`

    Texts longer than `MOST_TOKENS` are cut and counted; a sentence whose tokens have labels
    is never cut.

    Raises `DataError` where such a sentence is longer, where training has fewer than two labels,
    where dev or test has none to score or none that training shows, and where the outside label
    does not occur or labels do not fit the scheme (`task_scheme`).
    """
    several = kind in ("tagging", "multilabel") or unit == "token"
    left_out = dict(left_out or {})
    parts = {
        s: _cut_long(parts[s], s, kind == "tagging" or unit == "token", name, left_out)
        for s in SPLITS
    }
    words = tuple(sorted(set[str]().union(*(e.tokens for part in parts.values() for e in part))))
    given = {*labels}
    seen = given | _labels(parts["train"], several)
    other = _labels(parts["dev"], several) | _labels(parts["test"], several)
    labels, unseen = tuple(sorted(seen)), tuple(sorted(other - seen))
    if len(labels) < 2:
        found = f"only {labels[0]!r}" if labels else "none"
        if labels and unseen:
            found += (
                f", while {' and '.join(map(repr, unseen[:3]))} occur{'s' * (len(unseen) == 1)} in "
                "dev or test alone; give more such texts, or set [cut] stratify or another seed"
            )
        raise DataError(f"task {name}: expected two labels or more in training, found {found}")
    marks = None if isinstance(scheme, str) else scheme
    if isinstance(scheme, str):
        nothing = outside if kind == "tagging" else None
        marks = task_scheme(name, labels, unseen, outside=nothing, metric=metric, wanted=scheme)
    word_code = {w: i for i, w in enumerate(words)}
    label_code: dict[str | None, int] = {lab: i for i, lab in enumerate(labels + unseen)}
    label_code[None] = ABSENT
    splits = {}
    for split in SPLITS:
        part = parts[split]
        lengths = np.fromiter((len(e.tokens) for e in part), np.int64, len(part))
        tokens = np.fromiter(
            map(word_code.__getitem__, chain.from_iterable(e.tokens for e in part)),
            np.int32,
            int(lengths.sum()),
        )
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        targets = (
            _targets(part, several, label_code, len(tokens))
            if kind != "multilabel"
            else _sets(part, label_code)
        )
        if len(targets) and (targets == ABSENT).all():
            raise DataError(
                f"task {name}: expected a label to score in the {split} split, but all "
                f"labels of its {len(part):,} examples are absent; check the labels, and "
                "'labels.absent' of a card"
            )
        # A regression learns vectors of labels, and a given inventory is the caller's affair.
        if kind != "regression" and not given:
            _check_known(targets, labels, unseen, f"task {name}: every label of the {split} split")
        splits[split] = Split(tokens, offsets, targets)
    return Task(
        name=name,
        kind=kind,
        metric=metric,
        words=words,
        labels=labels,
        unseen=unseen,
        splits=splits,
        outside=outside,
        family=family,
        language=language,
        left_out=left_out,
        unit=unit,
        causal=causal,
        scheme=marks,
    )


def _cut_long(
    part: Sequence[Example], split: str, per_token: bool, name: str, left_out: dict[str, int]
) -> Sequence[Example]:
    """The examples, long texts cut and counted; a long sentence with labels is refused."""
    long = [len(e.tokens) for e in part if len(e.tokens) > MOST_TOKENS]
    if not long:
        return part
    if per_token:
        raise DataError(
            f"task {name}: a sentence of the {split} split has {max(long):,} tokens, more than the "
            f"{MOST_TOKENS:,} that are allowed; were blank lines between sentences lost? Put them "
            "back, or divide the sentence"
        )
    what = f"texts cut to {MOST_TOKENS:,} tokens"
    left_out[what] = left_out.get(what, 0) + len(long)
    return [e._replace(tokens=e.tokens[:MOST_TOKENS]) for e in part]


def _targets(part: Sequence[Example], per_token: bool, code: dict, n_tokens: int) -> np.ndarray:
    if per_token:
        labels = chain.from_iterable(e.target for e in part)
        return np.fromiter(map(code.__getitem__, labels), np.int32, n_tokens)
    return np.fromiter((code[e.target] for e in part), np.int32, len(part))


def _check_known(
    targets: np.ndarray, labels: Sequence[str], unseen: Sequence[str], what: str
) -> None:
    """Refuse targets of which training shows none: gold labels that are missing or spelt anew."""
    codes = targets.nonzero()[1] if targets.ndim == 2 else targets[targets != ABSENT]
    if len(codes) and (codes >= len(labels)).all():
        found = np.bincount(codes - len(labels)).argsort()[::-1][:3]
        raise DataError(
            f"{what} is unknown in training, so that no model can predict it: expected "
            f"{_some(labels)}, found {_some([unseen[i] for i in found])}; give a file with gold "
            "labels, or rename them with [labels] map in a card"
        )


def _some(labels: Sequence[str]) -> str:
    return ", ".join(map(repr, labels[:3])) + (", …" if len(labels) > 3 else "")


def _sets(part: Sequence[Example], code: dict) -> np.ndarray:
    targets = np.zeros((len(part), len(code) - 1), np.uint8)
    for i, e in enumerate(part):
        targets[i, [code[t] for t in e.target]] = 1
    return targets


def _labels(part: Sequence[Example], several: bool) -> set[str]:
    """Labels that occur in the examples."""
    targets = (e.target for e in part)
    return {*(chain.from_iterable(targets) if several else targets)} - {None}
