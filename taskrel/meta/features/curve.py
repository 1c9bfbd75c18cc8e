"""Curve features: the seven that Bingel & Søgaard (2017) take from a task's training loss.

Gradients of the loss at 10, 20, 30, 50 and 70 % of the single-task run, and the
parameters a and c of a logarithmic fit a · ln(c · i + d) + b.
"""

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np

#: Shares of the run at which the gradient is taken.
POINTS = (0.1, 0.2, 0.3, 0.5, 0.7)
#: The local line is fitted to this share of the run on either side of a point.
HALF_WINDOW = 0.05

#: Name → what it is, in words.
CURVE_FEATURES = {f"gradient_{round(100 * p)}": f"loss slope at {p:.0%}" for p in POINTS} | {
    "curve_a": "factor a of the fitted loss curve",
    "curve_c": "rate c of the fitted loss curve",
}

Method = Literal["text", "authors"]


def curve_features(
    steps: Sequence[int], losses: Sequence[float], method: Method = "text", every: int = 10
) -> dict[str, float]:
    """Compute the paper's curve features of one single-task run.

    Parameters
    ----------
    steps, losses : sequences of n numbers
        Training loss by update of the task, steps ascending.
    method : {"text", "authors"}
        "text": as the paper's text says, the gradient of the curve, made robust (see
        `local_slope`), and a fit to the whole curve. "authors": as their code does,
        differences of two neighbouring log entries (see `two_point_slope`), and a fit to the
        first 5,000 entries.
    every : int
        "authors" fits one entry in `every` of these 5,000. Their code is said to use 10, but 1
        reproduces their published figures (see `published`). a hardly depends on it, but c
        does: no curve determines c.

    Returns
    -------
    dict
        The keys of `CURVE_FEATURES`: gradients in loss per update (negative
        while the loss falls), a in loss, c per update. NaN where the curve has
        too few entries or the fit does not converge.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 3 ("gradients of the loss curve",
    "inductive bias"), and https://github.com/jbingel/eacl2017_mtl.
    """
    x, y = np.asarray(steps, float), np.asarray(losses, float)
    if method == "authors":
        gradients = [two_point_slope(x, y, p) for p in POINTS]
        fit = log_fit(x[:5000:every], y[:5000:every])
    else:
        gradients = [local_slope(x, y, p) for p in POINTS]
        fit = log_fit(x, y)
    return dict(zip(CURVE_FEATURES, (*gradients, *fit), strict=True))


def local_slope(x: np.ndarray, y: np.ndarray, p: float) -> float:
    """Slope of the least-squares line through the losses around share `p` of the run.

    The window is [p − 0.05, p + 0.05] · (last step). NaN where it holds fewer
    than two entries.
    """
    if not len(x):
        return np.nan
    near = np.abs(x - p * x[-1]) <= HALF_WINDOW * x[-1]
    if near.sum() < 2:
        return np.nan
    dx, dy = x[near] - x[near].mean(), y[near] - y[near].mean()
    return float((dx * dy).sum() / (dx**2).sum())


def two_point_slope(x: np.ndarray, y: np.ndarray, p: float) -> float:
    """Slope between the neighbours of entry i = ⌊p · n⌋: (y[i+1] − y[i−1]) / (x[i+1] − x[i−1]).

    NaN where i has no neighbour on one side.
    """
    i = int(p * len(x))
    if not 1 <= i < len(x) - 1:
        return np.nan
    return float((y[i + 1] - y[i - 1]) / (x[i + 1] - x[i - 1]))


def log_fit(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Parameters a and c of the least-squares fit y = a · ln(c · x + d) + b.

    Levenberg–Marquardt from SciPy's default start, all four parameters 1. Only a and d / c are
    determined by the curve: ln(c · x + d) = ln c + ln(x + d / c), so b can make up for any c.
    The returned c depends on the start of the search; it is a feature only because the paper
    has it.

    Returns (NaN, NaN) for fewer than four entries, for losses that are not
    finite, for a search that does not converge within SciPy's default number of
    evaluations, and for one that ends outside the logarithm's domain.
    """
    from scipy.optimize import OptimizeWarning, curve_fit

    if len(x) < 4 or not np.isfinite(y).all():
        return np.nan, np.nan

    def curve(x, b, a, c, d):
        return b + a * np.log(c * x + d)

    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)  # no covariance: c is free
            (b, a, c, d), _ = curve_fit(curve, x, y)
            converged = np.isfinite(curve(x, b, a, c, d)).all()
    except RuntimeError:
        converged = False
    return (float(a), float(c)) if converged else (np.nan, np.nan)
