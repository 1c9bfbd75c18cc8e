import numpy as np
import pandas as pd
import pytest

from taskrel.study.analysis.gains import gains_per_seed
from taskrel.study.analysis.smoothed import (
    noise_by_score,
    seeds_needed,
    smoothed,
    with_smoothed,
)
from taskrel.training.result import Curve

KINDS = {"m": "classification", "a": "classification", "b": "classification", "t": "tagging"}


def records(*rows):
    return pd.DataFrame(rows, columns=["main", "aux", "seed", "score"]).assign(recipe="r")


def test_a_smoothed_score_is_the_mean_of_five_evaluations_and_test():
    curves = {
        (("m",), "m", 0): Curve([1, 2, 3, 4, 5, 6], [0.9, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (("a", "m"), "m", 0): Curve([1, 2], [0.2, 0.4]),
        (("a", "m"), "a", 0): Curve([1], [0.0]),
    }
    found = smoothed(records(("m", "", 0, 0.6), ("m", "a", 0, 0.6), ("m", "b", 0, 0.6)), curves)
    # (0.1 + … + 0.5 + 0.6) / 6, (0.2 + 0.4 + 0.6) / 3, and a run without a curve
    np.testing.assert_allclose(found["score"], [0.35, 0.4, np.nan])


def test_smoothed_gains_next_to_those_of_test():
    curves = {
        (("m",), "m", 0): Curve([1, 2], [0.4, 0.5]),
        (("a", "m"), "m", 0): Curve([1, 2], [0.6, 0.6]),
    }
    found = records(("m", "", 0, 0.6), ("m", "a", 0, 0.66), ("m", "b", 0, 0.9))
    per_seed = with_smoothed(gains_per_seed(found), found, curves).set_index("aux")
    np.testing.assert_allclose(per_seed.gain, [10, 50])
    # (0.6 + 0.6 + 0.66) / (0.4 + 0.5 + 0.6) = 1.86 / 1.5; b has no curve
    np.testing.assert_allclose(per_seed.smoothed, [24, np.nan])
    np.testing.assert_allclose(per_seed.dev_stl, [0.45, np.nan])
    np.testing.assert_allclose(per_seed.dev_mtl, [0.6, np.nan])


def test_noise_on_test_that_dev_does_not_have():
    """Dev ranks the auxiliaries alike in all seeds, test at random."""
    rng = np.random.default_rng(0)
    aux = [*"abcdefgh", "t"]
    kinds = dict.fromkeys("mabcdefgh", "classification") | {"t": "tagging"}
    rows, curves = [], {}
    for seed in range(3):
        for i, name in enumerate(["", *aux]):
            rows.append(("m", name, seed, 0.5 + 0.02 * rng.standard_normal()))
            tasks = ("m", name) if name else ("m",)
            curves[tasks, "m", seed] = Curve([*range(9)], [0.5 + 0.01 * i] * 9)
    found = noise_by_score(records(*rows), curves, kinds).set_index(["score", "pairs"])
    assert set(found.level) == {"text"} and set(found.n_seeds) == {3}
    assert found.one_seed["smoothed", "all"] > 0.9 > found.one_seed["test", "all"]
    assert found.seeds_needed["smoothed", "within"] < 1 < found.seeds_needed["test", "within"]


@pytest.mark.parametrize(
    ("one", "wanted", "seeds"), [(0.8, 0.8, 1), (0.2, 0.8, 16), (0.0, 0.8, np.inf)]
)
def test_seeds_for_a_reliability(one, wanted, seeds):
    found = seeds_needed(one, wanted)
    assert found == seeds
    if np.isfinite(found):  # Spearman and Brown
        assert found * one / (1 + (found - 1) * one) == pytest.approx(wanted)
