import pandas as pd
import pytest

from taskrel.meta.pair_table import in_words, pair_table

TASKS = pd.DataFrame({"size": [10.0, 4.0, 0.0], "jsd": [0.5, None, 0.25]}, index=["a", "b", "c"])


def test_columns_by_hand():
    table = pair_table(TASKS, [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")], ["size", "jsd"])
    nan = float("nan")
    expected = {
        "main_size": [10, 4, 10, 0], "main_jsd": [0.5, nan, 0.5, 0.25],
        "aux_size": [4, 10, 0, 10], "aux_jsd": [nan, 0.5, 0.25, 0.5],
        "main/aux_size": [2.5, 0.4, nan, 0],  # 10 / 0 is missing
        "main/aux_jsd": [nan, nan, 2, 0.5],
    }
    assert list(table.columns) == list(expected)
    for column, values in expected.items():
        assert table[column].tolist() == pytest.approx(values, nan_ok=True), column
    assert table.index.tolist() == [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")]


@pytest.mark.parametrize(("column", "above", "words"), [
    ("main_size", True, "high number of training sentences (main)"),
    ("main/aux_label_entropy", False, "low label entropy (main/aux)"),
    ("aux_gradient_20", False, "steep loss slope at 20% (aux)"),
    ("main_gradient_20", True, "flat loss slope at 20% (main)"),
    ("main/aux_gradient_20", True, "high loss slope at 20% (main/aux)"),
    ("aux_invented", True, "high invented (aux)"),
])
def test_words(column, above, words):
    assert in_words(column, above) == words
