import pandas as pd
import pytest

from taskrel.cli.files.study import _with_seeds


@pytest.mark.parametrize(
    ("title", "n_seeds", "shown"),
    [
        ("Ten tasks", [1, 1], "Ten tasks, one seed"),
        ("Ten tasks", [2, 3], "Ten tasks, 3 seeds"),
        (None, [1], None),
    ],
)
def test_title_of_a_map_says_over_how_many_seeds_its_gains_are(title, n_seeds, shown):
    assert _with_seeds(title, pd.DataFrame({"n_seeds": n_seeds})) == shown
