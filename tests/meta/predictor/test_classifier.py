import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from taskrel.meta.predictor.classifier import fit_classifier

COLUMNS = ("a", "b", "c", "d")


def made(n=60):
    """Columns of very different scales, one constant, some values missing."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n, 4)) * [1, 1e4, 1e-3, 0] + [0, 5e4, 0, 7]
    positive = x[:, 0] + x[:, 1] / 2e4 + rng.normal(size=n) > 2.5
    x[rng.uniform(size=x.shape) < 0.1] = np.nan
    return x, positive


@pytest.mark.parametrize("C", [0.03, 1.0, 30.0])
def test_its_differences_are_those_of_a_scikit_learn_pipeline(C):
    x, positive = made()
    linear = fit_classifier(COLUMNS, x, positive, C)
    pipeline = make_pipeline(
        SimpleImputer(strategy="median"),
        MinMaxScaler(clip=True),
        LogisticRegression(C=C, solver="liblinear"),
    ).fit(x, positive)
    new = made(200)[0] * 1.5  # some beyond the training pairs
    index, log_odds = linear.index(new), pipeline.decision_function(new)
    assert np.ptp(log_odds) > 0.1
    assert index - index[0] == pytest.approx(log_odds - log_odds[0], abs=1e-10)


def test_it_is_counted_from_the_mean_training_pair():
    x, positive = made()
    linear = fit_classifier(COLUMNS, x, positive)
    assert linear.columns == COLUMNS
    assert linear.index(x).mean() == pytest.approx(0, abs=1e-12)
    assert linear.weight[3] == 0  # of the constant column


def test_c_is_the_inverse_of_the_penalty():
    x, positive = made()
    spreads = [np.ptp(fit_classifier(COLUMNS, x, positive, C).index(x)) for C in (1e-3, 1, 1e3)]
    assert spreads == sorted(spreads)
    assert spreads[0] < 0.1 < 3 < spreads[2]
