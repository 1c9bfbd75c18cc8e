from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.cost_regret import cost_regret_data, plot_cost_regret, save_cost_regret

# The ranker finds a's best auxiliary second and b's last.
RANKED = pd.DataFrame(
    [
        ("a", "c", 0.5, 4, 20),
        ("a", "b", 0.9, 1, 10),
        ("a", "d", 0.1, -2, 30),
        ("b", "a", 0.9, -1, 40),
        ("b", "c", 0.5, -2, 50),
        ("b", "d", 0.1, 2, 50),
    ],
    columns=["main", "aux", "score", "gain", "seconds"],
)
PAIRS = RANKED.drop(columns="seconds")


def regret(data, model):
    return data.loc[data["model"] == model, "regret"].tolist()


def one_main(gains, scores):
    return pd.DataFrame(
        {"main": "m", "aux": [f"x{i}" for i in range(len(gains))], "score": scores, "gain": gains}
    )


def test_regret_by_hand():
    data = cost_regret_data(PAIRS)
    # a: best 4, tried 0, 1, 4, 4; b: best 2, tried 0, 0, 0, 2
    assert regret(data, "predictor") == pytest.approx([(4 + 2) / 2, (3 + 2) / 2, (0 + 2) / 2, 0])
    # a: one of 4, 1, 0: 5/3 on average; two of them: (4 + 4 + 1) / 3. b: 2/3, 4/3
    assert regret(data, "random") == pytest.approx([3, (7 / 3 + 4 / 3) / 2, (1 + 2 / 3) / 2, 0])
    assert regret(data, "oracle") == [3, 0, 0, 0]


def test_cost_in_pairs_by_hand():
    data = cost_regret_data(PAIRS)
    assert list(data) == ["model", "k", "pairs", "share", "regret"]
    for _, curve in data.groupby("model"):
        assert curve["k"].tolist() == [0, 1, 2, 3]
        assert curve["pairs"].tolist() == [0, 2, 4, 6]
        assert curve["share"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_cost_in_seconds_by_hand():
    data = cost_regret_data(RANKED).set_index("model")
    assert data.loc["predictor", "seconds"].tolist() == [0, 10 + 40, 30 + 90, 200]
    assert data.loc["random", "seconds"].tolist() == pytest.approx([0, 200 / 3, 400 / 3, 200])
    assert data.loc["oracle", "seconds"].tolist() == [0, 20 + 50, 30 + 90, 200]
    assert data.loc["oracle", "share"].tolist() == pytest.approx([0, 0.35, 0.6, 1])


@pytest.mark.parametrize(
    ("ranked", "cost", "spent"),
    [
        (PAIRS.assign(upfront=0.25), "pairs", [1.5, 3.5, 5.5, 7.5]),
        (RANKED.assign(upfront=[0.1, 0, 0, 0.5, 0, 0]), "seconds", [22, 72, 142, 222]),
    ],
)
def test_what_was_spent_before_the_first_is_tried(ranked, cost, spent):
    data = cost_regret_data(ranked).set_index("model")
    assert data.loc["predictor", cost].tolist() == pytest.approx(spent)
    whole = {"pairs": 6, "seconds": 200}[cost]
    assert data.loc["predictor", "share"].tolist() == pytest.approx([s / whole for s in spent])
    assert regret(data.reset_index(), "predictor") == [3, 2.5, 1, 0]  # as without
    for model in ("random", "oracle"):  # bounds pay for nothing
        assert data.loc[model, cost].tolist()[::3] == [0, whole]
    ax = plot_cost_regret(data.reset_index())
    assert f"(100 % = {whole} pairs)" in ax.get_xlabel() or cost == "seconds"
    assert ax.get_xlim()[1] > 100 * spent[-1] / whole


def test_nobody_has_to_take_a_loss():
    assert set(cost_regret_data(one_main([-1, -3], [0, 1]))["regret"]) == {0}


def test_main_with_fewer_auxiliaries_is_done_earlier():
    data = cost_regret_data(pd.concat([PAIRS, one_main([6], [1.0])]))
    assert regret(data, "predictor") == pytest.approx([12 / 3, 5 / 3, 2 / 3, 0])
    assert data.loc[data["model"] == "predictor", "pairs"].tolist() == [0, 3, 5, 7]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(0, 2)), min_size=1, max_size=6))
def test_ties_are_the_mean_over_their_orders(pairs):
    gains, scores = np.array(pairs).T
    data = cost_regret_data(one_main(gains, scores))
    for model, score in (("predictor", scores), ("random", 0 * scores)):
        orders = [
            o
            for o in permutations(range(len(gains)))
            if all(score[x] >= score[y] for x, y in pairwise(o))
        ]
        tried = np.mean([np.maximum.accumulate([0, *gains[list(o)]]) for o in orders], axis=0)
        assert regret(data, model) == pytest.approx(max(0, gains.max()) - tried)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-1, 1)), min_size=1, max_size=40))
def test_curves_fall_to_zero_and_none_beats_the_oracle(pairs):
    gains, scores = np.array(pairs).T
    data = cost_regret_data(one_main(gains, scores))
    best = np.array(regret(data, "oracle"))
    for model in ("predictor", "random", "oracle"):
        curve = np.array(regret(data, model))
        assert (np.diff(curve) <= 1e-9).all()
        assert curve[-1] == pytest.approx(0, abs=1e-9)
        assert (curve >= best - 1e-9).all()


def test_models_keep_their_order_and_share_random_and_oracle():
    both = pd.concat([PAIRS.assign(model="z"), PAIRS.assign(model="a", score=-PAIRS["score"])])
    data = cost_regret_data(both)
    assert data["model"].drop_duplicates().tolist() == ["z", "a", "random", "oracle"]
    assert regret(data, "z") == regret(cost_regret_data(PAIRS), "predictor")
    assert regret(data, "a") == [3, 2, 0, 0]  # a: −2, 4, 1; b: 2, −2, −1


@pytest.mark.parametrize(
    ("ranked", "message"),
    [
        (PAIRS.drop(columns="score"), "column 'score' is missing"),
        (PAIRS.iloc[:0], "no ranked pair"),
        (
            PAIRS.astype({"gain": float}).replace(4.0, np.nan),
            "gain of main 'a' with auxiliary 'c' is nan; expected a finite number$",
        ),
        (RANKED.replace(30, 0), "seconds of main 'a' with auxiliary 'd' is 0; .* above 0"),
        (
            PAIRS.assign(upfront=-0.1),
            "upfront of main 'a' with auxiliary 'c' is -0.1; expected a finite number, 0 or more$",
        ),
        (PAIRS.assign(model="oracle"), "'oracle' is drawn anyway"),
        (pd.concat([PAIRS, PAIRS.tail(1)]), "main 'b' with auxiliary 'd' occurs twice"),
        (
            pd.concat([PAIRS.assign(model="x"), PAIRS.assign(model="y").tail(5)]),
            "main 'a' with auxiliary 'c' is not ranked by all models",
        ),
        (
            pd.concat([PAIRS.assign(model="x"), PAIRS.assign(model="y", gain=1)]),
            "main 'a' with auxiliary 'c' is not ranked by all models with the same gain",
        ),
    ],
)
def test_errors(ranked, message):
    with pytest.raises(TaskrelError, match=message):
        cost_regret_data(ranked)


def test_a_line_per_model_told_apart_without_colour():
    both = pd.concat([PAIRS.assign(model=m) for m in "xy"])
    data = cost_regret_data(both)
    ax = plot_cost_regret(data, title="made up")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "x",
        "y",
        "random order (expected)",
        "best order (gains known)",
    ]
    assert len({(line.get_marker(), line.get_linestyle()) for line in ax.lines}) == 4
    for line, (_, curve) in zip(ax.lines, data.groupby("model", sort=False), strict=True):
        np.testing.assert_allclose(line.get_xdata(), curve["share"] * 100)
        np.testing.assert_allclose(line.get_ydata(), curve["regret"])
    assert ax.get_title(loc="left") == "made up"


def test_axes_state_the_unit_of_cost():
    ax = plot_cost_regret(cost_regret_data(PAIRS))
    assert ax.get_xlabel().endswith("% (100 % = 6 pairs)")
    (top,) = ax.child_axes
    assert [t.get_text() for t in top.get_xticklabels()] == ["0", "1", "2", "3"]
    np.testing.assert_allclose(top.get_xticks(), [0, 100 / 3, 200 / 3, 100])
    ax = plot_cost_regret(cost_regret_data(RANKED.assign(seconds=RANKED["seconds"] * 45)))
    assert ax.get_xlabel().endswith("% (100 % = 2.5 hours of training)")
    assert not ax.child_axes


def test_nothing_to_lose_can_be_drawn(tmp_path):
    assert save_cost_regret(cost_regret_data(one_main([-1], [1.0])), tmp_path, "x")[0].exists()


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_cost_regret(cost_regret_data(PAIRS), ax=ax) is ax


def test_figure_can_be_drawn_from_its_csv(tmp_path):
    first = save_cost_regret(cost_regret_data(RANKED), tmp_path / "one", "x")
    again = save_cost_regret(pd.read_csv(first[2]), tmp_path / "two", "x")
    assert [p.name for p in first] == ["x.png", "x.svg", "x.csv"]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
