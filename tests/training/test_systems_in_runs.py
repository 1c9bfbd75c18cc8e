"""All ways of sharing with the schedules that few use: modulated, and meta-training."""

from itertools import product

import msgspec
import numpy as np
import pytest
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import TaskrelError
from taskrel.training.recipes.recipe import CNN, LSTM, Adam, BiLSTM, Gated, MetaTraining, Recipe
from taskrel.training.run import run

QUICK = Recipe(width=6, steps=12, batch=8, evaluations=3, dropout=0.2, optimiser=Adam(lr=0.02))
SHARING = ["hard", "branches", "cascade", Gated("sog"), Gated("cag", levels=(1,))]
SCHEDULES = ["modulated", MetaTraining(), MetaTraining(shots=3, order=2)]


def changed(**fields):
    return msgspec.structs.replace(QUICK, **fields)


def same(a, b):
    return a.scores == b.scores and a.curves == b.curves


@pytest.mark.slow
@pytest.mark.parametrize(("sharing", "schedule"), list(product(SHARING, SCHEDULES)), ids=repr)
@pytest.mark.parametrize(
    ("encoder", "tasks"),
    [
        (LSTM(layers=2, units=4, skip=True), [text_task(n=(40, 8, 8)), tagging_task(n=(24, 8, 8))]),
        (CNN(filters=5, dense=4), [text_task(n=(40, 8, 8)), multilabel_task(n=(24, 8, 8))]),
    ],
    ids=["lstm", "cnn"],
)
def test_every_system_trains_and_repeats_bit_for_bit(encoder, tasks, sharing, schedule):
    recipe = changed(encoder=encoder, sharing=sharing, schedule=schedule, epochs=2)
    result = run(tasks, recipe, 3)
    assert same(result, run(tasks, recipe, 3))
    # Two passes over 40 texts in batches of 8, and over as many as the auxiliary has.
    budgets = [10, 2 * (len(tasks[1].splits["train"]) // 8)]
    for task, budget in zip(tasks, budgets, strict=True):
        curve = result.curves[task.name, "train", "loss"]
        assert curve.steps == list(range(1, budget + 1))
        assert np.isfinite(curve.values).all()
        dev = result.curves[task.name, "dev", task.metric].steps
        assert dev[:3] == [budget // 3, 2 * (budget // 3), 3 * (budget // 3)]
        assert dev[-1] == budget
    gates = ("0", "1", "2") if sharing == Gated("sog") else ("1",)
    for task, checkpoint in product(tasks, ("best", "last")):
        found = {
            metric.removeprefix("similarity_"): value
            for (name, split, kind, metric), value in result.scores.items()
            if (name, split, kind) == (task.name, "test", checkpoint) and "simil" in metric
        }
        assert tuple(found) == (gates if isinstance(sharing, Gated) else ())
        assert all(-1 <= value <= 1 for value in found.values())
    assert not any("simil" in metric for _, split, _, metric in result.scores if split == "dev")


@pytest.fixture(scope="module")
def plain():
    """A run of one task, hard sharing and the uniform schedule."""
    return run([text_task()], QUICK, 0)


@pytest.mark.parametrize(("sharing", "schedule"), list(product(SHARING, SCHEDULES)), ids=repr)
def test_one_task_alone_is_trained_as_ever(plain, sharing, schedule):
    assert same(plain, run([text_task()], changed(sharing=sharing, schedule=schedule), 0))


def test_the_last_period_of_an_auxiliary_changes_nothing():
    """At rate 0: what the main task does then is what it does without those updates."""
    tasks = [text_task(), multilabel_task(n=(80, 20, 20))]
    result = run(tasks, changed(schedule="modulated", encoder=CNN(5, 3, 4), epochs=1), 0)
    alone = run(tasks[:1], changed(encoder=CNN(5, 3, 4), epochs=1, dropout=0.0), 0)
    beside = run(
        tasks, changed(schedule="modulated", encoder=CNN(5, 3, 4), epochs=1, dropout=0.0), 0
    )
    # One epoch: the auxiliary is at rate 0 throughout, the main task at the full rate.
    assert beside.curves["texts", "train", "loss"] == alone.curves["texts", "train", "loss"]
    assert result.curves["texts", "train", "loss"] != alone.curves["texts", "train", "loss"]


def test_periods_of_a_budget_in_steps_are_its_evaluations():
    tasks = [text_task(), multilabel_task()]
    curves = [
        run(tasks, changed(schedule="modulated", encoder=CNN(5, 3, 4), evaluations=n), 0)
        .curves["texts", "train", "loss"]
        .values
        for n in (3, 4)
    ]
    # The auxiliary's first update, before the main task's, is at rate ⅔ or ¾.
    assert curves[0][0] != curves[1][0]


def test_the_main_tasks_first_loss_is_that_of_its_first_batch_under_every_schedule():
    tasks = [text_task(), multilabel_task()]
    first = {
        run(tasks, changed(schedule=schedule, encoder=CNN(5, 3, 4), dropout=0.0), 0)
        .curves["texts", "train", "loss"]
        .values[0]
        for schedule in ("simultaneous", MetaTraining(), MetaTraining(shots=4, order=2))
    }
    assert len(first) == 1


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_divergence_is_an_error(schedule):
    with pytest.raises(TaskrelError, match="training diverged"):
        run(
            [text_task(), tagging_task()],
            changed(schedule=schedule, encoder=BiLSTM(units=4), optimiser=Adam(lr=1e38)),
            0,
        )


def test_the_optimiser_is_one_for_each_task_under_modulation(monkeypatch):
    from taskrel.training import prepare as module

    built = []
    real = module.build_optimiser
    monkeypatch.setattr(module, "build_optimiser", lambda *a: built.append(real(*a)) or built[-1])
    for schedule, n in (("modulated", 3), ("simultaneous", 1), (MetaTraining(), 1)):
        built.clear()
        run(
            [text_task(), multilabel_task(), tagging_task()],
            changed(schedule=schedule, steps=3, encoder=BiLSTM(units=4)),
            0,
        )
        assert len(built) == n
