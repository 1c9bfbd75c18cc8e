"""Robust curve features: of a single-task run's curves, comparable between budgets.

The paper's gradients are slopes per update, and c of its fit is not determined. These features
are slopes per run and determined by the curve. So they are comparable between studies and do not
depend on single batches.
"""

from collections.abc import Sequence

import numpy as np

from taskrel.meta.features.curve import POINTS, local_slope

#: Name → what it is, in words.
ROBUST_CURVE_FEATURES = {
    f"smooth_gradient_{round(100 * p)}": f"smoothed loss slope at {p:.0%}" for p in POINTS
} | {
    "log_slope": "slope of the loss over ln(i + d)",
    "log_slope_se": "standard error of the slope over ln(i + d)",
    "late_slope": "loss slope over the last fifth of the run",
    "relative_level": "late loss relative to early loss",
    "generalisation_gap": "dev loss minus training loss at the end",
    "dev_upturn": "rise of the dev loss after its minimum",
    "dev_minimum": "place of the dev loss's minimum",
    "dev_score": "final dev score",
    "noise": "noise of the training loss",
}

#: Share of the run whose mean loss is the early and the late level.
EDGE = 0.1
#: Number of blocks that a curve is averaged over before it is fitted.
BLOCKS = 50
#: Offsets d that the log-curve fit tries, as shares of the run.
OFFSETS = np.geomspace(1e-3, 10, 81)

Curve = tuple[Sequence[int], Sequence[float]]


def robust_curve_features(train: Curve, dev_loss: Curve, dev_score: Curve) -> dict[str, float]:
    """Compute the robust curve features of one single-task run.

    Parameters
    ----------
    train, dev_loss, dev_score : (steps, values)
        Training loss, dev loss and dev score (a fraction) by update of the
        task, steps ascending; empty where a curve was not recorded.

    Returns
    -------
    dict
        The keys of `ROBUST_CURVE_FEATURES`. NaN where a curve is too short or
        not finite, and where the fit does not converge.
    """
    x, y = _curve(train)
    dev_x, dev_y = _curve(dev_loss)
    _, score = _curve(dev_score)
    slope, error = log_slope(x, y)
    return {
        **{f"smooth_gradient_{round(100 * p)}": smooth_gradient(x, y, p) for p in POINTS},
        "log_slope": slope,
        "log_slope_se": error,
        "late_slope": late_slope(x, y),
        "relative_level": relative_level(x, y),
        "generalisation_gap": generalisation_gap(x, y, dev_y),
        "dev_upturn": dev_upturn(dev_y),
        "dev_minimum": dev_minimum(dev_x, dev_y),
        "dev_score": float(score[-1]) if len(score) else np.nan,
        "noise": noise(x, y),
    }


def smooth_gradient(x: np.ndarray, y: np.ndarray, p: float) -> float:
    """Slope of the loss around share `p` of the run, in early losses per run.

    `local_slope` times the run's length, divided by the early level: at −1 the early loss would
    fall to 0 within one run. Any number, negative while the loss falls; NaN where `local_slope`
    is, and for an early level of 0 or below.
    """
    early = _level(x, y, 0, EDGE)
    return float(local_slope(x, y, p) * x[-1] / early) if early > 0 else np.nan


def late_slope(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of the loss over the last fifth of the run, in early losses per run, any number.

    NaN for fewer than two entries there, and for an early level of 0 or below.
    """
    if not len(x):
        return np.nan
    late = x >= 0.8 * x[-1]
    early = _level(x, y, 0, EDGE)
    if late.sum() < 2 or not early > 0:
        return np.nan
    return float(np.polyfit(x[late] / x[-1], y[late], 1)[0] / early)


def relative_level(x: np.ndarray, y: np.ndarray) -> float:
    """Mean loss of the last tenth of the run over that of the first tenth, 0 and up.

    Above 1 where the loss has grown; NaN for an early level of 0 or below, or none.
    """
    early, late = _level(x, y, 0, EDGE), _level(x, y, 1 - EDGE, 1)
    return float(late / early) if early > 0 else np.nan


def generalisation_gap(x: np.ndarray, y: np.ndarray, dev: np.ndarray) -> float:
    """Last dev loss minus the mean training loss of the last tenth of the run, in loss.

    Any number, positive where the run has overfitted; NaN where either curve is empty.
    """
    return float(dev[-1] - _level(x, y, 1 - EDGE, 1)) if len(dev) else np.nan


def dev_upturn(dev: np.ndarray) -> float:
    """Rise of the dev loss from its minimum to the end, as a share of the minimum, 0 and up.

    NaN without a dev loss, and for a minimum of 0.
    """
    return float(dev[-1] / dev.min() - 1) if len(dev) and dev.min() > 0 else np.nan


def dev_minimum(x: np.ndarray, dev: np.ndarray) -> float:
    """Where the dev loss is least, the first time, as a share of the run in (0, 1].

    NaN without a dev loss.
    """
    return float(x[dev.argmin()] / x[-1]) if len(dev) else np.nan


def noise(x: np.ndarray, y: np.ndarray) -> float:
    """Noise of the training loss, as a share of the late level.

    √(Σ (y[i+1] − y[i])² / 2 (n − 1)) of the run's second half: differences of
    neighbours hardly depend on the curve's slope (von Neumann et al., "The mean
    square successive difference", Annals of Mathematical Statistics 12, 1941).
    0 and up; NaN for fewer than three entries there, and for a late level of 0.
    """
    late = y[x >= 0.5 * x[-1]] if len(x) else y
    level = _level(x, y, 1 - EDGE, 1)
    if len(late) < 3 or not level > 0:
        return np.nan
    return float(np.sqrt((np.diff(late) ** 2).mean() / 2) / level)


def log_slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope a of the least-squares fit y = a · ln(i + d) + b, and its standard error, in loss.

    i is the share of the run, averaged over `BLOCKS` blocks. For a given d the
    fit is linear; d is the best of `OFFSETS`. Unlike in a · ln(c · i + d) + b,
    all three are determined by the curve. a is negative while the loss falls.
    The error is that of the linear fit at the best d, without the uncertainty
    of d.

    (NaN, NaN) for fewer than six blocks, and where the best d is at the end of
    the range: such a curve is a straight line, not a logarithm.
    """
    if len(x) < 6:
        return np.nan, np.nan
    blocks = np.array_split(np.arange(len(x)), min(BLOCKS, len(x)))
    i = np.array([x[b].mean() for b in blocks]) / x[-1]
    means = np.array([y[b].mean() for b in blocks])
    fits = [_line(np.log(i + d), means) for d in OFFSETS]
    best = int(np.argmin([rest for _, _, rest in fits]))
    if best == len(OFFSETS) - 1:
        return np.nan, np.nan
    return fits[best][0], fits[best][1]


def _line(z: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Slope of the least-squares line of y over z, its standard error, sum of squared residuals."""
    dz, dy = z - z.mean(), y - y.mean()
    slope = (dz @ dy) / (dz @ dz)
    rest = float(((dy - slope * dz) ** 2).sum())
    return float(slope), float(np.sqrt(rest / (len(z) - 2) / (dz @ dz))), rest


def _level(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    """Mean loss between two shares of the run; NaN where there is no entry."""
    if not len(x):
        return np.nan
    here = (x >= low * x[-1]) & (x <= high * x[-1])
    return float(y[here].mean()) if here.any() else np.nan


def _curve(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values as arrays; empty for a curve that is not finite."""
    x, y = (np.asarray(part, float) for part in curve)
    return (x, y) if np.isfinite(y).all() else (x[:0], y[:0])
