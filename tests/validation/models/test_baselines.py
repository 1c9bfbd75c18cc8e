from itertools import permutations

import numpy as np
import pytest
from made_pairs import made_pairs

from taskrel.validation.models.baselines import aux_mean, baselines

PAIRS = list(permutations(range(4), 2))
#: Task 3 never helps, and a task that is main gains the more, the lower its number.
GAIN = [4.0 - m if a < 3 else -1.0 - m for m, a in PAIRS]
LAST = np.array([m == 3 for m, _ in PAIRS])  # the pairs of the last main task


def answers(name, train, gain=GAIN, tables=None):
    data = made_pairs(PAIRS, gain, tables=tables)
    return baselines(data)[name](data, train, ~train)


def test_aux_mean_is_over_other_mains_of_the_training_pairs():
    # gains with aux 0: main 1 → 3, main 2 → 2; aux 1: main 0 → 4, main 2 → 2; aux 2: 4, 3
    found = answers("aux_mean", ~LAST)
    assert found.score.tolist() == [2.5, 3.0, 3.5]
    assert found.decision.tolist() == [1, 1, 1]
    assert np.isnan(found.probability).all()


def test_aux_mean_never_uses_the_row_s_own_main():
    train = np.ones(12, bool)
    train[PAIRS.index((3, 1))] = False
    data = made_pairs(PAIRS, GAIN)
    test = np.zeros(12, bool)
    test[PAIRS.index((3, 0))] = True  # in training, too
    assert aux_mean(data, train, test).score.tolist() == [2.5]


def test_aux_mean_of_an_unseen_auxiliary_is_the_mean_over_all():
    train = np.array([a != 3 for _, a in PAIRS])
    assert answers("aux_mean", train).score == pytest.approx([np.mean(np.array(GAIN)[train])] * 3)


def test_majority_decides_for_the_commoner_class_and_orders_nothing():
    train = np.arange(12) < 9
    for gain, decision in ((GAIN, 1), ([-g for g in GAIN], 0)):
        found = answers("majority", train, gain)
        assert (found.decision == decision).all()
        assert len(set(found.score)) == 1
        share = np.mean(np.array(gain)[train] > 0)
        assert found.probability == pytest.approx([share] * 3)


def test_all_positive():
    found = answers("all_positive", LAST)
    assert (found.decision == 1).all() and np.isnan(found.probability).all()


def test_identities_know_one_role_only():
    of_aux = answers("aux_identity", ~LAST)
    assert np.ptp(of_aux.probability) < 1e-9  # 0, 1 and 2 helped alike
    by_aux = np.array([a != 3 for _, a in PAIRS])
    of_main = answers("main_identity", by_aux, [(-1.0) ** m for m, _ in PAIRS])
    assert of_main.decision.tolist() == [1, 0, 1]


def test_one_column_learns_its_sign():
    size = {"main_size": [0] * 12, "aux_size": [a for _, a in PAIRS]}
    ratio = np.array([a - m for m, a in PAIRS], float)
    tables = {"all_features": size, "pair_features": {"pair_size_ratio": ratio}}
    train = np.arange(12) % 3 > 0
    for sign in (1, -1):
        found = answers("size_ratio", train, sign * (ratio - 0.5), tables)
        order = np.argsort(np.argsort(found.score))
        assert (order == np.argsort(np.argsort(sign * ratio[~train]))).all()


def test_ranks_of_the_auxiliary_by_hand():
    """Ranks of three are −⅓, 0, ⅓: aux 0 is always last, aux 1 last with main 0, second with 2."""
    found = answers("aux_rank", ~LAST, gain=[10.0 * a + m for m, a in PAIRS])
    assert found.score == pytest.approx([-1 / 3, -1 / 6, 0])
    assert np.isnan(found.decision).all() and np.isnan(found.probability).all()


def test_one_wild_main_task_does_not_rule_ranks():
    """Aux 1 is first with main 0, by far, and last with 2; aux 2 is second and first."""
    known = {
        (0, 1): 900,
        (0, 2): 5,
        (0, 3): 1,
        (1, 0): 0,
        (1, 2): 9,
        (1, 3): 3,
        (2, 0): 1,
        (2, 1): 0,
        (2, 3): 3,
    }
    gain = [float(known.get(pair, 0)) for pair in PAIRS]
    assert answers("aux_mean", ~LAST, gain).score.argmax() == 1
    assert answers("aux_rank", ~LAST, gain).score[1:] == pytest.approx([0, 1 / 6])


def test_without_features_the_ranker_knows_who_the_auxiliary_is():
    gain = [10.0 * a + m for m, a in PAIRS]
    found = answers("no_features", ~LAST, gain)
    assert (np.diff(found.score) > 0).all()
    tables = {"full": {"main_size": np.arange(12.0)}}
    assert answers("no_features", ~LAST, gain, tables).score.tolist() == found.score.tolist()
    unseen = np.array([a != 3 for _, a in PAIRS])
    assert answers("no_features", unseen, gain).score.tolist() == [0, 0, 0]


def test_a_column_that_is_missing_or_constant_is_no_baseline():
    tables = {"pair_features": {"pair_same_kind": [1] * 12, "pair_text_cosine": range(12)}}
    data = made_pairs(PAIRS, GAIN, tables=tables)
    assert list(baselines(data)) == [
        "majority",
        "all_positive",
        "main_identity",
        "aux_identity",
        "aux_mean",
        "aux_rank",
        "no_features",
        "text_cosine",
    ]
    assert data.column("main_size") is None
    assert data.column("pair_text_cosine")[:, 0].tolist() == list(range(12))
