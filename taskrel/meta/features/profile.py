"""Profile: a summary of a task's training text, without the text.

Pair features that need no encoder are computed from two profiles. So evidence with the profiles
of its tasks can predict for a new task.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from taskrel.errors import EvidenceError
from taskrel.io.paths import atomic
from taskrel.tasks.text import PAIR_SEPARATOR
from taskrel.tasks.words.hashes import word_hashes
from taskrel.tasks.words.vectors import spellings

if TYPE_CHECKING:
    from taskrel.tasks.task import Task
    from taskrel.tasks.words.vectors import Vectors

#: Number of hash buckets: 1 % of 20,000 words share theirs with another word.
BUCKETS = 2**20

#: Raised when the plain-data form of a profile changes.
SCHEMA = 1
#: Prefix of task names in the file, since NumPy cannot save an array named "file".
_KEY = "task "


@dataclass(frozen=True, eq=False)
class Profile:
    """What pair features need from one task's training text, without the text.

    buckets : int array (n,), ascending hash buckets of its lower-cased words
    counts : int array (n,), tokens in each
    vector : float32 array (width,), mean word vector, or mean frozen state, of its tokens;
        empty where vectors are learned
    size : training examples
    kind : the task's, see `Task.kind_and_unit`
    baselines : as `trivial_baselines.baseline_scores` returns them; None where nobody measured
    """

    buckets: np.ndarray
    counts: np.ndarray
    vector: np.ndarray
    size: int
    kind: str
    baselines: dict[str, float] | None = None

    def to_bytes(self) -> bytes:
        """Compressed plain data: a line of JSON, gaps between buckets, counts, the vector."""
        head = {"schema": SCHEMA, "size": self.size, "kind": self.kind, "words": len(self.buckets)}
        if self.baselines is not None:
            head["baselines"] = self.baselines
        gaps = np.diff(self.buckets, prepend=0)
        return zlib.compress(
            json.dumps(head).encode()
            + b"\n"
            + gaps.astype("<u4").tobytes()
            + self.counts.astype("<u4").tobytes()
            + self.vector.astype("<f4").tobytes()
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Profile":
        """Undo `to_bytes`; raises `EvidenceError` where `data` is damaged or newer."""
        try:
            head, _, arrays = zlib.decompress(data).partition(b"\n")
            head = json.loads(head)
            if head["schema"] != SCHEMA:
                raise ValueError(f"expected schema {SCHEMA}, found {head['schema']}")
            n, size, kind = head["words"], head["size"], head["kind"]
            gaps, counts = np.frombuffer(arrays, "<u4", 2 * n).astype(np.int64).reshape(2, n)
            vector = np.frombuffer(arrays[8 * n :], "<f4").astype(np.float32)
        except (ValueError, KeyError, TypeError, zlib.error) as e:
            raise EvidenceError(
                f"a task's profile is damaged or newer than this taskrel ({e}); "
                "make the evidence again"
            ) from None
        return cls(np.cumsum(gaps), counts, vector, size, kind, head.get("baselines"))


def profile_of(
    task: "Task", vectors: "Vectors | None", states: np.ndarray | None = None
) -> Profile:
    """Profile of a task's training split.

    vectors : word vectors of all the task's words that have one; None where vectors are learned
    states : float array (n_tokens, width), frozen states of its tokens, where they are read
        in place of word vectors
    """
    train = task.splits["train"]
    tokens = np.bincount(train.tokens, minlength=len(task.words))  # (n_words,)
    if PAIR_SEPARATOR in task.words:  # no word that two tasks have in common
        tokens[task.words.index(PAIR_SEPARATOR)] = 0
    seen = np.flatnonzero(tokens)
    hashed = word_hashes(task.words[i].lower() for i in seen) % np.uint64(BUCKETS)
    buckets, place = np.unique(hashed.astype(np.int64), return_inverse=True)
    counts = np.bincount(place, weights=tokens[seen]).astype(np.int64)
    if states is not None:
        vector = states.mean(0, dtype=np.float64).astype(np.float32)
    else:
        vector = np.empty(0, np.float32) if vectors is None else _mean_vector(task, tokens, vectors)
    return Profile(buckets, counts, vector, len(train), task.kind_and_unit)


def _mean_vector(task: "Task", tokens: np.ndarray, vectors: "Vectors") -> np.ndarray:
    """Mean word vector (width,) over the tokens that have one; 0 where none has."""
    known = {word: i for i, word in enumerate(vectors.words)}
    row = np.array([next((known[f] for f in spellings(w) if f in known), -1) for w in task.words])
    tokens = np.where(row >= 0, tokens, 0)
    found = np.flatnonzero(tokens)
    total = tokens[found].astype(float) @ vectors.matrix[row[found]]
    return (total / max(tokens.sum(), 1)).astype(np.float32)


def save_profiles(path: Path, profiles: Mapping[str, Profile]) -> None:
    """Write ``profiles.npz``: the bytes of the profile of each task."""
    arrays = {_KEY + name: np.frombuffer(p.to_bytes(), np.uint8) for name, p in profiles.items()}
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load_profiles(path: Path) -> dict[str, Profile]:
    """Read ``profiles.npz``; raises `EvidenceError` where it is missing, damaged or not ours."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {key: np.asarray(array) for key, array in file.items()}
    except (OSError, ValueError, TypeError, EOFError, BadZipFile, zlib.error) as e:
        raise EvidenceError(
            f"profiles {path}: expected a file that taskrel wrote ({e}); make the evidence again"
        ) from None
    profiles = {}
    for key, array in arrays.items():
        if not key.startswith(_KEY) or array.dtype != np.uint8:
            raise EvidenceError(
                f"profiles {path}: expected entries of bytes, named {_KEY!r} and the task; found "
                f"{key!r} of {array.dtype}; make the evidence again"
            )
        name = key.removeprefix(_KEY)
        try:
            profiles[name] = Profile.from_bytes(array.tobytes())
        except EvidenceError as e:
            raise EvidenceError(f"profiles {path}, task {name}: {e}") from None
    return profiles
