import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_comparison import row, scores, study, task

from taskrel.errors import RecipeError
from taskrel.study.analysis.comparison import COLUMNS, comparison
from taskrel.study.experiment.file import parse_experiment
from taskrel.tasks.card import load_card
from taskrel.tasks.load import load_task

NONE = scores()


def only(compared):
    (line,) = compared.itertuples()
    return line


def test_mean_interval_and_difference_over_seeds():
    # sd 0.1, so half the interval is t(0.975, 2) · 0.1 / √3 = 4.302653 · 0.057735
    ours = scores(("food", "food", [0.5, 0.6, 0.7]))
    line = only(comparison(study(row("alone", "food", accuracy=0.55)), ours))
    assert (line.model, line.recipe, line.task, line.group, line.metric, line.n_seeds) == (
        "alone",
        "joint",
        "food",
        "",
        "accuracy",
        3,
    )
    assert [line.published, line.mean, line.difference] == pytest.approx([0.55, 0.6, 0.05])
    assert [line.low, line.high] == pytest.approx([0.6 - 0.248414, 0.6 + 0.248414], abs=1e-6)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5, 0.5]])
def test_no_interval_where_seeds_tell_nothing_of_it(values):
    line = only(
        comparison(study(row("alone", "food", accuracy=0.5)), scores(("food", "food", values)))
    )
    assert (line.mean, line.n_seeds) == (0.5, len(values))
    assert np.isnan([line.low, line.high]).all()


def test_only_the_runs_that_a_row_names_count():
    others = pd.concat(
        [
            scores(
                ("food price", "food", [0.1]),
                ("price", "price", [0.1]),
                ("food price tie", "food", [0.1]),
            ),
            scores(("food", "food", [0.1]), recipe="later"),
            scores(("food", "food", [0.1]), split="dev"),
            scores(("food", "food", [0.1]), metric="macro_f1"),
        ]
    )
    ours = pd.concat([others, scores(("food", "food", [0.9]))])
    assert only(comparison(study(row("alone", "food", accuracy=0.5)), ours)).mean == 0.9
    assert np.isnan(only(comparison(study(row("alone", "food", accuracy=0.5)), others)).mean)


def test_group_of_a_symmetric_recipe_is_found_whatever_its_order():
    ours = scores(("food price", "food", [0.25]), ("food price", "price", [0.75]))
    for group in ("all", "back"):
        lines = comparison(
            study(
                row("x", "food", group=group, accuracy=0.5),
                row("x", "price", group=group, accuracy=0.5),
            ),
            ours,
        )
        assert lines["mean"].tolist() == [0.25, 0.75]


def test_group_of_a_directed_recipe_counts_in_its_order_only():
    ours = scores(("food price", "food", [0.25]), ("price food", "food", [0.75]), recipe="later")
    lines = comparison(
        study(
            row("x", "food", "later", "all", accuracy=0.5),
            row("x", "food", "later", "back", accuracy=0.5),
        ),
        ours,
    )
    assert lines["mean"].tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("group", "runs"), [("all", ("food price", "food price")), ("", ("food", "price"))]
)
def test_accuracy_over_several_tasks_counts_labels_that_are_present(group, runs):
    # 3 labels of food, 2 of price: (2 + 1) / 5, then (3 + 1) / 5; seed 2 lacks price
    ours = scores((runs[0], "food", [2 / 3, 1, 1]), (runs[1], "price", [1 / 2, 1 / 2]))
    line = only(comparison(study(row("x", ("food", "price"), group=group, accuracy=0.5)), ours))
    assert (line.task, line.n_seeds) == ("food + price", 2)
    # t(0.975, 1) · 0.141421 / √2 = 12.706205 · 0.1
    assert [line.mean, line.low, line.high] == pytest.approx(
        [0.7, 0.7 - 1.2706205, 0.7 + 1.2706205]
    )


@settings(deadline=None)  # a busy machine takes longer
@given(st.integers(0, 3), st.integers(0, 2))
def test_accuracy_over_several_tasks_is_right_labels_of_all_labels(food, price):
    ours = scores(("food", "food", [food / 3]), ("price", "price", [price / 2]))
    line = only(comparison(study(row("x", ("food", "price"), accuracy=0.5)), ours))
    assert line.mean == pytest.approx((food + price) / 5)


def test_metrics_are_those_of_any_row_and_of_several_tasks_accuracy_alone():
    ours = pd.concat(
        [
            scores(("food", "food", [0.6])),
            scores(("food", "food", [0.4]), metric="weighted_f1"),
            scores(("food", "food", [0.2]), metric="macro_f1"),
        ]
    )
    lines = comparison(
        study(
            row("in print", "price", weighted_f1=0.3, accuracy=0.5),
            row("ours", "food"),
            row("both", ("food", "price")),
        ),
        ours,
    )
    assert list(lines) == COLUMNS
    assert list(zip(lines.model, lines.metric, strict=True)) == [
        ("in print", "weighted_f1"),
        ("in print", "accuracy"),
        ("ours", "weighted_f1"),
        ("ours", "accuracy"),
        ("both", "accuracy"),
    ]
    assert lines["mean"].fillna(-1).tolist() == [-1, -1, 0.4, 0.6, -1]
    assert lines["published"].fillna(-1).tolist() == [0.3, 0.5, -1, -1, -1]


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        ("macro_f1", True),
        ("macro_recall", True),
        ("similarity_1", True),
        ("decision_f1", False),
        ("nearest_top4", False),
    ],
)
def test_a_metric_that_the_tasks_kind_lacks_makes_no_row(metric, shown):
    found = study(row("alone", "food"), row("printed", "food", decision_f1=0.5))
    found.metrics = (metric,)
    table = comparison(found, scores(("food", "food", [0.5])))
    assert (metric in set(table[table["model"] == "alone"]["metric"])) == shown
    assert "decision_f1" in set(table[table["model"] == "printed"]["metric"])


def test_what_has_no_run_stays_with_its_published_score():
    rows = (
        row("x", "food", accuracy=0.5),
        row("y", "food", "later", accuracy=0.4),
        row("z", "tie", accuracy=0.3),
        row("m", "tie", baseline="majority", accuracy=0.2),
    )
    asked = study(
        *rows, parts=("joint",), tasks=[t for t in study().tasks.values() if t.name != "tie"]
    )
    ours = pd.concat(
        [scores(("tie", "tie", [0.9])), scores(("food", "food", [0.9]), recipe="later")]
    )
    lines = comparison(asked, ours)
    assert lines["published"].tolist() == [0.5, 0.4, 0.3, 0.2]
    assert lines[["mean", "low", "high", "difference"]].isna().all(axis=None)
    assert lines["n_seeds"].tolist() == [0, 0, 0, 0]


def test_nothing_published_makes_no_row():
    assert comparison(study(), scores(("food", "food", [0.5]))).empty
    assert list(comparison(study(), NONE)) == COLUMNS


def test_majority_baseline_has_scores_and_no_interval():
    # Training says "bad" twice of three; of the three test labels two are: right 2 / 3.
    # Precision of "bad" 2 / 3, recall 1, F1 0.8; "good" 0, so weighted 4 / 9, 2 / 3, 8 / 15.
    of_food = row(
        "m",
        "food",
        baseline="majority",
        accuracy=0.7,
        weighted_precision=0.5,
        weighted_recall=0.5,
        weighted_f1=0.5,
        macro_f1=0.5,
    )
    lines = comparison(study(of_food), NONE).set_index("metric")
    assert lines["mean"].to_dict() == pytest.approx(
        {
            "accuracy": 2 / 3,
            "weighted_precision": 4 / 9,
            "weighted_recall": 2 / 3,
            "weighted_f1": 8 / 15,
            "macro_f1": 0.4,
        }
    )
    assert lines.loc["accuracy", "difference"] == pytest.approx(2 / 3 - 0.7)
    assert lines[["low", "high"]].isna().all(axis=None)
    assert (lines["n_seeds"] == 0).all()


def test_random_baseline_has_95_percent_of_its_draws_between_low_and_high(monkeypatch):
    # 0, 1, … 200 of 200: the 2.5 and the 97.5 percentile are 5 and 195
    monkeypatch.setattr(
        "taskrel.study.analysis.comparison.baseline_scores",
        lambda task, rule: {"accuracy": np.arange(201) / 200},
    )
    line = only(comparison(study(row("r", "food", baseline="random", accuracy=0.5)), NONE))
    assert [line.mean, line.low, line.high, line.difference] == pytest.approx(
        [0.5, 0.025, 0.975, 0]
    )
    assert line.n_seeds == 0


def test_random_baseline_of_several_tasks_pools_draw_by_draw(monkeypatch):
    draws = {"food": [0, 1], "price": [1, 0]}  # 3 labels of food, 2 of price
    monkeypatch.setattr(
        "taskrel.study.analysis.comparison.baseline_scores",
        lambda task, rule: {"accuracy": np.array(draws[task.name])},
    )
    line = only(
        comparison(study(row("r", ("food", "price"), baseline="random", accuracy=0.5)), NONE)
    )
    assert line.mean == pytest.approx((2 / 5 + 3 / 5) / 2)
    assert line.low == pytest.approx(0.405)


def test_a_baseline_has_no_score_where_a_task_lacks_the_metric():
    # a regression has no accuracy
    near = task("near", list("aab"), ["a", "b"], "regression")
    made = study(
        row("r", ("food", "near"), baseline="random", accuracy=0.5),
        tasks=[*study().tasks.values(), near],
    )
    assert np.isnan(only(comparison(made, NONE)).mean)


def test_the_studys_own_metrics_come_first_and_may_be_negative():
    made = study(row("alone", "food", accuracy=0.5), row("both", ("food", "price")))
    made.metrics = ("similarity_1", "accuracy")
    ours = pd.concat(
        [
            scores(("food", "food", [0.5])),
            scores(("food", "food", [-0.25, -0.75]), metric="similarity_1"),
        ]
    )
    lines = comparison(made, ours)
    assert lines[["model", "metric"]].values.tolist() == [
        ["alone", "similarity_1"],
        ["alone", "accuracy"],
        ["both", "accuracy"],
    ]
    assert lines["mean"].tolist()[:2] == [-0.5, 0.5]


def test_speed_is_the_median_over_runs():
    ours = scores(("food", "food", [0.5, 0.6, 0.7])).assign(steps_per_second=[10.0, 40.0, 20.0])
    assert only(comparison(study(row("x", "food", accuracy=0.5)), ours)).steps_per_second == 20
    assert np.isnan(
        only(
            comparison(study(row("x", "food", baseline="majority", accuracy=0.5)), ours)
        ).steps_per_second
    )


def test_majority_of_several_tasks_is_each_ones_own():
    # food 2 of 3, price 0 of 2 ("cheap" is its majority), tie 1 of 1
    line = only(
        comparison(
            study(row("m", ("food", "price", "tie"), baseline="majority", accuracy=0.5)), NONE
        )
    )
    assert line.mean == pytest.approx(3 / 6)


@pytest.mark.real_data
def test_majority_baseline_of_the_five_aspects_is_the_published_one(data_folder):
    printed = {
        "food": 0.7225,
        "service": 0.5872,
        "price": 0.6145,
        "ambience": 0.6441,
        "anecdotes": 0.5427,
    }
    rows = [row("m", name, baseline="majority", accuracy=value) for name, value in printed.items()]
    aspects = [load_task(load_card(name), data_folder) for name in printed]
    lines = comparison(
        study(*rows, row("m", tuple(printed), baseline="majority", accuracy=0.641), tasks=aspects),
        NONE,
    )
    assert lines["mean"].tolist() == pytest.approx(lines["published"].tolist(), abs=1e-4)


RAW = {
    "schema": 1,
    "name": "x",
    "seeds": [0],
    "recipes": {"r": {}},
    "tasks": [{"card": "pos", "as": name} for name in "abc"],
    "runs": {"groups": {"all": ["a", "b"]}},
}


@pytest.mark.parametrize(
    ("published", "says"),
    [
        ({"scores": {"acuracy": 0.5}}, "unknown metric 'acuracy'; did you mean accuracy"),
        ({"scores": {"accuracy": 41.3}}, "field 'published[0].scores[...]': expected"),
        (
            {"task": ["a", "b"], "scores": {"macro_f1": 0.5}},
            "unknown metric 'macro_f1'; known: acc",
        ),
        ({"task": []}, "field 'published[0].task': expected"),
        ({"task": "c", "group": "all"}, "unknown task of group all 'c'; known: a, b"),
    ],
)
def test_published_scores_are_checked_before_anything_is_trained(published, says):
    with pytest.raises(RecipeError) as e:
        parse_experiment(RAW | {"published": [{"model": "m", "task": "a"} | published]}, "x.toml")
    assert str(e.value).startswith("x.toml: ")
    assert says in str(e.value)


def test_a_published_row_stands_once():
    with pytest.raises(
        RecipeError,
        match="expected rows of different models, recipes or groups, found two of model 'm' for a",
    ):
        parse_experiment(RAW | {"published": [{"model": "m", "task": "a"}] * 2}, "x.toml")
