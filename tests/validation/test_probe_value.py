import numpy as np
import pandas as pd
import pytest
from made_pairs import made_pairs

from taskrel.validation.probe_value import probe_text, probe_value, probed_order

PAIRS = [(m, a) for m in range(3) for a in range(3) if m != a]
#: Of each main task one auxiliary helps: the plain order has it last, probes put it first.
GAIN = [4.0, -1, -1, 8, 6, -2]
ANSWERS = pd.DataFrame(
    {"measured": GAIN, "score": [0, 1, 1, 0, 0, 1.0], "probed": [1, 0, 0, 1, 1, 0.0], "asked": True}
)


def values(answers=ANSWERS, share=0.25):
    found = probe_value(made_pairs(PAIRS, GAIN), answers, share)
    return [v for v in found if v["probed"] is None]


def test_by_hand():
    none, one, both = values()
    assert [v["k"] for v in (none, one, both)] == [0, 1, 2]
    # Two probes of a quarter each; half of the way from none to one pair there is no gain yet.
    assert (none["cost"], none["regret"], none["plain"]) == (0.5, 6.0, 6.0)
    # With probes the first is the right one; a run and a half are half of the second run.
    assert (one["cost"], one["regret"], one["plain"]) == (1.5, 0.0, 3.0)
    assert one["difference"]["value"] == -3.0
    assert -4.0 <= one["difference"]["low"] < -3.0 < one["difference"]["high"] <= -2.0
    assert (both["cost"], both["regret"], both["plain"]) == (2.5, 0.0, 0.0)


def test_auxiliaries_of_the_main_tasks_own_family_do_not_count():
    own = ANSWERS.assign(asked=[True, True, True, True, False, False])  # the third main: none
    none, one, _ = values(own)
    assert (none["regret"], one["regret"], one["plain"]) == (6.0, 0.0, 3.0)
    worse = own.assign(measured=[*GAIN[:4], 99, 98], probed=[*own["probed"][:4], -9, 9])
    assert values(worse) == values(own)
    less = ANSWERS.assign(asked=[False, True, True, True, True, True])
    assert values(less)[0]["regret"] == pytest.approx((0 + 8 + 6) / 3)


def test_dear_probes_do_not_pay():
    for v in values(share=0.5):
        assert v["difference"]["value"] >= 0 or v["cost"] < 2
    assert all(v["difference"]["value"] >= 0 for v in values(share=1.0))
    assert "To probe every auxiliary clearly pays at no cost." in probe_text(
        probe_value(made_pairs(PAIRS, GAIN), ANSWERS, 1.0), 1.0
    )


def test_the_text_says_at_which_cost_and_with_which_interval():
    text = probe_text(probe_value(made_pairs(PAIRS, GAIN), ANSWERS, 0.25), 0.25)
    assert text.startswith(
        "A probe costs 25% of a pair's run. To probe every auxiliary clearly "
        "saves regret at a cost of 1.5 pair runs for a main task, probes "
        "included. Regret with probes less without at the same cost"
    )
    assert "1: -3.00 [-" in text


def test_only_clear_savings_count_and_gaps_between_them_show():
    """Differences +3, −0.01 ± 2, then three clear ones with a gap between."""
    rows = [
        (0.5, 3, 1, 5),
        (1.5, -0.01, -2, 2),
        (2.5, -1, -2, -0.1),
        (3.5, -1, -2, -0.1),
        (4.5, 1, -1, 2),
        (5.5, -1, -2, -0.1),
    ]
    found = [
        {
            "probed": n,
            "k": k,
            "cost": cost,
            "difference": {"value": value, "low": low, "high": high},
        }
        for n in (None, 5)
        for k, (cost, value, low, high) in enumerate(rows)
    ]
    assert "at a cost of 2.5 to 3.5 and 5.5 pair runs" in probe_text(found, 0.5)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (None, [3, 2, 1, 0]),
        (9, [3, 2, 1, 0]),
        (4, [3, 2, 1, 0]),
        (3, [2, 1, 0, 3]),
        (2, [1, 0, 2, 3]),
        (1, [0, 1, 2, 3]),
    ],
)
def test_the_best_ranked_are_probed_and_stay_before_the_others(n, expected):
    plain, probed = np.array([9.0, 3, 2, 1]), np.array([-4.0, -3, -2, -1])
    assert np.argsort(-probed_order(plain, probed, n)).tolist() == expected
