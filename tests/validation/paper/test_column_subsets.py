import numpy as np
import pytest
from made_table import made_table

from taskrel.validation.folds import folds
from taskrel.validation.models.fold_predictions import by_logistic
from taskrel.validation.paper.column_subsets import best_first, fit, nested_figures, subset_figures


def test_the_same_figures_as_validation_on_random_pairs():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 3))
    x[4, 1] = np.nan  # filled by the training pairs' median
    data = made_table(x, x[:, 0] + rng.standard_normal(30))
    every = np.arange(3)
    (found,) = subset_figures(x, data.positive, [every], runs=2, seed=5)
    for run in range(2):
        decision = np.full(30, np.nan)
        for train, test in folds("random_pairs", data, run, 5):
            decision[test] = by_logistic(x, data, train, test).decision
        right, y = decision == data.positive, data.positive
        assert found[run] == pytest.approx(
            [right.mean(), 2 * (right & y).sum() / (decision.sum() + y.sum())]
        )


def test_the_fewest_of_the_first_columns_that_do_best():
    rng = np.random.default_rng(1)
    noise, told = rng.standard_normal((40, 4)), np.repeat([0.0, 1.0], 20)
    x = np.column_stack([noise[:, 0], told, noise[:, 1:]])
    y = told == 1
    assert best_first(x, y, np.array([1, 0, 2, 3, 4]), runs=3).tolist() == [1]
    assert best_first(x, y, np.array([0, 1, 2, 3, 4]), runs=3).tolist()[:2] == [0, 1]


@pytest.mark.slow
def test_a_nested_choice_does_not_flatter_noise():
    rng = np.random.default_rng(0)
    x, y = rng.random((40, 16)), np.arange(40) % 2 == 0
    order = np.argsort(-np.abs(fit(x, y)[0]))
    best = subset_figures(x, y, [best_first(x, y, order, runs=2)], runs=2)[0].mean(axis=0)
    accuracy, f1 = nested_figures(x, y, runs=2)
    assert best[0] > 0.6 > 0.55 > accuracy
    assert f1 < best[1]


@pytest.mark.parametrize("value", [True, False])
def test_one_class_in_training_is_the_answer(value):
    y = np.full(10, value)
    x = np.random.default_rng(0).standard_normal((10, 2))
    assert fit(x, y)[0].tolist() == [0, 0]
    assert subset_figures(x, y, [np.arange(2)], runs=1).tolist() == [[[1.0, float(value)]]]
