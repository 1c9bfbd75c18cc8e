"""Where runs were best on dev, and which budget is enough."""

import pandas as pd
import pytest

from taskrel.study.analysis.peaks import dev_peaks, enough_steps


def curves(**scores):
    """Dev scores at steps 100, 200, … of runs called task_seed."""
    rows = [
        (*name.rsplit("_", 1), "dev", 100 * (i + 1), score)
        for name, values in scores.items()
        for i, score in enumerate(values)
    ]
    rows.append(("a", "0", "train", 100, 0.9))
    return pd.DataFrame(rows, columns=["task", "seed", "split", "step", "score"])


def test_the_median_of_the_first_best_steps():
    found = dev_peaks(
        curves(a_0=[0.1, 0.5, 0.5, 0.2], a_1=[0.1, 0.2, 0.3, 0.4], b_0=[0.3, 0.2, 0.2, 0.1])
    )
    assert found["best"].to_dict() == {"a": 300, "b": 100}  # a: 200 and 400
    assert found["last"].to_dict() == {"a": 400, "b": 400}


@pytest.mark.parametrize(
    ("best", "last", "enough"),
    [
        ([250], [2500], 300),
        ([250, 1000], [2500, 2500], 1200),
        ([1234], [2500], 1500),  # 1.2 · 1234 = 1481, in hundreds
        ([2000], [2500], None),
        ([40], [80], 48),
        ([250], [300], None),
    ],
)
def test_what_is_enough(best, last, enough):
    assert enough_steps(pd.DataFrame({"best": best, "last": last})) == enough


def test_without_curves():
    assert dev_peaks(pd.DataFrame()).empty
    assert enough_steps(dev_peaks(pd.DataFrame())) is None
