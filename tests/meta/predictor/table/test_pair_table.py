import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskrel.meta.features.names import PAIR_FEATURES, TASK_FEATURES
from taskrel.meta.predictor.table.column_groups import COLUMNS, EVERY
from taskrel.meta.predictor.table.pair_table import Columns, column_in_words, in_words, pair_table

NAN = float("nan")
TASKS = pd.DataFrame({"size": [10.0, 4.0, 0.0], "jsd": [0.5, None, 0.25]}, index=["a", "b", "c"])
PAIRS = pd.DataFrame(
    {"probe": [0.5, 0.7]},
    pd.MultiIndex.from_tuples([("b", "a"), ("a", "b")], names=["main", "aux"]),
)

features = st.lists(st.sampled_from([*TASK_FEATURES]), unique=True).map(tuple)
of_pairs = st.lists(st.sampled_from([*PAIR_FEATURES]), unique=True).map(tuple)


def test_columns_by_hand():
    both = ("size", "jsd")
    index = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")]
    table = pair_table(TASKS, PAIRS, index, Columns(both, both, both, ("probe",)))
    expected = {
        "main_size": [10, 4, 10, 0],
        "main_jsd": [0.5, NAN, 0.5, 0.25],
        "aux_size": [4, 10, 0, 10],
        "aux_jsd": [NAN, 0.5, 0.25, 0.5],
        "main/aux_size": [2.5, 0.4, NAN, 0],  # 10 / 0 is missing
        "main/aux_jsd": [NAN, NAN, 2, 0.5],
        "pair_probe": [0.7, 0.5, NAN, NAN],  # directed; of two pairs there is no row
    }
    assert list(table.columns) == list(expected)
    for column, values in expected.items():
        assert table[column].tolist() == pytest.approx(values, nan_ok=True), column
    assert table.index.tolist() == index
    assert table.index.names == ["main", "aux"]


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        (Columns(), []),
        (Columns(ratio=("size",)), [2.5]),
        (Columns(aux=("jsd",), pair=("probe",)), [NAN, 0.7]),
        (
            Columns(main=("oov_rate", "size"), pair=("text_jsd",)),
            [NAN, 10, NAN],
        ),  # not in the tables
    ],
)
def test_only_the_columns_that_are_asked_for(columns, values):
    table = pair_table(TASKS, PAIRS, [("a", "b")], columns)
    assert tuple(table.columns) == columns.names
    assert table.loc[("a", "b")].tolist() == pytest.approx(values, nan_ok=True)


@given(features, features, features, of_pairs)
def test_columns_by_name(main, aux, ratio, pair):
    columns = Columns(main, aux, ratio, pair)
    assert Columns.named(columns.names) == columns
    assert Columns.named(reversed(columns.names)) == Columns(
        main[::-1], aux[::-1], ratio[::-1], pair[::-1]
    )


def test_without():
    columns = Columns(("size", "jsd"), ("jsd",), ("size",), ("probe", "text_jsd"))
    assert columns.without(["jsd", "probe"]) == Columns(("size",), (), ("size",), ("text_jsd",))
    assert columns.without([]) == columns


def test_groups_have_the_papers_42_columns_and_ours():
    assert [len(COLUMNS[g].names) for g in ("all_features", "data_features", "curve_features")] == [
        42,
        21,
        21,
    ]
    assert set(EVERY.names) >= {n for c in COLUMNS.values() for n in c.names}


@pytest.mark.parametrize(
    ("column", "above", "words"),
    [
        ("main_size", True, "high number of training sentences (main)"),
        ("main/aux_label_entropy", False, "low label entropy (main/aux)"),
        ("aux_gradient_20", False, "steep loss slope at 20% (aux)"),
        ("main_gradient_20", True, "flat loss slope at 20% (main)"),
        ("main/aux_gradient_20", True, "high loss slope at 20% (main/aux)"),
        ("aux_smooth_gradient_30", True, "flat smoothed loss slope at 30% (aux)"),
        ("pair_text_cosine", True, "high cosine of the mean word vectors (pair)"),
        ("aux_late_slope", False, "steep loss slope over the last fifth of the run (aux)"),
        ("main_log_slope_se", True, "high standard error of the slope over ln(i + d) (main)"),
        ("pair_same_kind", True, "the same kind of labels (pair)"),
        ("pair_same_kind", False, "another kind of labels (pair)"),
        ("rank_same_kind", True, "the same kind of labels (pair)"),
        ("rank_text_cosine", True, "high cosine of the mean word vectors (among auxiliaries)"),
        ("aux_invented", True, "high invented (aux)"),
    ],
)
def test_words(column, above, words):
    assert in_words(column, above) == words


def test_a_column_in_words():
    assert column_in_words("aux_label_entropy") == "label entropy (aux)"
    assert column_in_words("main/aux_size") == "number of training sentences (main/aux)"
    assert column_in_words("pair_same_kind") == "same kind of labels (pair)"
