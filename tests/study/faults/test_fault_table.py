import numpy as np
import pandas as pd
import pytest
from made_comparison import row, task
from scipy import stats

from taskrel.study.faults.runs import Score, Scored
from taskrel.study.faults.table import COLUMNS, fault_table, signature, summarised

# Half of the labels are p: misaligned right answers have accuracy 1/2.
TONE = task("tone", ["p", "n"], ["p", "n", "p", "n"])
PUBLISHED = [
    row("together", "tone", group="all", accuracy=0.4, weighted_f1=0.3),
    row("alone", "tone", accuracy=0.8),
    row("of another group", "tone", group="back", accuracy=0.1),
]
KEY = ["training", "scoring", "metric"]


def scored(training, seed, **values):
    return Scored(
        training,
        "joint",
        "all",
        seed,
        tuple(Score(scoring, "tone", "accuracy", v) for scoring, v in values.items()),
        1.0,
        {},
    )


SCORED = [
    scored("none", 0, none=0.9, misaligned=0.5),
    scored("none", 1, none=0.7, misaligned=0.5),
    scored("shuffled_labels", 0, none=0.6, misaligned=0.4),
]


@pytest.fixture
def table():
    return fault_table(SCORED, PUBLISHED, {"tone": TONE})


def test_mean_interval_and_published_scores(table):
    assert list(table.columns) == COLUMNS
    rows = table.set_index(KEY)
    right = rows.loc["none", "none", "accuracy"]
    half = stats.t.ppf(0.975, 1) * np.std([0.9, 0.7], ddof=1) / np.sqrt(2)
    assert right[
        ["mean", "low", "high", "n_seeds", "published", "published_alone"]
    ].tolist() == pytest.approx([0.8, 0.8 - half, 0.8 + half, 2, 0.4, 0.8])
    agreeing = rows.loc["none", "misaligned", "accuracy"]
    assert (agreeing["mean"], agreeing["n_seeds"]) == (0.5, 2)
    assert np.isnan(agreeing["low"])


def test_right_answers_out_of_order_need_no_training(table):
    rows = table[table.training == "perfect"].set_index(KEY)
    assert rows.loc["perfect", "misaligned", "accuracy"][["mean", "n_seeds"]].tolist() == [0.5, 0]
    # four texts are one batch
    assert rows.loc["perfect", "misaligned_in_batches", "weighted_f1"]["mean"] == 0.5
    assert rows["published"].dropna().to_dict() == {
        ("perfect", s, m): v
        for s in ("misaligned", "misaligned_in_batches")
        for m, v in (("accuracy", 0.4), ("weighted_f1", 0.3))
    }


def test_distances_by_hand(table):
    rows = summarised(table).set_index(["training", "scoring"])
    assert rows.index.tolist()[0] == ("shuffled_labels", "misaligned")
    assert rows["distance"].is_monotonic_increasing
    for mechanism, distance, ratio, n in [
        (("shuffled_labels", "misaligned"), 0.0, 0.4 / 0.8 - 0.4 / 0.8, 1),
        (("none", "none"), 0.4, 1 - 0.4 / 0.8, 1),
        (("none", "misaligned"), 0.1, 0.5 / 0.8 - 0.4 / 0.8, 1),
        (("perfect", "misaligned"), np.sqrt((0.1**2 + 0.2**2) / 2), 0.5 - 0.4 / 0.8, 2),
    ]:
        assert rows.loc[mechanism].tolist() == pytest.approx([distance, abs(ratio), n])


def test_without_a_right_score_there_is_no_ratio():
    useless = [scored("none", 0, none=0.0, misaligned=0.0)]
    rows = summarised(fault_table(useless, PUBLISHED, {"tone": TONE})).set_index("training")
    assert rows.loc["none", "ratio_distance"].isna().all()
    assert rows.loc["perfect", "ratio_distance"].notna().all()


def test_share_of_answers_in_their_place(table):
    (found,) = signature(table)[lambda t: t.metric == "accuracy"].to_dict("records")
    assert found == {
        "recipe": "joint",
        "group": "all",
        "task": "tone",
        "metric": "accuracy",
        "published": 0.4,
        "published_alone": 0.8,
        "chance": 0.5,
        "share": pytest.approx((0.4 - 0.5) / (0.8 - 0.5)),
    }


def test_without_any_score_the_tables_are_empty():
    table = fault_table([], PUBLISHED, {"tone": TONE})
    assert isinstance(table, pd.DataFrame)
    assert len(table) == len(summarised(table)) == len(signature(table)) == 0
