import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import SVC

from taskrel.meta.predictor.estimated import EDGE, Estimated

COLUMNS = ("p", "q", "r")
FOREST = RandomForestClassifier(20, random_state=0)


def made():
    """Columns of different ranges and what they cause, with values missing."""
    rng = np.random.default_rng(2)
    x = rng.uniform(size=(80, 3)) * [1, 100, 0.01]
    target = 4 * x[:, 0] - x[:, 1] / 50 + rng.normal(0, 0.2, 80)
    x[::9, 1] = np.nan
    return x, target


def fitted(estimator):
    x, target = made()
    return Estimated(
        COLUMNS, estimator, x, target if isinstance(estimator, LinearRegression) else target > 1
    )


@pytest.mark.parametrize("estimator", [FOREST, SVC(), LogisticRegression(), LinearRegression()])
def test_any_estimator(estimator):
    x, target = made()
    index = fitted(estimator).index(x)
    assert index.shape == (80,)
    assert index.mean() == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(index, target)[0, 1] > 0.7
    assert not hasattr(estimator, "n_features_in_")  # a copy was fitted


def test_what_the_index_is():
    x, _ = made()
    for estimator, value in (
        (SVC(), lambda e, u: e.decision_function(u)),
        (LinearRegression(), lambda e, u: e.predict(u)),
        (LogisticRegression(), lambda e, u: e.decision_function(u)),
    ):
        found = fitted(estimator)
        expected = value(found.estimator, found.feature_range.unit(x))
        inside = np.abs(expected) < np.log((1 - EDGE) / EDGE)
        assert inside.all()
        assert found.index(x) == pytest.approx(expected - expected.mean())


def test_a_sure_forest_ends_at_the_edge():
    x = np.linspace(0, 1, 40)[:, None]
    found = Estimated(("p",), FOREST, x, x[:, 0] > 0.5)
    assert np.ptp(found.index(x)) == pytest.approx(2 * np.log((1 - EDGE) / EDGE))


def test_contributions_of_a_linear_estimator_are_coefficient_times_deviation():
    x, _ = made()
    found = fitted(LinearRegression())
    coef = found.estimator.coef_ / found.feature_range.spread
    new = np.array([[0.9, 20.0, 0.003], [2.0, np.nan, -1]])
    expected = coef * (found.feature_range.clipped(new) - found.feature_range.mean)
    assert found.contributions(new) == pytest.approx(expected)
    assert found.contributions(new).sum(axis=1) == pytest.approx(found.index(new), abs=1e-9)
    assert found.feature_range.mean == pytest.approx(found.feature_range.clipped(x).mean(axis=0))
    assert found.feature_range.out_of_range(new).tolist() == [[False] * 3, [True, False, True]]


def test_contributions_of_a_forest_are_what_the_mean_would_change():
    found = fitted(FOREST)
    row = np.array([[0.95, 5.0, 0.005]])
    back = row.copy()
    back[0, 0] = found.feature_range.mean[0]
    contributions = found.contributions(row)
    assert contributions[0, 0] == pytest.approx((found.index(row) - found.index(back))[0])
    assert contributions[0, 0] > abs(contributions[0, 2])
    assert row.tolist() == [[0.95, 5.0, 0.005]]


def test_a_classifier_that_knows_nothing():
    x, _ = made()
    found = fitted(DummyClassifier(strategy="prior"))
    assert found.index(x) == pytest.approx(np.zeros(80))
    assert (found.contributions(x) == 0).all()
