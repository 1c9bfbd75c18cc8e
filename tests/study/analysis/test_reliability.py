import numpy as np
import pandas as pd
import pytest

from taskrel.study.analysis.reliability import SeedNoise, reliability, seed_noise

NAN = float("nan")
#: Means 1 and 5; seeds differ by 2 in one row and by 6 in the other, so residuals are ± 1.
BY_HAND = [[0.0, 2.0], [2.0, 8.0]]


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        (BY_HAND, 1 - 4 / 16),  # MS(residual) = 4 · 1² / 1, MS(auxiliaries) = 2 · (2² + 2²) / 1
        ([[1, 3], [2, 4], [7, 9]], 1.0),  # a seed adds 2 to all of them: no noise
        ([[1, 2], [2, 1]], 0.0),  # equal means
        ([[0, 5], [5, 1]], 0.0),  # more noise than difference
        ([[3, 3], [3, 3]], 0.0),
        ([[1], [2]], NAN),
        ([[1, 2]], NAN),
        ([[1, NAN], [NAN, 2], [3, 4]], NAN),
        ([*BY_HAND, [NAN, 7]], 1 - 4 / 16),
    ],
)
def test_reliability_by_hand(gains, expected):
    assert reliability(np.array(gains, float)) == pytest.approx(expected, nan_ok=True)


def test_reliability_is_what_other_seeds_would_reproduce():
    """True variance 4, noise variance 9 per seed: the mean of 3 seeds has 4 / (4 + 9 / 3)."""
    rng = np.random.default_rng(0)
    gains = 2 * rng.normal(size=(20000, 1)) + 3 * rng.normal(size=(20000, 3)) + [1, -5, 40]
    assert reliability(gains) == pytest.approx(4 / 7, abs=0.02)


def gains(tables):
    """Main → rows of auxiliaries, columns of seeds."""
    return pd.DataFrame(
        [
            {"main": main, "aux": f"a{i}", "seed": s, "gain": g}
            for main, rows in tables.items()
            for i, row in enumerate(rows)
            for s, g in enumerate(row)
        ]
    )


def test_shares_by_hand():
    # row means 2, 2, 8: variance 12; seed means 4, 4; residuals ∓1, ±1, 0: sum of squares 4,
    # v = 4 / (2 · 1) = 2; between 12 − 2 / 2 = 11
    found = seed_noise(gains({"m": [[1, 3], [3, 1], [8, 8]]}))
    assert found == pytest.approx(SeedNoise(2 / 13, 1 / 12, 1.0, 1, 2))


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"m": [[1], [2]]}, SeedNoise(None, None, None, 0, 0)),  # one seed
        ({"m": [[1, 2]]}, SeedNoise(None, None, None, 0, 0)),  # one auxiliary
        ({"m": [[1, 2], [1, 2]]}, SeedNoise(None, None, None, 0, 0)),  # nothing differs
        ({"m": [[1, 3], [2, 4]]}, SeedNoise(0, 0, 1, 1, 2)),  # a seed moves all gains alike
        ({"m": [[1, -1], [-1, 1]]}, SeedNoise(1, 1, 0, 1, 2)),
        ({"m": [[1, 3], [2, 4], [7, None]]}, SeedNoise(0, 0, 1, 1, 2)),
        ({"m": [[1, -1], [-1, 1]], "n": [[1, 3], [2, 4]]}, SeedNoise(0.5, 0.5, 0.5, 2, 2)),
    ],
)
def test_what_seeds_tell(tables, expected):
    assert seed_noise(gains(tables)) == expected


def test_planted_shares_are_found():
    # variance 1 between auxiliaries, 2 of a seed: 2/3 of one seed's, (2/3)/(1 + 2/3) = 0.4 of three
    rng = np.random.default_rng(0)
    tables = {
        f"m{i}": (rng.normal(0, 1, (60, 1)) + rng.normal(0, 2**0.5, (60, 3)) + rng.normal(0, 5, 3))
        for i in range(40)
    }
    found = seed_noise(gains(tables))
    assert found.single == pytest.approx(2 / 3, abs=0.03)
    assert found.mean == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("table", [BY_HAND, [[1, 3], [3, 1], [8, 8]]])
def test_the_noise_of_the_mean_is_what_is_not_reliable(table):
    assert seed_noise(gains({"m": table})).mean == pytest.approx(1 - reliability(np.array(table)))


def test_seeds_that_no_auxiliary_has_do_not_count():
    gains = np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 6.0]])
    more = np.column_stack([gains, np.full(3, np.nan)])
    assert reliability(more) == reliability(gains) > 0.5
