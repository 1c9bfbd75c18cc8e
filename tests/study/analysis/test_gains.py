import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from taskrel.errors import StoreError
from taskrel.study.analysis.gains import (
    CELLS,
    PER_SEED,
    cell_variance,
    gains,
    gains_per_seed,
    pooled_variance,
)


def table(*rows, recipe="r"):
    """Scores from (main, aux, seed, score)."""
    return pd.DataFrame(
        [(recipe, *row) for row in rows], columns=["recipe", "main", "aux", "seed", "score"]
    )


def study(y, main="m", recipe="r", names="abcdefghijklmnopqrstu"):
    """Scores whose gains are y, in percent, of shape (n_seeds, n_cells); NaN for no run."""
    rows = [(main, None, s, 0.5) for s in range(len(y))]
    rows += [
        (main, names[a], s, 0.5 * (1 + y[s][a] / 100))
        for s in range(len(y))
        for a in range(len(y[0]))
        if not np.isnan(y[s][a])
    ]
    return table(*rows, recipe=recipe)


def cells(*scores):
    return gains(gains_per_seed(pd.concat(scores, ignore_index=True)))


def test_gain_is_paired_by_seed():
    per_seed = gains_per_seed(
        table(("m", None, 0, 0.5), ("m", None, 1, 0.8), ("m", "x", 1, 0.6), ("m", "x", 0, 0.6))
    )
    assert list(per_seed.columns) == PER_SEED
    assert per_seed["gain"].tolist() == pytest.approx([20, -25])
    assert per_seed["difference"].tolist() == pytest.approx([0.1, -0.2])


@pytest.mark.parametrize("alone", [None, "", np.nan, pd.NA])
def test_single_task_run_has_no_aux(alone):
    per_seed = gains_per_seed(table(("m", alone, 0, 0.5), ("m", "x", 0, 0.55)))
    assert per_seed["gain"].tolist() == pytest.approx([10])


@pytest.mark.parametrize(
    ("stl", "floor", "gain"),
    [
        (0.04, 0.05, np.nan),
        (0.05, 0.05, 100),
        (0.04, 0.01, 150),
        (0.0, 0.0, np.nan),
    ],
)
def test_gain_below_the_floor_is_undefined_and_the_difference_stays(stl, floor, gain):
    per_seed = gains_per_seed(table(("m", "", 0, stl), ("m", "x", 0, 0.1)), floor)
    assert per_seed["gain"].tolist() == pytest.approx([gain], nan_ok=True)
    assert per_seed["difference"].tolist() == pytest.approx([0.1 - stl])


@pytest.mark.parametrize(
    ("alone", "gain"),
    [
        # mean 0.05 (less a rounding error), at the floor: unlucky seeds count too, but not a 0
        ((0.02, 0.03, 0.1), (400, 700 / 3, 0)),
        ((0.0, 0.05, 0.1), (np.nan, 100, 0)),
        # mean 0.04: the lucky seed does not count either
        ((0.01, 0.01, 0.1), (np.nan, np.nan, np.nan)),
    ],
)
def test_floor_is_for_the_mean_of_the_main_over_its_seeds(alone, gain):
    rows = [row for s, stl in enumerate(alone) for row in (("", s, stl), ("x", s, 0.1))]
    # another main and another recipe have floors of their own
    per_seed = gains_per_seed(
        pd.concat(
            [
                table(*(("m", *row) for row in rows)),
                table(("n", "", 0, 0.5), ("n", "x", 0, 0.6)),
                table(("m", "", 0, 0.01), ("m", "x", 0, 0.6), recipe="s"),
            ]
        )
    )
    assert per_seed["gain"].tolist() == pytest.approx([*gain, 20, np.nan], nan_ok=True)


def test_floor_counts_seeds_whose_pair_is_missing():
    scores = table(("m", "", 0, 0.04), ("m", "", 1, 0.08), ("m", "x", 0, 0.05))
    assert gains_per_seed(scores)["gain"].tolist() == pytest.approx([25])


def test_seed_without_single_task_run_has_no_gain():
    per_seed = gains_per_seed(table(("m", "", 0, 0.5), ("m", "x", 0, 0.6), ("m", "x", 1, 0.6)))
    assert per_seed["gain"].tolist() == pytest.approx([20, np.nan], nan_ok=True)
    assert per_seed["mtl"].tolist() == [0.6, 0.6]
    assert gains(per_seed)["n_seeds"].tolist() == [1]


def test_mains_and_recipes_do_not_mix():
    scores = pd.concat(
        [
            table(("m", "", 0, 0.5), ("x", "", 0, 0.2), ("m", "x", 0, 0.6), ("x", "m", 0, 0.3)),
            table(("m", "", 0, 0.25), ("m", "x", 0, 0.5), recipe="s"),
        ]
    )
    per_seed = gains_per_seed(scores)
    assert per_seed[["recipe", "main", "aux"]].to_numpy().tolist() == [
        ["r", "m", "x"],
        ["r", "x", "m"],
        ["s", "m", "x"],
    ]
    assert per_seed["gain"].tolist() == pytest.approx([20, 50, 100])


@pytest.mark.parametrize(("aux", "named"), [("", "no other task"), ("x", "x")])
def test_two_scores_of_one_run_are_an_error(aux, named):
    with pytest.raises(StoreError, match=f"task 'm' in the run with '{named}', recipe 'r', seed 0"):
        gains_per_seed(table(("m", aux, 0, 0.5), ("m", aux, 0, 0.6)))


def test_study_of_one_task_has_no_gains():
    per_seed = gains_per_seed(table(("m", None, 0, 0.5)))
    assert (len(per_seed), list(gains(per_seed).columns)) == (0, CELLS)


#: Gains whose seed means are 1.5, 4, 3.5, whose cell means are 2 and 4.
BY_HAND = np.array([[0, 3], [2, 6], [4, 3.0]])


def test_two_cells_three_seeds_by_hand():
    #          a  b | seed mean      residual y − seed mean − cell mean + 3
    # seed 0   0  3 | 1.5            -0.5   0.5
    # seed 1   2  6 | 4              -1     1
    # seed 2   4  3 | 3.5             1.5  -1.5
    # cell     2  4 | 3
    # MS_b = 2 · (2.25 + 1 + 0.25) / 2 = 3.5; MS_e = 7 / (1 · 2) = 3.5
    # v = 3.5/2 + 1/2 · 3.5 = 3.5 (sample variances: 4 and 3); df = 3.5² / (2 · 1.75²/2) = 4
    assert pooled_variance(BY_HAND) == pytest.approx((3.5, 4))
    # t(0.975, 4) = 2.77645, standard error √(3.5/3) = 1.08012: half width 2.99890
    # t = 1.85164 and 3.70328 with 4 df: p = 0.137727 and 0.020776; q of two: p and 2p
    result = cells(study(BY_HAND))
    assert list(result.columns) == CELLS
    assert result["gain"].tolist() == pytest.approx([2, 4])
    assert result["low"].tolist() == pytest.approx([-0.99890, 1.00110], abs=1e-4)
    assert result["high"].tolist() == pytest.approx([4.99890, 6.99890], abs=1e-4)
    assert result["p"].tolist() == pytest.approx([0.137727, 0.020776], abs=1e-6)
    assert result["q"].tolist() == pytest.approx([0.137727, 0.041551], abs=1e-6)
    assert result["verdict"].tolist() == ["no clear effect", "gain"]
    assert result["stl"].tolist() == [0.5, 0.5]
    assert result["difference"].tolist() == pytest.approx([0.01, 0.02])
    assert result["n_seeds"].tolist() == [3, 3]


@pytest.mark.parametrize(
    ("spread", "used"),
    [
        # F(2, 2) passes x with probability 1 / (1 + x): above 3 in a quarter of cases
        (1.7, "pooled"),
        (1.75, "own"),
        (0.1, "pooled"),
    ],
)
def test_cell_noisier_than_the_others_uses_its_own_variance(spread, used):
    calm, cell = np.array([[0.0], [2], [1]]), spread * np.array([-1.0, 0, 1])  # variance 1, spread²
    pooled = (2.5, 3.5)
    assert cell_variance(cell, calm, pooled) == (
        pooled if used == "pooled" else pytest.approx((spread**2, 2))
    )


@pytest.mark.parametrize(
    ("cell", "others"),
    [
        ([-50.0, 50], [[0.0], [2], [1]]),  # two seeds
        ([-50.0, 0, 50], np.empty((3, 0))),  # no other cell
        ([3.0, 3, 3], [[4.0], [4], [4]]),  # all agree
    ],
)
def test_cell_without_a_ground_to_call_it_noisy_uses_the_pooled_variance(cell, others):
    assert cell_variance(np.array(cell), np.array(others), (1.0, 2.0)) == (1, 2)


def test_noisy_cell_beside_cells_that_agree_uses_its_own_variance():
    agree = np.full((3, 2), 0.1)
    assert cell_variance(np.array([1.0, 2, 3]), agree, (0.5, 3.0)) == pytest.approx((1, 2))


def test_unstable_auxiliary_is_no_effect():
    # c: variance 9; F(2, 4) = 9 / 3.5 is above 2, which it passes with probability
    # (1 + 2/2)⁻² = 1/4; half width 4.30265 · √(9 / 3) = 7.4524
    result = cells(study(np.column_stack([BY_HAND, [0, 3, 6.0]])))
    assert (result["high"] - result["gain"])[2] == pytest.approx(7.4524, abs=1e-4)
    # t = 3 / √3 with 2 df: p = 1 − √(3 / 5)
    assert result["p"][2] == pytest.approx(1 - np.sqrt(3 / 5))


def test_one_cell_is_the_ordinary_t_test():
    y = np.array([[-3.0], [-1], [-2], [-4]])
    expected = stats.ttest_1samp(y[:, 0], 0)
    row = cells(study(y)).iloc[0]
    assert row["p"] == pytest.approx(expected.pvalue)
    assert [row["low"], row["high"]] == pytest.approx(list(expected.confidence_interval()))
    assert row["verdict"] == "loss"


def test_cell_that_lacks_a_seed_uses_the_pooled_variance_with_its_own_n():
    y = [[0, 3, 5], [2, 6, np.nan], [4, 3, 7]]
    result = cells(study(y))  # v = 3.5, df = 4 from a and b, as above
    assert result["gain"].tolist() == pytest.approx([2, 4, 6])
    half = 2.77645 * np.sqrt([3.5 / 3, 3.5 / 3, 3.5 / 2])
    assert (result["high"] - result["gain"]).tolist() == pytest.approx(half.tolist(), rel=1e-5)
    assert result["n_seeds"].tolist() == [3, 3, 2]
    assert np.isnan(result["p"][2])
    assert result["verdict"][2] is None
    # and it is no part of the correction either
    assert result["q"].tolist()[:2] == pytest.approx([0.137727, 0.041551], abs=1e-6)


def test_seed_without_any_gain_leaves_the_others_complete():
    scores = study([*BY_HAND, [9, 9]])
    scores.loc[(scores["seed"] == 3) & scores["aux"].isna(), "score"] = 0.0
    result = cells(scores)
    assert result["n_seeds"].tolist() == [3, 3]
    assert (result["high"] - result["gain"]).tolist() == pytest.approx([2.99890] * 2, abs=1e-4)


@pytest.mark.parametrize(
    "y", [[[1, 2.0]], [[1, np.nan], [np.nan, 2]]], ids=["one seed", "no complete cell"]
)
def test_no_interval_without_a_complete_cell_of_two_seeds(y):
    result = cells(study(y))
    assert result["gain"].tolist() == pytest.approx([1, 2])
    assert result[["low", "high", "p", "q"]].isna().all(axis=None)
    assert result["verdict"].tolist() == [None, None]


def test_two_seeds_have_an_interval_but_no_verdict():
    result = cells(study([[1.0], [3.0]]))  # v = 2, df = 1, t(0.975, 1) = 12.7062
    assert result["high"].tolist() == pytest.approx([2 + 12.7062], rel=1e-5)
    assert result[["p", "q"]].isna().all(axis=None)
    assert result["verdict"].tolist() == [None]


def test_undefined_gain_leaves_a_row_with_its_difference():
    rows = [("m", aux, s, score) for s in range(3) for aux, score in ((None, 0.01), ("x", 0.5))]
    row = cells(table(*rows)).iloc[0]
    assert row[["gain", "low", "high", "p", "q"]].isna().all()
    assert (row["n_seeds"], row["verdict"], row["difference"]) == (0, None, pytest.approx(0.49))


@pytest.mark.parametrize("base", [[0.5, 0.5, 0.5], [0.3, 0.7, 0.55]], ids=["equal", "rounded"])
def test_seeds_that_agree_tell_nothing_of_the_variance(base):
    rows = [
        ("m", aux, s, stl * factor)
        for s, stl in enumerate(base)
        for aux, factor in ((None, 1), ("a", 1.1), ("b", 1), ("c", 0.9))
    ]
    result = cells(table(*rows))
    assert result["gain"].tolist() == pytest.approx([10, 0, -10])
    assert result["n_seeds"].tolist() == [3, 3, 3]
    assert result[["low", "high", "p", "q"]].isna().all(axis=None)
    assert result["verdict"].tolist() == [None, None, None]


def test_cell_whose_seeds_agree_uses_the_variance_of_the_others():
    # v = (1 + 0) / 2, half of it MS_b / A = var(2.5, 3, 3.5), so df = 4
    result = cells(study([[1, 4], [2, 4], [3, 4.0]]))
    assert result["high"][1] == pytest.approx(4 + 2.77645 * np.sqrt(0.5 / 3), rel=1e-5)


def test_correction_runs_over_the_whole_matrix_of_one_recipe():
    # the mains' p values stand in one correction, the other recipe's do not
    result = cells(study(BY_HAND), study(BY_HAND, main="n"), study(BY_HAND, recipe="s"))
    # r: 0.020776 twice and 0.137727 twice of 4; s: as by hand
    assert result["q"].tolist() == pytest.approx(
        [0.137727, 0.041551, 0.137727, 0.041551, 0.137727, 0.041551], abs=1e-6
    )
    result = cells(study(BY_HAND), study(100 * np.array([[1.0], [-1], [0.1]]), main="n"))
    # 0.020776 · 3, 0.137727 · 3/2, and a p near 1
    assert result["q"].tolist()[:2] == pytest.approx([0.206591, 0.062327], abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(
    hnp.arrays(
        float,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7),
        elements=st.floats(-50, 50),
    )
)
def test_pooled_variance_is_the_mean_sample_variance(y):
    v, df = pooled_variance(y)
    assert v == pytest.approx(y.var(axis=0, ddof=1).mean(), abs=1e-9)
    # between one cell's degrees of freedom and those of independent cells
    n_seeds, n_cells = y.shape
    if v > 1e-9:
        assert n_seeds - 1 - 1e-6 <= df <= n_cells * (n_seeds - 1) + 1e-6


@pytest.mark.parametrize(("sigma_b", "sigma_e"), [(0, 1), (1, 1), (2, 1)])
def test_interval_covers_the_truth(sigma_b, sigma_e):
    rng, n_seeds, n_cells, n = np.random.default_rng(1), 3, 6, 1500
    mu = np.linspace(-2, 2, n_cells)
    covered = 0.0
    for _ in range(n):
        y = mu + rng.normal(0, sigma_b, (n_seeds, 1)) + rng.normal(0, sigma_e, (n_seeds, n_cells))
        v, df = pooled_variance(y)
        half = stats.t.ppf(0.975, df) * np.sqrt(v / n_seeds)
        covered += (np.abs(y.mean(axis=0) - mu) <= half).mean() / n
    assert 0.92 <= covered <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    ("noise", "least", "most"), [(1, 0.02, 0.055), (3, 0.05, 0.12), (4, 0.045, 0.11)]
)
def test_size_of_the_test_of_a_cell(noise, least, most):
    # the first cell's seeds have `noise` times the sd of the others; pooled alone, 3 gives 0.27
    rng, n_seeds, n_cells, n = np.random.default_rng(4), 3, 5, 1500
    rejected = 0
    for _ in range(n):
        y = rng.normal(0, 1, (n_seeds, 1)) + rng.normal(0, 1, (n_seeds, n_cells))
        y[:, 0] *= noise
        v, df = cell_variance(y[:, 0], y[:, 1:], pooled_variance(y))
        rejected += abs(y[:, 0].mean()) > stats.t.ppf(0.975, df) * np.sqrt(v / n_seeds)
    assert least <= rejected / n <= most


def matrix(rng, n_tasks, effect):
    """Scores of a study of `n_tasks` tasks; auxiliary a brings main m `effect[m, a]` percent."""
    names = "abcdefgh"[:n_tasks]
    parts = []
    for m, main in enumerate(names):
        others = [a for a in range(n_tasks) if a != m]
        y = effect[m, others] + rng.normal(0, 1, (3, 1)) + rng.normal(0, 1, (3, len(others)))
        parts.append(study(y, main, names=[names[a] for a in others]))
    return parts


@pytest.mark.slow
def test_matrix_of_no_effects_gives_few_false_verdicts():
    rng, n = np.random.default_rng(2), 40
    verdicts = [cells(*matrix(rng, 5, np.zeros((5, 5))))["verdict"] for _ in range(n)]
    wrong = [(v != "no clear effect").any() for v in verdicts]
    # under the global null Benjamini–Hochberg errs in at most 5 % of matrices: 2 of 40 expected,
    # more than 6 in one of 300
    assert sum(wrong) <= 6


def test_large_effects_are_found():
    effect = np.zeros((5, 5))
    effect[:, 0], effect[:, 1] = 15, -15  # the first task helps all others, the second hurts
    result = cells(*matrix(np.random.default_rng(3), 5, effect))
    found = result.groupby("aux")["verdict"].agg(lambda v: (v == "gain").sum())
    lost = result.groupby("aux")["verdict"].agg(lambda v: (v == "loss").sum())
    assert (found["a"], lost["b"]) == (4, 4)
    assert found["c":].sum() + lost["c":].sum() <= 2
