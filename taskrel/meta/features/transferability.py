"""Transferability scores: how well states of an encoder tell a task's labels apart.

They need one pass of the encoder over the main task's texts and no training of the encoder, so
they are features of a pair whose auxiliary has a kept encoder. x is (n, D), states of texts or
tokens; y is (n,) label codes, or (n, L) 0/1 for sets of labels.
"""

from typing import NamedTuple

import numpy as np

#: Inverse strength of the logistic regression's L2 penalty, on states scaled to unit variance.
C = 0.01
_ROUNDS = 100


class ProbeScores(NamedTuple):
    """A linear probe on dev: accuracy in [0, 1], mean log-likelihood of a label in nats (≤ 0)."""

    accuracy: float
    log_likelihood: float


def probe_scores(x: np.ndarray, y: np.ndarray, x_dev: np.ndarray, y_dev: np.ndarray) -> ProbeScores:
    """Fit a logistic regression to x and y and score it on dev.

    Sets of labels: one regression for each label that has both values in y, and means over these.
    A label of dev that y lacks is an error, with the likelihood of the example's least probable
    label. NaN without examples in dev.
    """
    if not len(x_dev):
        return ProbeScores(np.nan, np.nan)
    parts = [
        _probe(x, own, x_dev, own_dev)
        for own, own_dev in zip(_columns(y), _columns(y_dev), strict=True)
        if np.ptp(own)
    ]
    return ProbeScores(*np.mean(parts, axis=0)) if parts else ProbeScores(np.nan, np.nan)


def _probe(x: np.ndarray, y: np.ndarray, x_dev: np.ndarray, y_dev: np.ndarray) -> ProbeScores:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000)).fit(x, y)
    log_p = model.predict_log_proba(x_dev)
    column = {label: i for i, label in enumerate(model.classes_.tolist())}
    known = [column.get(label, -1) for label in y_dev.tolist()]
    own = np.where(np.array(known) >= 0, log_p[np.arange(len(known)), known], log_p.min(axis=1))
    return ProbeScores(float((log_p.argmax(1) == known).mean()), float(own.mean()))


def logme(x: np.ndarray, y: np.ndarray) -> float:
    """Mean log evidence per example of linear models from x to each label's 0/1, maximised.

    For each label, the evidence of a Bayesian linear regression with prior precision α and noise
    precision β is maximised over both by fixed-point iteration.

    References
    ----------
    You, Liu, Wang and Long, "LogME: practical assessment of pre-trained models for transfer
    learning", ICML 2021, section 4 and algorithm 1.
    """
    x = np.asarray(x, np.float64)
    n, d = x.shape
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    sigma = s**2
    found = []
    for target in _one_hot(y).T:
        projected = (u.T @ target) ** 2  # squares of target in the left singular basis
        rest = max(target @ target - projected.sum(), 0.0)
        alpha = beta = 1.0
        for _ in range(_ROUNDS):
            shrink, m2, residual = _fit(sigma, projected, rest, alpha, beta)
            gamma = (beta * sigma / shrink).sum()
            alpha, beta = gamma / max(m2, 1e-12), (n - gamma) / max(residual, 1e-12)
        shrink, m2, residual = _fit(sigma, projected, rest, alpha, beta)
        log_det = np.log(shrink).sum() + (d - len(sigma)) * np.log(alpha)
        evidence = (
            d / 2 * np.log(alpha)
            + n / 2 * np.log(beta)
            - n / 2 * np.log(2 * np.pi)
            - beta / 2 * residual
            - alpha / 2 * m2
            - log_det / 2
        )
        found.append(evidence / n)
    return float(np.mean(found))


def _fit(
    sigma: np.ndarray, projected: np.ndarray, rest: float, alpha: float, beta: float
) -> tuple[np.ndarray, float, float]:
    """Precisions of the weights by singular direction, their squared norm, the squared error."""
    shrink = alpha + beta * sigma
    m2 = (beta**2 * sigma * projected / shrink**2).sum()
    return shrink, m2, ((alpha / shrink) ** 2 * projected).sum() + rest


def h_score(x: np.ndarray, y: np.ndarray) -> float:
    """Trace of (shrunk covariance of x)⁻¹ · covariance of x's means by label.

    Sets of labels: mean over the labels that have both values in y.

    References
    ----------
    Bao, Li, Huang, Zhang, Zheng, Zamir and Guibas, "An information-theoretic approach to
    transferability in task transfer learning", ICIP 2019; with the shrinkage of Ledoit and Wolf,
    as Ibrahim, Ponomareva and Mazumder, "Newer is not always better", ECML 2022.
    """
    from sklearn.covariance import ledoit_wolf

    x = np.asarray(x, np.float64)
    x = x - x.mean(0)
    precision = np.linalg.pinv(ledoit_wolf(x, assume_centered=True)[0])
    found = []
    for target in _columns(y):
        if not np.ptp(target):
            continue
        hot = _one_hot(target)
        means = (hot.T @ x) / hot.sum(0)[:, None]
        between = (means * hot.sum(0)[:, None]).T @ means / len(x)
        found.append(float(np.trace(precision @ between)))
    return float(np.mean(found)) if found else np.nan


def _columns(y: np.ndarray) -> list[np.ndarray]:
    """Label codes, or the 0/1 of each label of sets."""
    return [y] if y.ndim == 1 else list(y.T)


def _one_hot(y: np.ndarray) -> np.ndarray:
    """0/1 (n, L) of codes (n,) or of 0/1 (n, L)."""
    if y.ndim == 2:
        return np.asarray(y, np.float64)
    return np.asarray(y[:, None] == np.unique(y), np.float64)
