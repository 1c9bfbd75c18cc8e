"""The result of a run: curves, scores and an encoder; without torch."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Curve:
    """Values over the updates of one task."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int, value: float) -> None:
        """Append one point."""
        self.steps.append(step)
        self.values.append(value)


@dataclass
class Encoder:
    """What a single-task run has learned.

    hashes : uint64 array (n_words,), `word_hashes` of the word table's rows; none of a run
        that reads frozen states
    rows : float32 array (n_words, width), the word table; row 0 padding, 1 unknown
    weights : name → float array, the encoder's parameters
    """

    hashes: np.ndarray
    rows: np.ndarray
    weights: dict[str, np.ndarray]


@dataclass
class RunResult:
    """The result of one run.

    curves : (task, "train" | "dev", "loss" | main metric) → Curve
    scores : (task, "dev" | "test", "best" | "last", metric) → fraction; on test of gated
        models also the cosines "similarity_0", "similarity_1", …, by level
    encoder : encoder of a single-task run, with the weights of the recipe's checkpoint; None
        for a transformer
    """

    curves: dict[tuple[str, str, str], Curve]
    scores: dict[tuple[str, str, str, str], float]
    encoder: Encoder | None = None
