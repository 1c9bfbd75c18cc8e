"""The result of a search: what to train with, and what is known of every candidate."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from taskrel.meta.search.belief import Observation

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Candidate:
    """What is known of one auxiliary, or of single-task training, after a search.

    aux : the auxiliary; None for single-task training
    runs : that were trained
    dev : mean score on dev, as a fraction; None without a run
    gain, low, high : expected gain in percent of the single-task score, with the 95 % interval
        of the posterior, from prediction and runs together
    best : probability of being the best
    """

    aux: str | None
    runs: int
    dev: float | None
    gain: float
    low: float
    high: float
    best: float


@dataclass(frozen=True)
class OnTest:
    """Scores on test of the chosen auxiliary's runs and of the single-task runs: means, fractions.

    chosen, alone : mean scores
    n_chosen, n_alone : numbers of runs
    """

    chosen: float
    n_chosen: int
    alone: float
    n_alone: int

    @property
    def gain(self) -> float:
        """Gain in percent; NaN where the single-task score is 0."""
        return 100 * (self.chosen / self.alone - 1) if self.alone else np.nan


@dataclass(frozen=True)
class SavedAs:
    """The model that a search has written.

    folder : where it is
    aux : the auxiliary that it was trained with; None: single-task training
    seed : of its run, the one with the highest score on dev
    scores : split → metric → fraction
    """

    folder: Path
    aux: str | None
    seed: int
    scores: dict[str, dict[str, float]]


@dataclass(frozen=True, repr=False)
class SearchResult:
    """What a search found.

    main, metric : the main task, and its main metric
    evidence : name of the evidence whose predictions were the prior
    candidates : those that could be trained, the most promising first; single-task training is
        among them
    best : the auxiliary to train with; None where the main task is best trained alone
    close : probability that no candidate is better than the best one by more than `epsilon` percent
    epsilon : in percent of the single-task score
    reason : why the search ended: "found", "alone", "budget", "seeds" or "fixed"
    test : the chosen auxiliary on test, which no choice has seen; None where it is single-task
        training, or was never trained
    noise : standard deviation of the score of one run over seeds, in percent of the score
    seconds, new : wall time of this call, and runs that it trained
    failed : candidate → error of its run
    missing : candidate → why it cannot be trained here
    folder : where runs and the log of decisions are
    warnings : about the tasks
    observations : the runs and their scores on dev
    model : the model that was saved, if that was asked for
    """

    main: str
    metric: str
    evidence: str
    candidates: tuple[Candidate, ...]
    best: str | None
    close: float
    epsilon: float
    reason: str
    test: OnTest | None
    noise: float
    seconds: float
    new: int
    failed: dict[str, str]
    missing: dict[str, str]
    folder: Path
    warnings: tuple[str, ...]
    observations: tuple[Observation, ...] = ()
    model: SavedAs | None = None

    @property
    def n_runs(self) -> int:
        """Runs of all candidates, those of earlier calls included."""
        return sum(c.runs for c in self.candidates)

    def __getitem__(self, aux: str | None) -> Candidate:
        """What is known of one auxiliary; None is single-task training."""
        for candidate in self.candidates:
            if candidate.aux == aux:
                return candidate
        raise KeyError(aux)

    def to_frame(self) -> "pd.DataFrame":
        """A row per candidate, best first: the fields of `Candidate`."""
        import pandas as pd

        return pd.DataFrame([vars(c) for c in self.candidates])

    def __repr__(self) -> str:
        what = f"train it with {self.best}" if self.best else "train it alone"
        return (
            f"SearchResult({self.main}: {what}; {self.n_runs} runs of {len(self.candidates)} arms)"
        )
