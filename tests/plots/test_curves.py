import numpy as np
import pandas as pd
import pytest

from taskrel.errors import TaskrelError
from taskrel.plots.curves import DEV, SCORE, TRAIN, plot_curves, save_curves, smoothed


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


def test_one_panel_per_task_in_order():
    figure = plot_curves(made("cab", score=False))
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["a", "b", "c"]


def test_axes_are_named_once_with_their_units():
    figure = plot_curves(made("abcd"))  # two rows of two
    assert figure.get_supxlabel() == "updates of the task"
    assert figure.get_supylabel() == "loss, nats"
    assert [ax.get_ylabel() for ax in figure.axes if ax.get_ylabel()] == ["dev score"] * 2


def test_panel_shows_raw_and_smoothed_training_loss_and_dev_loss():
    curves = made("a", score=False)
    (ax,) = plot_curves(curves).axes
    raw, smooth = lines(ax, TRAIN)
    train = curves[curves["split"] == "train"]
    np.testing.assert_array_equal(raw.get_ydata(), train["loss"])
    np.testing.assert_array_equal(smooth.get_ydata(), smoothed(train["loss"]))
    assert raw.get_linewidth() < smooth.get_linewidth()
    (dev,) = lines(ax, DEV)
    np.testing.assert_array_equal(dev.get_xdata(), np.arange(0, 100, 10))
    assert ax.get_ylim()[0] == 0


def test_dev_scores_have_their_own_axis():
    ax, right = plot_curves(made("a")).axes
    (score,) = lines(right, SCORE)
    assert score.get_ydata().tolist() == pytest.approx(np.arange(0, 1, 0.1))
    assert right.get_ylim() == (0, 1)
    assert right.get_ylabel() == "dev score"
    assert not lines(ax, SCORE)


def test_seeds_are_curves_of_their_own():
    (ax,) = plot_curves(made("a", seeds=(0, 1, 2), score=False)).axes
    assert (len(lines(ax, TRAIN)), len(lines(ax, DEV))) == (6, 3)


def test_rows_may_come_in_any_order():
    curves = made("a", score=False)
    steps = lines(plot_curves(curves.sample(frac=1, random_state=0)).axes[0], TRAIN)[0].get_xdata()
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
    assert [t.get_text() for t in plot_curves(curves).legends[0].get_texts()] == legend


@pytest.mark.parametrize(
    ("n_tasks", "grid"), [(1, (1, 1)), (4, (2, 2)), (6, (2, 3)), (18, (3, 6)), (30, (5, 6))]
)
def test_grid(n_tasks, grid):
    tasks = [f"t{i}" for i in range(n_tasks)]
    figure = plot_curves(made(tasks, n=20, score=False))
    assert len(figure.axes) == n_tasks
    assert figure.axes[0].get_subplotspec().get_gridspec().get_geometry() == grid


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


def test_saves_three_files_that_are_the_same_every_time(tmp_path):
    paths = save_curves(made(), tmp_path, "curves")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["curves.csv", "curves.png", "curves.svg"]
    first = [p.read_bytes() for p in paths]
    save_curves(made(), tmp_path, "curves")
    assert [p.read_bytes() for p in paths] == first
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "curves.csv"), made())
