import pandas as pd
import pytest
from made_comparison import row, scores, study

from taskrel.cli.text.comparison import WIDTH, comparison_text
from taskrel.study.analysis.comparison import comparison
from taskrel.study.experiment.published import Convergence

FOOD = scores(("food", "food", [0.5, 0.6, 0.7]))


def lines(made, *ours):
    return comparison_text(comparison(made, pd.concat([FOOD, *ours])), made).splitlines()


def test_our_score_with_its_interval_next_to_the_published_one():
    made = study(
        row("alone", "food", accuracy=0.55),
        row("a rule", "food", baseline="majority", accuracy=0.6667),
        row("one seed", "price"),
        row("none", "tie"),
    )
    text = lines(made, scores(("price", "price", [0.75])))
    assert text[2:] == [
        "model     task   accuracy                          seeds",
        "────────  ─────  ────────────────────────────────  ─────",
        "alone     food   0.6000 [0.3516, 0.8484] | 0.5500      3",
        "a rule    food   0.6667                  | 0.6667      –",
        "one seed  price  0.7500                  | –           1",
        "none      tie    –                       | –           0",
        "no score of ours, because no run has finished: none (tie)",
        "published: made up",
    ]


@pytest.mark.parametrize(
    ("printed", "shown"), [(0.98, "0.980"), (0.4137, "0.4137"), (0.123456, "0.1235")]
)
def test_as_many_decimals_as_published_but_three_or_four(printed, shown):
    assert lines(study(row("x", "food", accuracy=printed)))[4].split("| ")[1].split()[0] == shown


def test_as_many_metrics_in_a_table_as_fit():
    names = ("accuracy", "weighted_f1", "macro_f1")
    made = study(
        row("one", "food", **dict.fromkeys(names, 0.5)),
        row("a rule", ("food", "price"), baseline="majority"),
    )
    text = lines(made, *(FOOD.assign(metric=name) for name in names[1:]))
    heads = [line.split() for line in text if line.startswith("model ")]
    assert heads == [
        ["model", "task", "accuracy", "weighted_f1", "seeds"],
        ["model", "task", "macro_f1", "seeds"],
    ]
    assert max(map(len, text)) <= WIDTH
    # Several tasks have no macro_f1, so no line in the second table.
    assert sum(line.startswith("a rule") for line in text) == 1


def test_several_tasks_are_called_overall_and_named_below():
    made = study(row("x", ("food", "price"), accuracy=0.5), row("y", ("food", "price")))
    text = lines(made, scores(("price", "price", [0.5, 0.5, 0.5])))
    assert text[4].split() == ["x", "overall", "0.560", "[0.411,", "0.709]", "|", "0.500", "3"]
    assert "overall: accuracy over all test labels of food, price" in text
    two = lines(study(row("x", ("food", "price"), accuracy=0.5), row("y", ("food", "tie"))))
    assert two[4].startswith("x      food + price  ")
    assert not any("overall" in line for line in two)


def test_reasons_of_missing_scores():
    made = study(
        row("a", "food", "later", accuracy=0.5),
        row("b", ("food", "tie")),
        row("c", "price"),
        row("d", "price", group="all"),
        parts=("joint",),
        tasks=[t for t in study().tasks.values() if t.name != "tie"],
    )
    assert [line for line in lines(made) if line.startswith("no score")] == [
        "no score of ours, because this call leaves out recipe later: a (food)",
        "no score of ours, because this call leaves out tie: b (overall)",
        "no score of ours, because no run has finished: c (price), d (price)",
    ]


@pytest.mark.slow
def test_convergence_has_columns_after_the_metrics():
    made = study(
        row("alone", "food", accuracy=0.5),
        row("both", "food", group="all"),
        row("a rule", "food", baseline="random"),
        row("late", "price"),
    )
    made.convergence = Convergence("joint", (0.5, 0.95))
    columns = [
        "model",
        "recipe",
        "task",
        "group",
        "share",
        "target",
        "unit",
        "mean",
        "low",
        "high",
        "n_reached",
        "n_seeds",
    ]
    nan = float("nan")
    fast = pd.DataFrame(
        [
            ("alone", "joint", "food", "", 0.5, 0.4, "epochs", 1.25, 1.0, 1.5, 3, 3),
            ("alone", "joint", "food", "", 0.95, 0.7, "epochs", 2.0, nan, nan, 1, 3),
            ("both", "joint", "food", "all", 0.5, 0.4, "epochs", nan, nan, nan, 0, 3),
            ("both", "joint", "food", "all", 0.95, 0.7, "epochs", 10.0, 9.0, 11.0, 3, 3),
            ("late", "joint", "price", "", 0.5, nan, "epochs", nan, nan, nan, 0, 3),
        ],
        columns=columns,
    )
    text = comparison_text(comparison(made, FOOD), made, fast).splitlines()
    at = text[2].index("epochs to 50 %"), text[2].index("epochs to 95 %"), text[2].index("seeds")
    assert [line[at[0] : at[1]].strip() for line in text[4:8]] == [
        "1.2 [1.0, 1.5]",
        "never",
        "–",
        "–",
    ]
    assert [line[at[1] : at[2]].strip() for line in text[4:8]] == [
        "2.0, 2 of 3 never",
        "10.0 [9.0, 11.0]",
        "–",
        "–",
    ]
    notes = " ".join(text[8:])
    assert "random baseline: mean of 200 draws from the labels of the training split" in notes
    assert (
        "to 50 % and 95 %: training until the dev score first reaches that share of the final "
        "single-task score of joint; mean over"
    ) in notes


def test_convergence_without_any_metric_has_a_table_of_its_own():
    made = study(row("alone", "food"))
    made.convergence = Convergence("joint")
    fast = pd.DataFrame(
        [("alone", "joint", "food", "", 0.5, 0.4, "updates", 20.0, 10.0, 30.0, 3, 3)],
        columns=[
            "model",
            "recipe",
            "task",
            "group",
            "share",
            "target",
            "unit",
            "mean",
            "low",
            "high",
            "n_reached",
            "n_seeds",
        ],
    )
    text = comparison_text(comparison(made, FOOD), made, fast).splitlines()
    assert text[4].split("  ")[:1] == ["alone"]
    assert "20 [10, 30]" in text[4]
