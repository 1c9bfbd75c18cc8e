import numpy as np
import pandas as pd
import pytest

from taskrel.meta.predictor.table.pair_ranks import pair_ranks

NAN = float("nan")
PAIRS = pd.DataFrame(
    {
        "probe": [0.1, 0.4, 0.4, 0.9, 5.0, NAN],
        "logme": [3.0, NAN, 1.0, 2.0, NAN, NAN],
    },
    pd.MultiIndex.from_tuples(
        [("m", "a"), ("m", "b"), ("m", "c"), ("m", "d"), ("n", "a"), ("n", "b")],
        names=["main", "aux"],
    ),
)


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        # Of four values, (0 + ½) / 4 − ½; the two in the middle are equal: (1 + 1) / 4 − ½.
        (
            "abcd",
            {
                "probe": [-0.375, 0.0, 0.0, 0.375, 0.0, NAN],
                "logme": [0.5 - 0.5 / 3, NAN, 0.5 / 3 - 0.5, 0.0, NAN, NAN],
            },
        ),
        # A pair that is not of the pool is compared with those that are.
        ("b", {"probe": [-0.5, 0.0, 0.0, 0.5, NAN, NAN], "logme": [NAN] * 6}),
        ("", {"probe": [NAN] * 6, "logme": [NAN] * 6}),
    ],
)
def test_ranks_by_hand(pool, expected):
    found = pair_ranks(PAIRS, PAIRS.index, list(pool))
    assert list(found.columns) == ["probe", "logme"]
    for column, values in expected.items():
        assert found[column].tolist() == pytest.approx(values, nan_ok=True), column


def test_only_the_rows_that_are_asked_for_and_pairs_that_nobody_measured():
    rows = pd.MultiIndex.from_tuples([("n", "a"), ("m", "d"), ("x", "a")], names=["main", "aux"])
    found = pair_ranks(PAIRS, rows, list("abcd"))
    assert found.index.equals(rows)
    assert found["probe"].tolist() == pytest.approx([0.0, 0.375, NAN], nan_ok=True)


def test_a_monotone_change_of_a_main_tasks_values_changes_nothing():
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product([list("mn"), list("abcdefg")], names=["main", "aux"])
    pairs = pd.DataFrame({"probe": rng.normal(size=14)}, index)
    changed = pairs.copy()
    changed.loc["m"] = np.exp(3 * pairs.loc["m"].to_numpy()) - 7
    for one in (
        pair_ranks(pairs, index, list("abcdefg")),
        pair_ranks(changed, index, list("abcdefg")),
    ):
        assert one.loc["m", "probe"].rank().tolist() == pairs.loc["m", "probe"].rank().tolist()
        assert one.groupby(level="main")["probe"].mean().tolist() == pytest.approx([0, 0])
        assert one["probe"].abs().max() == pytest.approx(0.5 - 0.5 / 7)


def test_no_column():
    assert pair_ranks(PAIRS[[]], PAIRS.index, ["a"]).shape == (6, 0)
