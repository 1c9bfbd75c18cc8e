from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.comparison import comparison_data, plot_comparison
from taskrel.plots.style import BLUE, VERMILION, WIDTH

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
    """The sheet, which has a panel for food's accuracy, its F1, and price's accuracy."""
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
    food, f1, price = drawn().child_axes
    ours, at = points(food, "o")
    assert to_hex(ours.get_color()) == BLUE.lower()
    assert at == [(0.80, 2)]
    assert points(food, "s")[1] == [(0.70, 1)]
    assert points(price, "s")[1] == [(0.60, 4)]
    diamond, at = points(food, "D")
    assert at == [(0.72, 1), (0.78, 2)]
    assert points(price, "D")[1] == [(0.61, 4), (0.76, 5)]
    assert (diamond.get_markerfacecolor(), to_hex(diamond.get_color())) == (
        "none",
        VERMILION.lower(),
    )
    assert points(f1, "o")[1] == [(0.50, 2)]
    assert [line.get_marker() for line in f1.lines] == ["o"]


def test_interval_is_drawn_where_there_is_one():
    food, f1, _ = drawn().child_axes
    (bars,) = food.collections
    ((left, right),) = bars.get_segments()
    assert [*left, *right] == pytest.approx([0.75, 2, 0.85, 2])
    assert [s for c in f1.collections for s in c.get_segments() if s.size] == []


def test_names_of_tasks_are_bold_and_rows_without_run_say_so():
    food, f1, price = drawn().child_axes
    labels = [
        {t.get_position()[1]: (t.get_text(), t.get_fontweight()) for t in ax.get_yticklabels()}
        for ax in (food, price)
    ]
    assert labels == [
        {0: ("food", "bold"), 1: ("rule", "normal"), 2: ("joint", "normal")},
        {3: ("price", "bold"), 4: ("rule", "normal"), 5: ("joint (no run)", "normal")},
    ]
    assert food.get_ylim() == f1.get_ylim() == (2.6, -0.6)
    assert price.get_ylim() == (5.6, 2.4)
    assert not f1.yaxis.get_tick_params()["labelleft"]  # the rows are named on the left
    assert [ax.get_title(loc="left") for ax in (food, f1, price)] == [
        "accuracy",
        "weighted F1",
        "accuracy",
    ]


def test_tasks_of_the_same_metrics_share_their_panels():
    food, price = COMPARED.iloc[[0, 2]], COMPARED.iloc[[1, 4]]
    (ax,) = drawn(pd.concat([food, price])).child_axes
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "food",
        "price",
        "rule",
        "joint",
        "rule",
        "joint (no run)",
    ]
    assert ax.get_ylim() == (5.6, -0.6)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            [0, 2],
            [
                "ours, mean and 95 % interval over seeds",
                "ours, trivial baseline",
                "published",
            ],
        ),
        ([3], ["ours, mean and 95 % interval over seeds"]),
        ([4], ["published"]),
    ],
)
def test_legend_explains_what_is_drawn(rows, names):
    legend = drawn(COMPARED.iloc[rows]).get_legend()
    assert [t.get_text() for t in legend.get_texts()] == names


def test_where_nothing_is_known_nothing_is_drawn():
    sheet = drawn(COMPARED.iloc[[5]])
    assert sheet.get_legend() is None
    assert sheet.child_axes[0].lines[:] == []


def test_many_rows_do_not_overlap_and_fit_a_page():
    many = pd.concat([COMPARED.assign(model=COMPARED.model + str(i)) for i in range(5)])
    sheet = drawn(many)
    sheet.figure.draw_without_rendering()
    food, _, price = sheet.child_axes
    for ax, n in ((food, 11), (price, 11)):
        boxes = sorted((t.get_window_extent() for t in ax.get_yticklabels()), key=lambda b: b.y0)
        assert len(boxes) == n
        assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert price.get_tightbbox().y1 < food.get_tightbbox().y0
    assert sheet.get_tightbbox().width / sheet.figure.dpi < 1.03 * WIDTH


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_comparison(comparison_data(COMPARED), ax=ax) is ax
    assert len(ax.child_axes) == 3


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
