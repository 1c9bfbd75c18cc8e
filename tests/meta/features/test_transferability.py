import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from taskrel.meta.features.transferability import h_score, logme, probe_scores


def data(n=80, d=3, shift=3.0, seed=0):
    """Two labels whose states differ by `shift` along the first axis."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    x = rng.standard_normal((n, d))
    x[:, 0] += shift * y
    return x, y


def log_evidence(x, target, alpha, beta):
    """Log density of the target under the marginal N(0, 1/β + x xᵀ/α), per example."""
    covariance = np.eye(len(x)) / beta + x @ x.T / alpha
    return multivariate_normal(np.zeros(len(x)), covariance).logpdf(target) / len(x)


def test_logme_is_the_largest_evidence():
    x, y = data(n=30)
    best = []
    for label in (0, 1):
        target = (y == label).astype(float)
        found = minimize(
            lambda p, target=target: -log_evidence(x, target, *np.exp(p)),
            np.zeros(2),
            method="Nelder-Mead",
            options={"xatol": 1e-6, "fatol": 1e-10},
        )
        best.append(-found.fun)
    assert logme(x, y) == pytest.approx(np.mean(best), abs=1e-6)


def test_h_score_by_hand():
    """One feature ±1 that is the label: between-class and total variance are equal."""
    x = np.array([[1.0], [1.0], [-1.0], [-1.0]] * 200)
    assert h_score(x, np.array([0, 0, 1, 1] * 200)) == pytest.approx(1, abs=1e-2)
    assert h_score(x, np.array([0, 1, 0, 1] * 200)) == pytest.approx(0, abs=1e-9)


def test_probe_by_hand():
    """Labels that states do not tell apart: half are right, and each has probability ½."""
    x, y = np.zeros((8, 2)), np.array([0, 1] * 4)
    found = probe_scores(x, y, x, y)
    assert found.accuracy == 0.5 and found.log_likelihood == pytest.approx(np.log(0.5))


@pytest.mark.parametrize(
    "score", [logme, h_score, lambda x, y: probe_scores(x, y, x, y).log_likelihood]
)
def test_states_that_tell_labels_apart_score_higher(score):
    found = [score(*data(shift=shift)) for shift in (0.0, 1.0, 3.0)]
    assert found == sorted(found) and found[2] > found[0] + 0.05


def test_sets_of_labels_are_means_over_labels():
    x, y = data()
    both = np.stack([y, 1 - y, np.zeros_like(y)], axis=1)  # a label that never occurs
    assert h_score(x, both) == pytest.approx(h_score(x, y))
    one = probe_scores(x, y, x, y)
    assert probe_scores(x, both, x, both) == pytest.approx(one)


def test_a_dev_label_that_training_lacks_is_an_error():
    x, y = data()
    found = probe_scores(x, y, x, np.full_like(y, 7))
    assert found.accuracy == 0 and found.log_likelihood < np.log(0.5)


def test_a_probe_that_dev_cannot_score_is_missing():
    x, y = data()
    assert np.isnan(probe_scores(x, y, x[:0], y[:0])).all()
