"""A fitted model: from rows of the pair table to answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.gain_interval import GainInterval
from taskrel.meta.predictor.linear import Linear


class Index(Protocol):
    """One number per pair, and what each column adds to it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are read."""

    @property
    def feature_range(self) -> FeatureRange:
        """Range of these columns over the training pairs."""

    def index(self, x: np.ndarray) -> np.ndarray:
        """Index of each row of x (n_pairs, n_columns)."""

    def contributions(self, x: np.ndarray) -> np.ndarray:
        """What each value adds to it, relative to the mean training pair; shape of x."""


class Answers(NamedTuple):
    """Of n pairs: P(gain > 0), expected gain, low, high (percent), and the ranker's score.

    Gain, low and high are NaN where the evidence is too small for an interval.
    """

    probability: np.ndarray
    gain: np.ndarray
    low: np.ndarray
    high: np.ndarray
    score: np.ndarray


@dataclass(frozen=True, eq=False)
class Model:
    """Classifier, ranker (and perhaps a regressor) with calibration and interval.

    indices : the classifier's log-odds, the ranker's score, any further one
    calibration : log-odds of a gain at indices 0, and its change per unit of each index
    interval : None where there were too few pairs
    n_pairs, n_tasks : what was learned from
    """

    indices: Sequence[Index]
    calibration: tuple[float, np.ndarray]
    interval: GainInterval | None
    n_pairs: int
    n_tasks: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        return tuple(dict.fromkeys(name for i in self.indices for name in i.columns))

    def answer(self, x: np.ndarray, headroom: np.ndarray) -> Answers:
        """Answers for rows x (n_pairs, n_columns) in the order of `columns`."""
        values = np.column_stack([i.index(self._of(i, x)) for i in self.indices])
        intercept, slopes = self.calibration
        probability = 1 / (1 + np.exp(-(intercept + (values * slopes).sum(axis=1))))
        nothing = np.full(len(x), np.nan)
        gain, low, high = (
            self.interval.interval(values, headroom)
            if self.interval
            else (nothing, nothing, nothing)
        )
        return Answers(probability, gain, low, high, values[:, 1])

    def contributions(self, x: np.ndarray) -> np.ndarray:
        """What each value adds to the log-odds of a gain, relative to the mean pair; shape of x."""
        found = np.zeros(x.shape)
        for slope, i in zip(self.calibration[1], self.indices, strict=True):
            found[:, self._positions(i)] += slope * i.contributions(self._of(i, x))
        return found

    @property
    def mean(self) -> np.ndarray:
        """Mean of each column over the training pairs, in the order of `columns`."""
        found = np.empty(len(self.columns))
        for i in self.indices:
            found[self._positions(i)] = i.feature_range.mean
        return found

    def out_of_range(self, x: np.ndarray) -> np.ndarray:
        """Whether a value that matters is out of the range of the training pairs, shape of x.

        Columns of an index that changes neither P(gain) nor the expected gain do not matter.
        """
        found = np.zeros(x.shape, bool)
        coef = self.interval.coef[1:] if self.interval else np.zeros(len(self.indices))
        for i, slope, change in zip(self.indices, self.calibration[1], coef, strict=True):
            if slope or change:
                found[:, self._positions(i)] |= i.feature_range.out_of_range(self._of(i, x))
        return found

    def _positions(self, index: Index) -> list[int]:
        """Positions of an index's columns among `columns`."""
        columns = self.columns
        return [columns.index(c) for c in index.columns]

    def _of(self, index: Index, x: np.ndarray) -> np.ndarray:
        # In row order, so that the sums of a pair do not depend on how many others are asked about.
        return np.ascontiguousarray(x[:, self._positions(index)])

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON; TypeError where an index is not `Linear`."""
        return {
            "indices": [_plain(i) for i in self.indices],
            "calibration": [self.calibration[0], self.calibration[1].tolist()],
            "interval": self.interval.to_plain() if self.interval else None,
            "n_pairs": self.n_pairs,
            "n_tasks": self.n_tasks,
        }

    @classmethod
    def from_plain(cls, raw: dict[str, Any]) -> "Model":
        """Undo `to_plain`; raises KeyError, TypeError or ValueError where that is not possible."""
        indices = [Linear.from_plain(index) for index in raw["indices"]]
        intercept, slopes = float(raw["calibration"][0]), np.array(raw["calibration"][1], float)
        if slopes.shape != (len(indices),) or not np.isfinite([intercept, *slopes]).all():
            raise ValueError(f"calibration: expected a number and {len(indices)} finite slopes")
        interval = GainInterval.from_plain(raw["interval"]) if raw["interval"] else None
        if interval and len(interval.coef) != 1 + len(indices):
            raise ValueError(
                f"interval: expected {1 + len(indices)} coefficients, found {len(interval.coef)}"
            )
        return cls(indices, (intercept, slopes), interval, int(raw["n_pairs"]), int(raw["n_tasks"]))


def _plain(index: Index) -> dict[str, Any]:
    if not isinstance(index, Linear):
        raise TypeError("only linear indices can be saved")
    return index.to_plain()
