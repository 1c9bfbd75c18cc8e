from dataclasses import replace

import pandas as pd
import pytest
from made_pairs import planted_evidence

from taskrel.validation.scoring.noise_ceiling import noise_ceiling


def with_gains(gains, main="m"):
    """Evidence of one main task: seed → gains with aux a, b, c, d."""
    rows = [
        {"recipe": recipe, "main": main, "aux": aux, "seed": seed, "gain": g}
        for recipe, of in gains.items()
        for seed, values in of.items()
        for aux, g in zip("abcd", values, strict=False)
    ]
    gains = pd.DataFrame(rows)
    return replace(
        planted_evidence(3), gains=gains, summary=gains[gains.recipe == "used"].drop(columns="seed")
    )


def test_spearman_brown_by_hand():
    # ranks 1 2 3 4 and 1 3 2 4: r = 0.8, so two seeds: √(2 · 0.8 / 1.8)
    found = noise_ceiling(with_gains({"used": {0: [1, 2, 3, 4], 1: [1, 30, 2, 40]}}))
    assert found == pytest.approx((1.6 / 1.8) ** 0.5)


def test_it_is_the_mean_over_main_tasks():
    """Half of the mains in perfect order and half without any allow 0.5, not √0.75."""
    sure, none = (
        with_gains({"used": {0: [1, 2, 3], 1: [1, 2, 3]}}),
        with_gains({"used": {0: [1, 2, 3], 1: [3, 2, 1]}}, "n"),
    )
    both = replace(sure, gains=pd.concat([sure.gains, none.gains]))
    assert noise_ceiling(both) == 0.5


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ({"used": {0: [1, 2, 3, 4]}}, None),  # one seed
        ({"used": {0: [1, 2], 1: [2, 1]}}, None),  # two pairs say nothing
        ({"used": {0: [1, 2, 3], 1: [5, 5, 5]}}, None),  # no order
        ({"used": {0: [1, 2, 3], 1: [3, 2, 1]}}, 0),
        ({"used": {0: [1, 2, 3], 1: [4, 5, 6]}, "other": {0: [1, 2, 3], 1: [3, 2, 1]}}, 1),
        ({"used": {0: [1, 2, float("nan"), 3], 1: [4, 5, 9, 6]}}, 1),
    ],
)
def test_what_seeds_tell(gains, expected):
    assert noise_ceiling(with_gains(gains)) == expected


def test_noisier_gains_have_a_lower_ceiling():
    quiet, loud = (noise_ceiling(planted_evidence(8, spread=s)) for s in (0.1, 8))
    assert 0 < loud < 0.8 < quiet <= 1
