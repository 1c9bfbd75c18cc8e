import msgspec
import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.tasks.vectors import Vectors
from taskrel.training.recipe import Adadelta, Adam, BiLSTM, Recipe
from taskrel.training.run import run

QUICK = Recipe(width=8, steps=40, batch=8, evaluations=4, encoder=BiLSTM(units=6),
               optimiser=Adam(lr=0.02))


def changed(**fields):
    return msgspec.structs.replace(QUICK, **fields)


def same(a, b):
    return (a.scores == b.scores and a.curves == b.curves
            and all(np.array_equal(a.correct[t], b.correct[t]) for t in a.correct))


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("tasks", [
    [tagging_task()], [text_task()], [multilabel_task()],
    [multilabel_task(), tagging_task(), text_task()],
], ids=["tagging", "classification", "multilabel", "three kinds"])
def test_every_kind_trains_alone_and_together(tasks):
    result = run(tasks, QUICK, seed=0)
    n_updates = 0
    for task in tasks:
        curve = result.curves[task.name, "train", "loss"]
        assert curve.steps == list(range(1, len(curve.steps) + 1))
        n_updates += len(curve.steps)
        assert np.mean(curve.values[-10:]) < np.mean(curve.values[:10])
        dev = result.curves[task.name, "dev", task.metric]
        assert dev.steps[-1] == len(curve.steps)
        assert dev.steps[:3] == [10, 20, 30]
        # The best checkpoint is the best of the dev curve, the last one its end.
        score = result.scores
        assert score[task.name, "dev", "best", task.metric] == max(dev.values)
        assert score[task.name, "dev", "last", task.metric] == dev.values[-1]
        assert 0 <= score[task.name, "test", "best", task.metric] <= 1
    assert n_updates == 40 * len(tasks)


def test_learns_what_can_be_learned():
    result = run([tagging_task(n=(200, 50, 50))], changed(steps=200), seed=0)
    assert result.scores["tags", "test", "best", "accuracy"] > 0.99
    assert result.correct["tags"].mean() == result.scores["tags", "test", "best", "accuracy"]


@pytest.mark.parametrize("recipe", [
    QUICK,
    changed(dropout=0.3, optimiser=Adadelta(), precision="bfloat16", clip=0.5),
    changed(encoder=BiLSTM(layers=2, units=4), tune_vectors=False, pool="mean"),
], ids=["plain", "dropout, bfloat16, clip", "two layers, fixed vectors"])
def test_same_spec_same_result_bit_for_bit(recipe):
    tasks = [tagging_task(), text_task()]
    before = torch.get_rng_state()
    first = run(tasks, recipe, seed=3)
    torch.rand(7)  # whatever happens to the global state between two runs
    assert same(first, run(tasks, recipe, seed=3))
    assert not same(first, run(tasks, recipe, seed=4))
    torch.set_rng_state(before)


def test_the_global_random_state_is_left_alone():
    before = torch.get_rng_state()
    run([tagging_task()], changed(dropout=0.3), seed=0)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("tune", [True, False])
def test_pretrained_vectors_are_read_and_kept_unless_tuned(tune, monkeypatch):
    from taskrel.training import run as module

    built = []
    real = module.build_model
    monkeypatch.setattr(module, "build_model",
                        lambda *a: built.append(real(*a)) or built[-1])
    vectors = Vectors(("ba", "be"), np.array([[1, 2, 3], [4, 5, 6]], np.float32), "0")
    run([tagging_task()], changed(tune_vectors=tune), seed=0, vectors=vectors)
    rows = built[0].words.weight[2:4]
    assert rows.shape == (2, 3)
    assert torch.equal(rows, torch.tensor([[1.0, 2, 3], [4, 5, 6]])) != tune


def test_test_split_selects_nothing(monkeypatch):
    """Scores on dev and the weights do not change when the test split does."""
    task = tagging_task()
    train_dev = {s: task.splits[s] for s in ("train", "dev")}
    from dataclasses import replace

    other = replace(task, splits={**train_dev, "test": task.splits["dev"]})
    a, b = run([task], QUICK, seed=0), run([other], QUICK, seed=0)
    assert a.curves == b.curves
    assert b.scores["tags", "test", "best", "accuracy"] == \
        b.scores["tags", "dev", "best", "accuracy"]


@pytest.mark.parametrize("checkpoint", ["best", "last"])
def test_correctness_is_that_of_the_checkpoint_of_record(checkpoint):
    result = run([tagging_task()], changed(checkpoint=checkpoint, steps=12), seed=1)
    score = result.scores["tags", "test", checkpoint, "accuracy"]
    assert result.correct["tags"].mean() == pytest.approx(score)


def test_progress_counts_steps():
    seen = []
    run([tagging_task(), text_task()], changed(steps=60), seed=0, progress=seen.append)
    assert seen == [50, 100]
