import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from taskrel.errors import TaskrelError
from taskrel.plots.curves import DEV, SCORE, TRAIN, plot_curves, smoothed
from taskrel.plots.style import WIDTH


def made(tasks="ab", n=100, seeds=(0,), score=True):
    rng, rows = np.random.default_rng(0), []
    for task in tasks:
        for seed in seeds:
            rows += [(task, "train", s, 2 + rng.normal(0, 0.1), np.nan, seed) for s in range(n)]
            rows += [(task, "dev", s, 1.5, s / n, seed) for s in range(0, n, 10)]
    columns = ["task", "split", "step", "loss", "score", "seed"]
    return pd.DataFrame(rows, columns=columns).drop(columns=[] if score else "score")


def lines(ax, colour):
    return [line for line in ax.lines if line.get_color() == colour]


def test_smoothing_by_hand():
    # 60 points: the window is 2 · int(0.05 · 60 / 2) + 1 = 3
    loss = pd.Series(np.zeros(60))
    loss[[0, 30]] = 3.0
    smooth = smoothed(loss)
    assert smooth[[0, 1, 2]].tolist() == pytest.approx([1.5, 1, 0])
    assert smooth[[28, 29, 30, 31, 32]].tolist() == pytest.approx([0, 1, 1, 1, 0])


@pytest.mark.parametrize(("n", "window"), [(10, 1), (39, 1), (40, 3), (100, 5), (2500, 125)])
def test_window_is_five_percent_and_odd(n, window):
    loss = pd.Series(np.zeros(n))
    loss[n // 2] = 1.0
    assert (smoothed(loss) > 1e-12).sum() == window


def panels(curves):
    return plot_curves(curves).child_axes


def test_one_panel_per_task_in_order():
    assert [ax.get_title(loc="left") for ax in panels(made("cab", score=False))] == ["a", "b", "c"]


def test_axes_are_named_at_the_edges_with_their_units():
    found = panels(made("abcd"))  # two rows of two
    assert [ax.get_ylabel() for ax in found] == ["loss, nats", "", "loss, nats", ""]
    assert [ax.get_xlabel() for ax in found] == ["", "", *["updates of the task"] * 2]
    assert [ax.child_axes[0].get_ylabel() for ax in found] == ["", "dev score"] * 2


def test_panel_shows_raw_and_smoothed_training_loss_and_dev_loss():
    curves = made("a", score=False)
    (ax,) = panels(curves)
    raw, smooth = lines(ax, TRAIN)
    train = curves[curves["split"] == "train"]
    np.testing.assert_array_equal(raw.get_ydata(), train["loss"])
    np.testing.assert_array_equal(smooth.get_ydata(), smoothed(train["loss"]))
    assert raw.get_linewidth() < smooth.get_linewidth()
    (dev,) = lines(ax, DEV)
    np.testing.assert_array_equal(dev.get_xdata(), np.arange(0, 100, 10))
    assert ax.get_ylim()[0] == 0


def test_dev_scores_have_their_own_axis():
    (ax,) = panels(made("a"))
    (right,) = ax.child_axes
    (score,) = lines(right, SCORE)
    assert score.get_ydata().tolist() == pytest.approx(np.arange(0, 1, 0.1))
    assert right.get_ylim() == (0, 1)
    assert right.get_ylabel() == "dev score"
    assert not lines(ax, SCORE)


def test_seeds_are_curves_of_their_own():
    (ax,) = panels(made("a", seeds=(0, 1, 2), score=False))
    assert (len(lines(ax, TRAIN)), len(lines(ax, DEV))) == (6, 3)


def test_rows_may_come_in_any_order():
    curves = made("a", score=False)
    steps = lines(panels(curves.sample(frac=1, random_state=0))[0], TRAIN)[0].get_xdata()
    assert (np.diff(steps) > 0).all()


@pytest.mark.parametrize(
    ("curves", "legend"),
    [
        (made("ab"), ["training loss", "dev loss", "dev score (right axis)"]),
        (made("ab", score=False), ["training loss", "dev loss"]),
        (made("ab").query("split == 'train'"), ["training loss"]),
        (made("ab").assign(loss=np.nan), ["dev score (right axis)"]),
    ],
    ids=["all", "no score", "no dev", "no loss"],
)
def test_legend_names_what_is_drawn(curves, legend):
    assert [t.get_text() for t in plot_curves(curves).get_legend().get_texts()] == legend


@pytest.mark.parametrize(
    ("n_tasks", "grid"),
    [
        (1, (1, 1)),
        (4, (2, 2)),
        (6, (2, 3)),
        (18, (5, 4)),
        pytest.param(30, (8, 4), marks=pytest.mark.slow),
    ],
)
def test_grid_is_no_wider_than_a_page(n_tasks, grid):
    sheet = plot_curves(made([f"t{i}" for i in range(n_tasks)], n=20, score=False))
    corners = [ax.get_position() for ax in sheet.child_axes]
    assert len(corners) == n_tasks
    rows, columns = ({round(getattr(box, end), 6) for box in corners} for end in ("y0", "x0"))
    assert (len(rows), len(columns)) == grid
    assert sheet.figure.get_figwidth() <= WIDTH


def test_draws_into_the_given_axes():
    ax = Figure().add_subplot()
    assert plot_curves(made(), ax=ax, title="x") is ax
    assert ax.get_title("left") == "x"


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        (made().iloc[:0], "no row to draw"),
        (made().drop(columns="step"), "column 'step' is missing"),
    ],
)
def test_errors(curves, message):
    with pytest.raises(TaskrelError, match=message):
        plot_curves(curves)
