"""A prediction: the predictor's answer for one directed pair, and what it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """What one column of the pair table adds to the log-odds of a gain.

    value : the pair's value, in the feature's unit; NaN for a ratio that is missing
    contribution : coefficient × (x − mean of x over the measured pairs), x scaled
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
class Prediction:
    """An answer for one directed pair.

    probability : P(gain > 0); NaN where the evidence cannot answer (`ranked` only)
    reasons : the strongest contributions, strongest first
    measured : what the pair's own runs gave, which the probability does not know
    """

    main: str
    aux: str
    probability: float
    reasons: tuple[Reason, ...]
    measured: Measured | None
    evidence: str
    warnings: tuple[str, ...]
