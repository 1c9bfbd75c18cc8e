"""A prediction: the predictor's answer for one directed pair, with its reasons."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: From least to most promising.
LIKELY_LOSS, UNCLEAR, LIKELY_GAIN = "likely loss", "unclear", "likely gain"


@dataclass(frozen=True)
class Reason:
    """What one column of the pair table adds to the log-odds of a gain.

    value : the pair's value, in the feature's unit; NaN where it is missing
    contribution : coefficient × (x − mean of x over the measured pairs), calibrated
    above : whether the pair's value is above that mean
    """

    feature: str
    value: float
    contribution: float
    above: bool


@dataclass(frozen=True)
class Measured:
    """Measured gain in percent: mean over seeds and 95 % interval (NaN: too few seeds)."""

    gain: float
    low: float
    high: float
    n_seeds: int


@dataclass(frozen=True)
class Prediction:
    """An answer for one directed pair.

    probability : P(gain > 0); NaN where the evidence cannot answer (`ranked` only)
    gain, low, high : expected gain in percent and its prediction interval at `LEVEL`; NaN
        where the evidence is too small
    score : the ranker's; it ranks the auxiliaries of one main task
    verdict : "likely gain", "likely loss", or "unclear" where the interval spans
        zero or too many features are out of the evidence's range
    reasons : the strongest contributions, strongest first
    measured : gain of the pair's own runs, which the prediction does not use
    validation : how well this evidence predicts new tasks (plain data)
    """

    main: str
    aux: str
    probability: float
    gain: float
    low: float
    high: float
    score: float
    verdict: str
    reasons: tuple[Reason, ...]
    measured: Measured | None
    evidence: str
    validation: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def verdict(low: float, high: float, in_range: bool) -> str:
    """Three-way verdict of an interval; "unclear" also where features are not in range."""
    if not in_range or np.isnan(low) or low <= 0 <= high:
        return UNCLEAR
    return LIKELY_GAIN if low > 0 else LIKELY_LOSS
