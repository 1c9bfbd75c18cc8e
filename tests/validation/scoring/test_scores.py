import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr
from sklearn import metrics

from taskrel.validation.models.fold_predictions import Predictions, from_gain, from_probability
from taskrel.validation.scoring.family_bootstrap import Weights, once
from taskrel.validation.scoring.scores import SCORES, Asked, calibration_bins, scores

# Two main tasks. Main 0: gains 4, −1, 2, −3; main 1: gains 1, −2.
MAIN = np.array([0, 0, 0, 0, 1, 1])
GAIN = np.array([4, -1, 2, -3, 1, -2.0])
P = np.array([0.9, 0.8, 0.3, 0.1, 0.2, 0.6])


def of(predicted, gain=GAIN, main=MAIN, weights=None):
    tested = Asked(np.asarray(main), np.asarray(gain, float), predicted)
    found = scores(tested, weights or once(len(gain)))
    return dict(zip(SCORES, found.T if weights else found[0], strict=True))


def log2(x):
    return np.log2(x)


DCG_0 = 4 + 2 / log2(4)  # order by P: 4, −1, 2, −3
IDEAL_0 = 4 + 2 / log2(3)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("accuracy", 2 / 6),  # right: 4 and −3
        ("f1", 2 * 1 / (3 + 3)),  # decided: 0, 1, 5; true: 0, 2, 4
        ("brier", (0.01 + 0.64 + 0.49 + 0.01 + 0.64 + 0.36) / 6),
        ("log_loss", -np.log(0.9 * 0.2 * 0.3 * 0.9 * 0.2 * 0.4) / 6),
        ("auc", (3 + 1 + 1) / 9),  # 0.9 beats all three; 0.3 and 0.2 beat only 0.1
        ("within_main_auc", (3 / 4 + 0) / 2),
        ("spearman", (0.8 - 1) / 2),  # ranks 4 3 2 1 against 4 2 3 1: 1 − 6 · 2 / 60
        ("ndcg", (DCG_0 / IDEAL_0 + 1 / log2(3)) / 2),
        ("regret_1", (0 + 1) / 2),  # main 1: tries −2, keeps the task alone, loses the 1
        ("regret_3", 0),  # main 0 only: main 1 has no choice left
    ],
)
def test_by_hand(score, expected):
    assert of(from_probability(P))[score] == pytest.approx(expected)


def test_what_is_not_said_is_not_scored():
    silent = np.full(6, np.nan)
    ranks_only = of(Predictions(P, silent, silent))
    assert {k for k, v in ranks_only.items() if np.isnan(v)} == {
        "accuracy",
        "f1",
        "brier",
        "log_loss",
        "auc",
        "regret_5",
    }
    assert ranks_only["spearman"] == of(from_probability(P))["spearman"]
    by_gain = of(from_gain(P - 0.5))
    assert {k for k, v in by_gain.items() if np.isnan(v)} == {"brier", "log_loss", "regret_5"}
    assert by_gain["accuracy"] == pytest.approx(2 / 6)


def test_a_model_that_orders_nothing_is_at_chance():
    gain, main = [5, 3, -1, -2], np.zeros(4, int)
    found = of(from_probability(np.full(4, 0.4)), gain, main)
    assert (found["auc"], found["within_main_auc"], found["spearman"]) == (0.5, 0.5, 0)
    discounts = 1 / np.log2([2, 3, 4, 5])
    assert found["ndcg"] == pytest.approx(8 * discounts.mean() / (5 + 3 * discounts[1]))
    # one of four at random: 5, 3, 0 or 0; three of four: 5 in 3 of 4 draws, else 3
    assert found["regret_1"] == pytest.approx(5 - 8 / 4)
    assert found["regret_3"] == pytest.approx(5 - (3 * 5 + 3) / 4)


def test_a_tie_at_the_cut_is_drawn_at_random():
    gain, main = [1, 6, 2, 4], np.zeros(4, int)
    found = of(from_gain(np.array([9, 5, 5, 5, 1.0])), [*gain, 3], [*main, 0])
    # three tries: the 1, and two of 6, 2, 4: best 6, 6 or 4
    assert found["regret_3"] == pytest.approx(6 - 16 / 3)
    assert found["regret_1"] == pytest.approx(5)


@pytest.mark.parametrize(
    ("gain", "undefined"),
    [
        ([1, 2, 3, 4], {"auc", "within_main_auc"}),
        ([-1, -2, -3, -4], {"auc", "within_main_auc", "ndcg"}),
        ([2, 2, 2, 2], {"auc", "within_main_auc", "spearman"}),
    ],
)
def test_mains_that_define_no_figure_do_not_count(gain, undefined):
    found = of(from_probability(np.array([0.9, 0.7, 0.6, 0.2])), gain, np.zeros(4, int))
    assert {k for k, v in found.items() if np.isnan(v)} == undefined | {"regret_5"}


def test_no_pairs_no_scores():
    nothing = from_probability(np.empty(0))
    assert np.isnan(list(of(nothing, np.empty(0), np.empty(0, int)).values())).all()


def test_agrees_with_scikit_learn_and_scipy():
    rng = np.random.default_rng(0)
    gain, p = rng.normal(size=30), rng.uniform(size=30)
    y, found = gain > 0, of(from_probability(p), gain, np.zeros(30, int))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(y, p > 0.5))
    assert found["f1"] == pytest.approx(metrics.f1_score(y, p > 0.5))
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(y, p))
    assert found["within_main_auc"] == found["auc"]
    assert found["brier"] == pytest.approx(metrics.brier_score_loss(y, p))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, p), abs=1e-7)
    assert found["spearman"] == pytest.approx(spearmanr(gain, p).statistic)
    assert found["ndcg"] == pytest.approx(metrics.ndcg_score([np.maximum(gain, 0)], [p]))


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, 6, elements=st.sampled_from([-2, -1, 1, 3])),
    arrays(float, 6, elements=st.sampled_from([0.1, 0.4, 0.6, 0.8])),
    arrays(int, 6, elements=st.integers(0, 3)),
    arrays(int, 2, elements=st.integers(0, 2)),
)
def test_a_weight_is_how_often_a_pair_is_there(gain, p, aux, main):
    """Weights give what copies of the rows give: auxiliaries inside mains, mains as wholes."""
    of_main = main[np.array([0, 0, 0, 0, 1, 1])]
    weighted = of(
        from_probability(p),
        gain,
        MAIN,
        Weights(of_main[None].astype(float), aux[None].astype(float)),
    )
    rows, copy = [], []
    for m, often in enumerate(main):
        for c in range(often):
            mine = np.repeat(np.flatnonzero(m == MAIN), aux[m == MAIN])
            rows.extend(mine)
            copy.extend([10 * m + c] * len(mine))
    copied = (
        of(from_probability(p[rows]), gain[rows], np.array(copy, int))
        if rows
        else dict.fromkeys(SCORES, np.nan)
    )
    for name in SCORES:
        if not name.startswith("regret"):  # of the whole shelf: see below
            assert weighted[name][0] == pytest.approx(copied[name], abs=1e-9, nan_ok=True), name


def test_regret_resamples_mains_and_keeps_the_shelf():
    weights = Weights(
        np.array([[3.0] * 4 + [1.0] * 2, [0.0] * 4 + [2.0] * 2]),
        np.array([[0, 1, 1, 2, 1, 0], [1.0] * 6]),
    )
    found = of(from_probability(P), weights=weights)["regret_1"]
    np.testing.assert_allclose(found, [(3 * 0 + 1 * 1) / 4, 1])


def test_reliability_bins():
    p = np.array([0.0, 0.05, 0.52, 0.58, 1.0])
    bins = calibration_bins(p, np.array([False, True, True, True, True]))
    assert [b["n"] for b in bins] == [2, 2, 1]
    assert [b["gains"] for b in bins] == [0.5, 1, 1]
    assert [b["probability"] for b in bins] == pytest.approx([0.025, 0.55, 1.0])
    assert calibration_bins(np.empty(0), np.empty(0, bool)) == []
