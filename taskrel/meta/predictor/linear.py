"""A fitted linear index over columns of the pair table, as a saved predictor has it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.table.pair_table import is_column


@dataclass(frozen=True, eq=False)
class Linear:
    """index(x) = Σ weight · (x − mean), after missing values are filled and the rest clipped.

    It is 0 for the mean training pair; calibration adds the intercept. A classifier's own
    intercept follows the base rate of its training pairs, which is low where the held-out family
    gains often. So with it, even a useless classifier would correlate with held-out gains,
    negatively.

    columns : names of the k columns of the pair table
    feature_range : of these columns over the training pairs
    weight : float array (k,), change of the index per unit of each column
    """

    columns: tuple[str, ...]
    feature_range: FeatureRange
    weight: np.ndarray

    def index(self, x: np.ndarray) -> np.ndarray:
        """Index of each row of x (n_pairs, k), shape (n_pairs,)."""
        return self.contributions(x).sum(axis=1)

    def contributions(self, x: np.ndarray) -> np.ndarray:
        """What each value adds to the index, shape of x (n_pairs, k)."""
        return self.weight * (self.feature_range.clipped(x) - self.feature_range.mean)

    def to_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        arrays = asdict(self.feature_range) | {"weight": self.weight}
        return {"columns": list(self.columns)} | {k: v.tolist() for k, v in arrays.items()}

    @classmethod
    def from_plain(cls, raw: dict[str, Any]) -> "Linear":
        """Undo `to_plain`; raises KeyError or ValueError where that is not possible."""
        columns = tuple(raw["columns"])
        arrays = {}
        for name in ("median", "low", "high", "mean", "weight"):
            arrays[name] = np.array(raw[name], float)
            if arrays[name].shape != (len(columns),) or not np.isfinite(arrays[name]).all():
                raise ValueError(f"{name}: expected {len(columns)} finite numbers")
        if len(set(columns)) < len(columns) or not all(map(is_column, columns)):
            raise ValueError("columns: expected names of features, each once")
        if (arrays["low"] > arrays["high"]).any():
            raise ValueError("low: expected numbers that are not above those of high")
        weight = arrays.pop("weight")
        return cls(columns, FeatureRange(**arrays), weight)
