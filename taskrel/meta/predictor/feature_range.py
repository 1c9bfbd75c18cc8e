"""Feature range: median and limits of each column over the training pairs.

Missing values become the median, values out of range are clipped.

Fitted to training pairs only, and shared by classifier, ranker and saved predictors.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class FeatureRange:
    """Median and range of k columns over training pairs; 0 where no pair has a value.

    median, low, high, mean : float arrays (k,); mean of the filled columns
    """

    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray) -> "FeatureRange":
        """Range of the training pairs x (n_pairs, k); NaN is a missing value."""
        missing = np.isnan(x)
        some = missing.any(axis=0)
        median = np.zeros(x.shape[1])
        median[~some] = np.median(x[:, ~some], axis=0)
        some &= ~missing.all(axis=0)
        if some.any():  # many times as slow as the other
            median[some] = np.nanmedian(x[:, some], axis=0)
        filled = np.where(missing, median, x)
        return cls(median, filled.min(axis=0), filled.max(axis=0), filled.mean(axis=0))

    @property
    def spread(self) -> np.ndarray:
        """Range of each column, 1 for a constant one."""
        return np.where(self.high > self.low, self.high - self.low, 1.0)

    def filled(self, x: np.ndarray) -> np.ndarray:
        """Fill missing values with the median; shape of x."""
        return np.where(np.isnan(x), self.median, x)

    def clipped(self, x: np.ndarray) -> np.ndarray:
        """Fill missing values with the median, clip values out of range; shape of x."""
        return np.clip(self.filled(x), self.low, self.high)

    def scaled(self, x: np.ndarray) -> np.ndarray:
        """Scale the range to [0, 1]; values out of it are not clipped, as in the paper."""
        return (self.filled(x) - self.low) / self.spread

    def unit(self, x: np.ndarray) -> np.ndarray:
        """Scale to [0, 1], as the paper does; a constant column is 0."""
        return (self.clipped(x) - self.low) / self.spread

    def out_of_range(self, x: np.ndarray) -> np.ndarray:
        """Whether a value is out of range, bool, shape of x."""
        tolerance = 1e-9 * self.spread
        return (x < self.low - tolerance) | (x > self.high + tolerance)
