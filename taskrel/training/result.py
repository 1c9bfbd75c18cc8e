"""What a run leaves behind: curves, scores and an encoder; no torch here."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Curve:
    """Values over one task's own updates."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int, value: float) -> None:
        """Append one point."""
        self.steps.append(step)
        self.values.append(value)


@dataclass
class Encoder:
    """What a run has learned but its heads.

    words : names of the word table's rows (`Vocabulary.words`)
    rows : float32 array of shape (n_words, width), the word table
    weights : name → float array, the encoder's parameters
    """

    words: tuple[str, ...]
    rows: np.ndarray
    weights: dict[str, np.ndarray]


@dataclass
class RunResult:
    """What one run leaves behind.

    curves : (task, "train" | "dev", "loss" | main metric) → Curve
    scores : (task, "dev" | "test", "best" | "last", metric) → fraction
        on test of gated models also "similarity_0", "similarity_1", …, a cosine, by level
    encoder : of a task alone, with the weights of the checkpoint of record; None where a
        transformer reads the words
    """

    curves: dict[tuple[str, str, str], Curve]
    scores: dict[tuple[str, str, str, str], float]
    encoder: Encoder | None = None
