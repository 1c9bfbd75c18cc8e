"""Any scikit-learn estimator as an index, in place of or next to the default models."""

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, clone, is_classifier

from taskrel.meta.predictor.feature_range import FeatureRange

#: Probabilities are kept this far from 0 and 1 before the logarithm.
EDGE = 1e-3


class Estimated:
    """A fitted estimator on columns in [0, 1]: log-odds of a classifier, value of a regressor.

    Its index is relative to the mean over the training pairs. A forest may give a probability of
    0 or 1; `EDGE` limits its log-odds.
    """

    def __init__(
        self,
        columns: tuple[str, ...],
        estimator: ClassifierMixin | RegressorMixin,
        x: np.ndarray,
        target: np.ndarray,
    ):
        self.columns, self.feature_range = columns, FeatureRange.of(x)
        self.estimator = clone(estimator).fit(self.feature_range.unit(x), target)
        self._level = self._value(x).mean()

    def index(self, x: np.ndarray) -> np.ndarray:
        """Index of each row of x (n_pairs, n_columns)."""
        return self._value(x) - self._level

    def _value(self, x: np.ndarray) -> np.ndarray:
        x = self.feature_range.unit(x)
        if not is_classifier(self.estimator):
            return self.estimator.predict(x)
        if not hasattr(self.estimator, "predict_proba"):
            return self.estimator.decision_function(x)
        p = np.clip(self.estimator.predict_proba(x)[:, 1], EDGE, 1 - EDGE)
        return np.log(p / (1 - p))

    def contributions(self, x: np.ndarray) -> np.ndarray:
        """Change of the index when each value in turn is replaced by the mean of its column."""
        here, found = self._value(x), np.empty(x.shape)
        for column, mean in enumerate(self.feature_range.mean):
            without = x.copy()
            without[:, column] = mean
            found[:, column] = here - self._value(without)
        return found
