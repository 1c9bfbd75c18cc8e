"""A task in memory: immutable, integer-coded splits with a content digest.

The examples of a split are concatenated in flat arrays; example i has the tokens
``tokens[offsets[i]:offsets[i + 1]]``. Labels that do not occur in training get codes
from ``n_labels`` on. No model can predict them, so they count as errors.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from taskrel.tasks.frames.constructors import Constructors
from taskrel.tasks.span_schemes import Scheme
from taskrel.tasks.words.label_vectors import label_words

if TYPE_CHECKING:
    from taskrel.tasks.inspect.report import Report

#: Target code of a token or text whose label is absent: it has no loss and no score.
ABSENT = -1

#: Values of `Task.kind_and_unit` of token-level tasks.
PER_TOKEN = ("tagging", "regression per token")

#: Level of a task's labels → in words.
LEVEL_NAMES = {"token": "token-level", "text": "text-level"}

SPLITS = ("train", "dev", "test")

#: Label of a text, or labels of a text or of its tokens.
Target = str | None | list[str | None]


@dataclass(frozen=True, eq=False)
class Split:
    """Coded examples of one split; the arrays are read-only.

    tokens : int32 array of shape (n_tokens,), codes into `Task.words`
    offsets : int64 array of shape (n + 1,)
    targets : by kind
        tagging: int32 of shape (n_tokens,); classification: int32 of shape (n,);
        multilabel: uint8 of shape (n, n_labels + n_unseen);
        regression: int32 of shape (n,) or, per token, (n_tokens,): the code of the
        label whose vector is the target
    """

    tokens: np.ndarray
    offsets: np.ndarray
    targets: np.ndarray

    def __post_init__(self) -> None:
        for array in (self.tokens, self.offsets, self.targets):
            array.setflags(write=False)

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # arrays come out of a pickle writable

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of tokens of each example, int64 of shape (n,)."""
        return np.diff(self.offsets)


@dataclass(frozen=True, eq=False)
class Task(Constructors):
    """Data set, labelling and metric, ready to train on.

    words : all distinct words of all splits, sorted; `Split.tokens` index it
    labels : label inventory of the training split, sorted
    unseen : further labels, which occur in dev or test alone, sorted
    outside : the label that means "nothing here", for micro-F1 and span F1 of tagging
    left_out : what reading left out or changed, as sentence → count
    unit : "text" or "token", what has a target in a regression; the kind decides for others
    scheme : how the labels of a tagging mark spans; None: see `span_schemes.USUAL`
    causal : the targets come later in the same text, so that the head must not see it
    """

    name: str
    kind: str
    metric: str
    words: tuple[str, ...]
    labels: tuple[str, ...]
    splits: Mapping[str, Split]
    unseen: tuple[str, ...] = ()
    outside: str | None = None
    family: str = ""
    language: str = "en"
    left_out: Mapping[str, int] = field(default_factory=dict)
    unit: str = "text"
    causal: bool = False
    scheme: Scheme | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "splits", MappingProxyType(dict(self.splits)))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        object.__setattr__(self, "family", self.family or self.name)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{split} {len(self.splits[split])}" for split in SPLITS)
        return f"Task({self.name}: {self.kind_and_unit}, {self.n_labels} labels, {sizes})"

    def __getstate__(self) -> dict:
        state = {k: v for k, v in self.__dict__.items() if k in self.__dataclass_fields__}
        return state | {"splits": dict(self.splits), "left_out": dict(self.left_out)}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        Task.__post_init__(self)

    def report(self) -> "Report":
        """What was read: labels and lengths by split, an example, leaks, and warnings.

        Examples
        --------
        >>> import pandas as pd
        >>> df = pd.DataFrame({"comment": [f"text {i}" for i in range(20)], "tone": [0, 1] * 10})
        >>> Task.from_frame(df, text="comment", label="tone", name="shop").report()
        Report(shop: classification, 1 warning)
        """
        from taskrel.tasks.inspect.report import inspect_task

        return inspect_task(self)

    @property
    def per_token(self) -> bool:
        """Whether each token has a target, and not each text."""
        return self.kind == "tagging" or (self.kind == "regression" and self.unit == "token")

    @property
    def kind_and_unit(self) -> str:
        """The kind, with "per token" for a regression of tokens; for tables."""
        per_token = self.kind == "regression" and self.per_token
        return f"{self.kind} per token" if per_token else self.kind

    @property
    def n_labels(self) -> int:
        """Number of labels that a model of this task chooses from."""
        return len(self.labels)

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Names of all label codes, with the labels unseen in training at the end."""
        return self.labels + self.unseen

    @property
    def wanted(self) -> set[str]:
        """Words whose vectors a run may need: those of texts and of a regression's labels."""
        words = set(self.words)
        if self.kind == "regression":
            words.update(word for label in self.labels for word in label_words(label))
        return words

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the result of a run depends on, as 64 hex digits."""
        h = hashlib.sha256()
        for part in (self.name, self.kind, self.metric, self.outside or ""):
            h.update(part.encode() + b"\0")
        for names in (self.words, self.labels, self.unseen):
            h.update("\n".join(names).encode("utf-8", "surrogatepass") + b"\0")
        for split in SPLITS:
            for array in (
                self.splits[split].tokens,
                self.splits[split].offsets,
                self.splits[split].targets,
            ):
                little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
                h.update(f"{split} {array.dtype.str[1:]} {array.shape}".encode())
                h.update(little.tobytes())
        # Fields that were added later do not change the digest while they have their default.
        if self.unit != "text":
            h.update(b"unit " + self.unit.encode())
        if self.causal:
            h.update(b"causal")
        if self.scheme and not self.scheme.usual:
            h.update(b"scheme " + self.scheme.says.encode())
        return h.hexdigest()

    def examples(self, split: str) -> Iterator[tuple[list[str], Target]]:
        """The examples of `split`: the tokens, and the label or labels as text; None is absent."""
        part, names = self.splits[split], (*self.all_labels, None)  # ABSENT is the last one
        for i, (a, b) in enumerate(pairwise(part.offsets.tolist())):
            target: Target
            if self.kind == "multilabel":
                target = [names[code] for code in part.targets[i].nonzero()[0].tolist()]
            elif self.per_token:
                target = [names[code] for code in part.targets[a:b].tolist()]
            else:
                target = names[part.targets[i]]
            yield [self.words[code] for code in part.tokens[a:b].tolist()], target

    @cached_property
    def text_hashes(self) -> dict[str, np.ndarray]:
        """Split → hash of each text, lower-cased and without blanks, int64 array of shape (n,).

        They differ from process to process.
        """
        words = ["".join(w.lower().split()) for w in self.words]
        found = {}
        for split, part in self.splits.items():
            tokens = [words[code] for code in part.tokens.tolist()]
            hashes = (hash("".join(tokens[a:b])) for a, b in pairwise(part.offsets.tolist()))
            found[split] = np.fromiter(hashes, np.int64, len(part))
        return found

    def texts(self, split: str) -> list[str]:
        """The examples of `split` as lower-cased strings, tokens joined by a blank."""
        part = self.splits[split]
        words = [w.lower() for w in self.words]
        return [
            " ".join([words[t] for t in part.tokens[a:b]])
            for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True)
        ]


def label_level(kind: str) -> str:
    """Level of the labels of a kind (`Task.kind_and_unit`), a key of `LEVEL_NAMES`; "" if unknown.

    >>> label_level("tagging"), label_level("multilabel"), label_level("")
    ('token', 'text', '')
    """
    if not kind:
        return ""
    return "token" if kind in PER_TOKEN else "text"
