import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.cost_regret import cost_regret_data, plot_cost_regret


def curve(model, main, *best):
    return pd.DataFrame({"model": model, "main": main, "k": range(len(best)), "best": best})


#: The ranker finds a's best auxiliary second and b's last.
BEST = pd.concat(
    [
        curve("ranker", "a", 0.0, 1, 4, 4),
        curve("ranker", "b", 0.0, 0, 0, 2),
        curve("random", "a", 0.0, 5 / 3, 3, 4),
        curve("random", "b", 0.0, 2 / 3, 4 / 3, 2),
        curve("oracle", "a", 0.0, 4, 4, 4),
        curve("oracle", "b", 0.0, 2, 2, 2),
    ]
)


def regret(data, model):
    return data.loc[data["model"] == model, "regret"].tolist()


def test_regret_by_hand():
    data = cost_regret_data(BEST)
    assert data["model"].drop_duplicates().tolist() == ["ranker", "random", "oracle"]
    assert regret(data, "ranker") == pytest.approx([(4 + 2) / 2, (3 + 2) / 2, (0 + 2) / 2, 0])
    assert regret(data, "random") == pytest.approx([3, (7 / 3 + 4 / 3) / 2, (1 + 2 / 3) / 2, 0])
    assert regret(data, "oracle") == [3, 0, 0, 0]


def test_cost_by_hand():
    data = cost_regret_data(BEST)
    assert list(data) == ["model", "k", "pairs", "share", "regret"]
    for _, rows in data.groupby("model"):
        assert rows["k"].tolist() == [0, 1, 2, 3]
        assert rows["pairs"].tolist() == [0, 2, 4, 6]
        assert rows["share"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_main_with_fewer_auxiliaries_is_done_earlier():
    data = cost_regret_data(pd.concat([BEST[BEST.model == "ranker"], curve("ranker", "m", 0, 6)]))
    assert regret(data, "ranker") == pytest.approx([12 / 3, 5 / 3, 2 / 3, 0])
    assert data["pairs"].tolist() == [0, 3, 5, 7]


def test_rows_may_come_in_any_order():
    pd.testing.assert_frame_equal(
        cost_regret_data(pd.concat([BEST.iloc[[0]], BEST.iloc[:0:-1]])).sort_values(
            ["model", "k"], ignore_index=True
        ),
        cost_regret_data(BEST).sort_values(["model", "k"], ignore_index=True),
    )


@pytest.mark.parametrize(
    ("best", "message"),
    [
        (BEST.drop(columns="best"), "column 'best' is missing; expected model, main, k, best"),
        (BEST.iloc[:0], "no ranked pair"),
        (
            BEST.assign(best=BEST["best"].replace(1.0, np.nan)),
            "'ranker' with main 'a' and k 1 has nan; expected one finite number",
        ),
        (pd.concat([BEST, BEST.head(1)]), "'ranker' with main 'a' and k 0 has 0.0; expected one"),
        (BEST.iloc[:-4], "main 'b' is not ranked by all models with the same gains"),
        (
            pd.concat([BEST, curve("other", "a", 0.0, 5), curve("other", "b", 0.0, 2)]),
            "main 'a' is not ranked by all models .* compare them on the same pairs",
        ),
    ],
)
def test_errors(best, message):
    with pytest.raises(TaskrelError, match=message):
        cost_regret_data(best)


def test_a_line_per_model_told_apart_without_colour():
    both = pd.concat([BEST, BEST[BEST.model == "ranker"].assign(model="other")])
    data = cost_regret_data(both)
    ax = plot_cost_regret(data, title="made up")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "ranker",
        "random ranking (expected)",
        "best ranking (gains known)",
        "other",
    ]
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 4
    for line, (_, rows) in zip(ax.lines, data.groupby("model", sort=False), strict=True):
        np.testing.assert_allclose(line.get_xdata(), rows["share"] * 100)
        np.testing.assert_allclose(line.get_ydata(), rows["regret"])
    assert ax.get_title(loc="left") == "made up"


def test_axes_state_the_cost_in_pairs_and_by_main_task():
    ax = plot_cost_regret(cost_regret_data(BEST))
    assert ax.get_xlabel() == "pairs trained, % of all 6"
    (top,) = ax.child_axes
    assert [t.get_text() for t in top.get_xticklabels()] == ["0", "1", "2", "3"]
    np.testing.assert_allclose(top.get_xticks(), [0, 100 / 3, 200 / 3, 100])


def test_nothing_to_lose_can_be_drawn():
    ax = plot_cost_regret(cost_regret_data(curve("ranker", "m", 0, 0, 0)))
    ax.figure.draw_without_rendering()
    assert ax.lines[0].get_ydata().tolist() == [0, 0, 0]


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_cost_regret(cost_regret_data(BEST), ax=ax) is ax
