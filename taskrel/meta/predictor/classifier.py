"""The classifier: does the main task gain from this auxiliary? Logistic regression on pairs."""

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from taskrel.meta.predictor.feature_range import FeatureRange
from taskrel.meta.predictor.linear import Linear


def logistic(C: float = 1.0) -> LogisticRegression:
    """Unfitted logistic regression for columns on [0, 1] (`FeatureRange.unit`).

    Parameters
    ----------
    C : float
        Inverse strength of the L2 penalty; 1.0 is what the paper used, the
        default of scikit-learn. As there, the solver is liblinear, which
        penalises the intercept like a weight.

    References
    ----------
    Bingel and Søgaard, EACL 2017, Section 4.
    """
    return LogisticRegression(C=C, solver="liblinear")


def probability(fitted: LogisticRegression, x: np.ndarray) -> np.ndarray:
    """Probability of the second class, (n,): ``predict_proba(x)[:, 1]`` without its checks."""
    return expit(x @ fitted.coef_.T + fitted.intercept_)[:, 0]


def fit_classifier(
    columns: tuple[str, ...], x: np.ndarray, positive: np.ndarray, C: float = 1.0
) -> Linear:
    """Fit to pairs x (n_pairs, n_columns), NaN where missing; positive is bool (n_pairs,).

    Its index is the log-odds of a gain, relative to the mean training pair.
    """
    feature_range = FeatureRange.of(x)
    fitted = logistic(C).fit(feature_range.unit(x), positive)
    return Linear(columns, feature_range, fitted.coef_[0] / feature_range.spread)
