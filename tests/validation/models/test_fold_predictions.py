import numpy as np
import pytest
from made_pairs import made_pairs
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from taskrel.validation.models.fold_predictions import (
    Predictions,
    base_rate,
    by_logistic,
    from_gain,
    from_probability,
    from_ranking,
)

PAIRS = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
GAIN = [1, -1, 2, -2, 3, -3.0]


def test_what_a_probability_and_a_gain_say():
    by_p = from_probability(np.array([0.2, 0.5, 0.7]))
    assert by_p.decision.tolist() == [0, 0, 1]
    assert by_p.score.tolist() == by_p.probability.tolist() == [0.2, 0.5, 0.7]
    by_gain = from_gain(np.array([-3, 0, 0.1]))
    assert by_gain.decision.tolist() == [0, 0, 1]
    assert by_gain.score.tolist() == [-3, 0, 0.1]
    assert np.isnan(by_gain.probability).all()


def test_rows_that_differ_by_rounding_tie():
    assert len(set(from_probability(np.array([0.3, 0.1 + 0.2])).score)) == 1
    assert len(set(from_gain(np.array([0.3, 0.1 + 0.2])).score)) == 1


def test_put_and_of():
    test = np.array([True, False, True])
    all_of = Predictions.none(3)
    all_of.put(test, from_gain(np.array([5, -1.0])))
    assert np.isnan(all_of.score[1]) and all_of.of(test).decision.tolist() == [1, 0]


def test_base_rate_is_of_the_training_pairs():
    train = np.array([1, 0, 1, 1, 0, 0], bool)
    found = base_rate(made_pairs(PAIRS, GAIN), train, ~train)
    assert found.probability == pytest.approx([2 / 3] * 3)


def test_the_logistic_regression_is_the_paper_s():
    rng = np.random.default_rng(0)
    x, train = rng.normal(size=(6, 3)), np.array([1, 1, 1, 1, 0, 0], bool)
    found = by_logistic(x, made_pairs(PAIRS, GAIN), train, ~train)
    paper = make_pipeline(MinMaxScaler(), LogisticRegression(solver="liblinear"))
    paper.fit(x[train], np.array(GAIN)[train] > 0)
    assert found.probability == pytest.approx(paper.predict_proba(x[~train])[:, 1])


def test_a_missing_value_is_the_median_of_the_training_pairs():
    train = np.array([1, 1, 1, 1, 1, 0], bool)
    data = made_pairs(PAIRS, GAIN)
    x = np.array([[1], [5], [2], [4], [3], [np.nan]])
    filled = np.where(np.isnan(x), 3, x)
    assert (
        by_logistic(x, data, train, ~train).probability
        == by_logistic(filled, data, train, ~train).probability
    )


def test_training_pairs_of_one_class_give_the_base_rate():
    train = np.array([1, 0, 1, 0, 0, 0], bool)
    found = by_logistic(np.eye(6), made_pairs(PAIRS, GAIN), train, ~train)
    assert (found.probability == 1).all()


def test_an_order_is_silent_about_gains():
    """Scores that differ in the last bits only are alike."""
    said = from_ranking(np.array([0.1 + 0.2, 0.3, -1]))
    assert said.score.tolist() == [0.3, 0.3, -1]
    assert np.isnan(said.probability).all() and np.isnan(said.decision).all()
