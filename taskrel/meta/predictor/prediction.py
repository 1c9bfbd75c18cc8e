"""A prediction: the predictor's answer for one directed pair, and what it rests on."""

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
    above : whether the pair lies above that mean
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
class Confirmed(Measured):
    """The gain that was measured after the pair was predicted.

    rank : the pair's among the answers, from 1
    verdict : as in `gains`; None below three seeds
    within : whether the gain lies in the predicted interval; None where either is missing
    """

    rank: int
    verdict: str | None
    within: bool | None


@dataclass(frozen=True)
class Prediction:
    """An answer for one directed pair.

    probability : P(gain > 0); NaN where the evidence cannot answer (`ranked` only)
    gain, low, high : expected gain in percent and the interval that covers the
        pair's gain with probability `LEVEL`; NaN where the evidence is too small
    score : the ranker's, to order auxiliaries of the same main task by
    verdict : "likely gain", "likely loss", or "unclear" where the interval spans
        zero or too many features are out of the evidence's range
    reasons : the strongest contributions, strongest first
    measured : what the pair's own runs gave, which the answer does not know
    confirmed : what they gave here, where the pair was trained to confirm the answer
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
    confirmed: Confirmed | None = None


def verdict(low: float, high: float, in_range: bool) -> str:
    """Three-way verdict of an interval; "unclear" also where features are not in range."""
    if not in_range or np.isnan(low) or low <= 0 <= high:
        return UNCLEAR
    return LIKELY_GAIN if low > 0 else LIKELY_LOSS
