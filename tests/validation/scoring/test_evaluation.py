from functools import partial
from itertools import permutations

import numpy as np
import pytest
from made_pairs import made_pairs

from taskrel.validation.models.fold_predictions import from_probability
from taskrel.validation.scoring.evaluation import evaluate, evaluate_noise, joined, mean
from taskrel.validation.scoring.family_bootstrap import family_weights, interval
from taskrel.validation.scoring.scores import SCORES

PAIRS = list(permutations(range(5), 2))
DATA = made_pairs(PAIRS, [(-1.0) ** a * (1 + m) for m, a in PAIRS])
WEIGHTS = family_weights(DATA, 30, 0)
SCOPES = {"all": np.ones(20, bool), "first": DATA.main == 0}


def knows(data, train, test):
    """Right for every pair that it is asked about; says how many it has learned from."""
    assert not (train & test).any()
    return {"right": from_probability(np.where(data.positive[test], 0.9, 0.1))}


def column(evaluated, score):
    return evaluated[:, list(SCORES).index(score)]


def test_scores_of_all_folds_together_by_scope():
    (outcome,) = evaluate(DATA, "random_pairs", knows, 3, WEIGHTS, SCOPES, 0).values()
    found = outcome.scopes["all"]
    assert found.values.shape == (3, len(SCORES)) and found.resampled.shape == (30, len(SCORES))
    assert (column(found.values, "accuracy") == 1).all()
    assert found.value[list(SCORES).index("brier")] == pytest.approx(0.01)
    assert np.isnan(column(found.values, "regret_5")).all()
    low, high = interval(column(found.resampled, "accuracy"))
    assert (low, high) == (1, 1)
    assert [(b["n"], b["gains"]) for b in outcome.reliability] == [(24, 0), (36, 1)]


def test_a_scope_counts_its_pairs_only():
    def only_first(data, train, test):
        return {
            "m": from_probability(np.where((data.main[test] == 0) == data.positive[test], 0.9, 0.1))
        }

    (outcome,) = evaluate(DATA, "leave_main_out", only_first, 1, WEIGHTS, SCOPES, 0).values()
    assert column(outcome.scopes["first"].values, "accuracy") == 1
    assert column(outcome.scopes["all"].values, "accuracy") == 4 / 20


def test_pairs_that_no_fold_tests_do_not_count():
    data = made_pairs(PAIRS, DATA.gain, [0, 0, 1, 2, 3])  # 0 and 1 are of one family
    (outcome,) = evaluate(data, "leave_family_out", knows, 1, WEIGHTS, SCOPES, 0).values()
    assert sum(b["n"] for b in outcome.reliability) == 18


def test_noise_in_parts_is_noise_as_a_whole():
    draw = partial(
        evaluate_noise, DATA, "leave_main_out", n_draws=6, weights=WEIGHTS, scopes=SCOPES, seed=2
    )
    whole = draw(range(6))
    parts = joined([draw(range(4)), draw(range(4, 6))])
    for scope in SCOPES:
        np.testing.assert_array_equal(parts[scope].values, whole[scope].values)
        np.testing.assert_array_equal(parts[scope].resampled, whole[scope].resampled)
    assert not np.isnan(column(whole["all"].resampled, "accuracy")).any()
    low, high = interval(column(whole["all"].values, "accuracy"))
    assert low < whole["all"].value[0] < high


def test_a_resample_is_of_one_draw():
    one = evaluate_noise(DATA, "leave_main_out", range(2, 3), 6, WEIGHTS, SCOPES, 2)["all"]
    assert (~np.isnan(column(one.resampled, "accuracy"))).nonzero()[0].tolist() == [
        2,
        8,
        14,
        20,
        26,
    ]


def test_mean_of_what_is_defined():
    found = mean(np.array([[1, np.nan, np.nan], [3, 5, np.nan]]))
    np.testing.assert_array_equal(found, [2, 5, np.nan])
