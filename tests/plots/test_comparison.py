from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from taskrel.errors import TaskrelError
from taskrel.plots.comparison import comparison_data, plot_comparison, save_comparison
from taskrel.plots.style import BLUE, VERMILION

NAN = np.nan
COLUMNS = [
    "model",
    "recipe",
    "task",
    "group",
    "metric",
    "published",
    "mean",
    "low",
    "high",
    "n_seeds",
]
#: As the study has them: model by model; the picture goes task by task.
COMPARED = pd.DataFrame(
    [
        ("rule", "r", "food", "", "accuracy", 0.72, 0.70, NAN, NAN, 0),
        ("rule", "r", "price", "", "accuracy", 0.61, 0.60, NAN, NAN, 0),
        ("joint", "r", "food", "all", "accuracy", 0.78, 0.80, 0.75, 0.85, 3),
        ("joint", "r", "food", "all", "weighted_f1", NAN, 0.50, NAN, NAN, 1),
        ("joint", "r", "price", "all", "accuracy", 0.76, NAN, NAN, NAN, 0),
        ("joint", "r", "price", "all", "weighted_f1", NAN, NAN, NAN, NAN, 0),
    ],
    columns=COLUMNS,
)


def drawn(compared=COMPARED):
    return plot_comparison(comparison_data(compared), title="x")


def points(ax, marker):
    (line,) = [line for line in ax.lines if line.get_marker() == marker]
    return line, [*zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_rows_of_one_task_stand_together_below_its_name():
    data = comparison_data(COMPARED)
    assert list(zip(data.task, data.model, data.metric, data.place, strict=True)) == [
        ("food", "rule", "accuracy", 1),
        ("food", "joint", "accuracy", 2),
        ("food", "joint", "weighted_f1", 2),
        ("price", "rule", "accuracy", 4),
        ("price", "joint", "accuracy", 5),
        ("price", "joint", "weighted_f1", 5),
    ]


def test_models_of_one_name_have_a_line_for_each_recipe_and_group():
    twice = COMPARED.iloc[[2, 2, 2]].assign(recipe=["r", "s", "s"], group=["all", "all", ""])
    assert comparison_data(twice)["place"].tolist() == [1, 2, 3]


def test_each_score_is_drawn_where_it_belongs():
    accuracy, f1 = drawn().axes
    ours, at = points(accuracy, "o")
    assert to_hex(ours.get_color()) == BLUE.lower()
    assert at == [(0.80, 2)]
    assert points(accuracy, "s")[1] == [(0.70, 1), (0.60, 4)]
    diamond, at = points(accuracy, "D")
    assert at == [(0.72, 1), (0.78, 2), (0.61, 4), (0.76, 5)]
    assert (diamond.get_markerfacecolor(), to_hex(diamond.get_color())) == (
        "none",
        VERMILION.lower(),
    )
    assert points(f1, "o")[1] == [(0.50, 2)]
    assert [line.get_marker() for line in f1.lines] == ["o"]


def test_interval_is_drawn_where_there_is_one():
    accuracy, f1 = drawn().axes
    (bars,) = accuracy.collections
    ((left, right),) = bars.get_segments()
    assert [*left, *right] == pytest.approx([0.75, 2, 0.85, 2])
    assert [s for c in f1.collections for s in c.get_segments() if s.size] == []


def test_names_of_tasks_are_bold_and_rows_without_run_say_so():
    accuracy, f1 = drawn().axes
    labels = {
        t.get_position()[1]: (t.get_text(), t.get_fontweight()) for t in accuracy.get_yticklabels()
    }
    assert labels == {
        0: ("food", "bold"),
        1: ("rule", "normal"),
        2: ("joint", "normal"),
        3: ("price", "bold"),
        4: ("rule", "normal"),
        5: ("joint (no run)", "normal"),
    }
    assert accuracy.get_ylim() == f1.get_ylim() == (5.6, -0.6)
    assert [ax.get_title(loc="left") for ax in (accuracy, f1)] == [
        "accuracy on test",
        "weighted F1 on test",
    ]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            [0, 2],
            [
                "ours, mean and 95 % interval over seeds",
                "ours, a rule without training",
                "published",
            ],
        ),
        ([3], ["ours, mean and 95 % interval over seeds"]),
        ([4], ["published"]),
    ],
)
def test_legend_explains_what_is_drawn(rows, names):
    (legend,) = drawn(COMPARED.iloc[rows]).legends
    assert [t.get_text() for t in legend.get_texts()] == names


def test_where_nothing_is_known_nothing_is_drawn():
    figure = drawn(COMPARED.iloc[[5]])
    assert figure.legends == []
    assert figure.axes[0].lines[:] == []


def test_many_rows_do_not_overlap():
    many = pd.concat([COMPARED.assign(model=COMPARED.model + str(i)) for i in range(5)])
    figure = drawn(many)
    figure.draw_without_rendering()
    boxes = sorted(
        (t.get_window_extent() for t in figure.axes[0].get_yticklabels()), key=lambda box: box.y0
    )
    assert len(boxes) == 22
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


@pytest.mark.parametrize(
    ("compared", "says"),
    [
        (COMPARED.drop(columns="group"), "column 'group' is missing; expected task, model"),
        (COMPARED.iloc[:0], "no score to draw"),
    ],
)
def test_errors(compared, says):
    with pytest.raises(TaskrelError, match=says):
        comparison_data(compared)


def test_figure_can_be_drawn_from_its_csv(tmp_path):
    first = save_comparison(comparison_data(COMPARED), tmp_path / "one", "x")
    again = save_comparison(comparison_data(pd.read_csv(first[2])), tmp_path / "two", "x")
    assert [p.name for p in first] == ["x.png", "x.svg", "x.csv"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
