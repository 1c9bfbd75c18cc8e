from dataclasses import replace
from functools import cache
from itertools import combinations

import msgspec
import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import TaskrelError
from taskrel.models.precision import has_bfloat16
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.evaluation.metrics import score
from taskrel.training.loop import predict
from taskrel.training.recipes.recipe import Adadelta, Adam, BiLSTM, Head, MetaTraining, Recipe
from taskrel.training.run import run
from taskrel.training.schedules.schedules import SCHEDULES, schedule_name

QUICK = Recipe(
    width=8, steps=40, batch=8, evaluations=4, encoder=BiLSTM(units=6), optimiser=Adam(lr=0.02)
)


#: For tests of whether two curves differ.
FEW_STEPS = 12


def changed(**fields):
    return msgspec.structs.replace(QUICK, **fields)


def few(**fields):
    return changed(**{"steps": FEW_STEPS} | fields)


def same(a, b):
    return a.scores == b.scores and a.curves == b.curves


@pytest.mark.parametrize(
    "tasks",
    [
        [tagging_task()],
        [text_task()],
        [multilabel_task()],
        [multilabel_task(), tagging_task(), text_task()],
    ],
    ids=["tagging", "classification", "multilabel", "three kinds"],
)
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
        if len(tasks) == 1:  # else the others have moved the weights since
            assert score[task.name, "dev", "last", task.metric] == dev.values[-1]
        assert 0 <= score[task.name, "test", "best", task.metric] <= 1
    assert n_updates == 40 * len(tasks)


def test_learns_what_can_be_learned():
    result = run([tagging_task(n=(200, 50, 50))], changed(steps=200), seed=0)
    assert result.scores["tags", "test", "best", "accuracy"] > 0.99


@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param(QUICK, marks=pytest.mark.slow),
        changed(dropout=0.3, optimiser=Adadelta(), precision="bfloat16", clip=0.5),
        pytest.param(
            changed(encoder=BiLSTM(layers=2, units=4), tune_vectors=False, pool="mean"),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["plain", "dropout, bfloat16, clip", "two layers, fixed vectors"],
)
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
    from taskrel.training import prepare as module

    built = []
    real = module.build_model
    monkeypatch.setattr(module, "build_model", lambda *a: built.append(real(*a)) or built[-1])
    vectors = Vectors(("ba", "be"), np.array([[1, 2, 3], [4, 5, 6]], np.float32), "0")
    run([tagging_task()], changed(tune_vectors=tune), seed=0, pretrained=vectors)
    rows = built[0].words.weight[2:4]
    assert rows.shape == (2, 3)
    assert torch.equal(rows, torch.tensor([[1.0, 2, 3], [4, 5, 6]])) != tune


def test_test_split_selects_nothing():
    """Neither other test texts, with other words, nor other test labels change the training."""

    def task(test):
        rng = np.random.default_rng(0)
        parts = {
            s: [
                Example(rng.choice(["ba", "be", "da"], 4).tolist(), list("XYXY")) for _ in range(20)
            ]
            for s in ("train", "dev")
        }
        return encode({**parts, "test": test}, kind="tagging", metric="accuracy", name="t")

    vectors = Vectors(("ba", "bi", "du"), np.eye(3, dtype=np.float32), "0")
    tests = ([Example(["ba"], ["X"])], [Example(["du", "bi", "new"], list("YZX"))])
    a, b = (run([task(test)], changed(dropout=0.2), 0, vectors) for test in tests)
    assert a.curves == b.curves
    assert {k: v for k, v in a.scores.items() if k[1] == "dev"} == {
        k: v for k, v in b.scores.items() if k[1] == "dev"
    }


FIELDS = {
    "width": 9,
    "tune_vectors": False,
    "max_tokens": 2,
    "encoder": BiLSTM(layers=2, units=6),
    "dropout": 0.3,
    "clip": 0.01,
    "batch": 7,
    "bucketed": False,
    "steps": FEW_STEPS + 1,
    "evaluations": 3,
    "precision": "bfloat16",
    "pool": "mean",
    "optimiser": Adadelta(),
    "loss": "sigmoid",
    "head": Head(hidden=3),
    "class_weights": {"b": 3.0},
    "epochs": 3,
    "common_batches": True,
}


@pytest.fixture(scope="module")
def plain():
    """Curves of a text task with no field of the recipe changed."""
    return run([text_task()], few(), seed=0).curves


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_a_recipe_has_an_effect(field, plain):
    if field == "precision" and not has_bfloat16("cpu"):
        pytest.skip("this processor has no bfloat16")
    assert run([text_task()], few(**{field: FIELDS[field]}), seed=0).curves != plain


def test_a_summed_multi_label_loss_is_that_of_sigmoid_sum_and_no_other_tasks_business():
    mean, total, both = (
        run([multilabel_task()], few(**fields), seed=0).curves
        for fields in ({}, {"multilabel": "sum"}, {"loss": "sigmoid_sum"})
    )
    assert mean != total == both
    one, other = (run([text_task()], few(multilabel=how), seed=0) for how in ("mean", "sum"))
    assert same(one, other)


@pytest.mark.parametrize("task", [text_task(), multilabel_task()], ids=lambda task: task.kind)
def test_every_loss_is_one_of_its_own(task):
    curves = {
        loss: run([task], few(loss=loss), seed=0).curves
        for loss in ("softmax", "sigmoid", "sigmoid_sum")
    }
    alike = [pair for pair in combinations(curves, 2) if curves[pair[0]] == curves[pair[1]]]
    # Many labels are a yes or no for each anyway.
    assert alike == ([("softmax", "sigmoid")] if task.kind == "multilabel" else [])


@pytest.mark.slow
def test_every_schedule_is_one_of_its_own_but_for_one_task():
    pair, one = [text_task(), tagging_task()], [text_task()]
    schedules = [
        "uniform",
        "simultaneous",
        "sequential",
        "modulated",
        "auxiliary_first",
        "transfer",
        MetaTraining(),
        MetaTraining(order=2),
        MetaTraining(shots=3),
        MetaTraining(lr=0.1),
    ]
    assert {schedule_name(schedule) for schedule in schedules} == set(SCHEDULES)
    results = [
        [run(tasks, changed(schedule=schedule, steps=12), 0) for schedule in schedules]
        for tasks in (pair, one)
    ]
    assert not any(same(a, b) for a, b in combinations(results[0], 2))
    assert all(same(results[1][0], other) for other in results[1][1:])


PARTS = [
    (Adadelta(), Adadelta(lr=0.5)),
    (Adadelta(), Adadelta(rho=0.5)),
    (Adadelta(), Adadelta(eps=1e-3)),
    (Adam(), Adam(lr=0.1)),
    (Adam(), Adam(beta1=0.5)),
    (Adam(), Adam(beta2=0.5)),
    (Adam(), Adam(eps=0.1)),
    (BiLSTM(units=4), BiLSTM(units=5)),
    (BiLSTM(units=4), BiLSTM(units=4, layers=2)),
    (Head(), Head(attention=2)),
    (Head(attention=2), Head(attention=3)),
    (Head(), Head(hidden=4)),
    (Head(hidden=4), Head(hidden=5)),
    (Head(hidden=4), Head(hidden=4, activation="tanh")),
    (Head(hidden=4), Head(hidden=4, dropout=0.5)),
]


@cache
def curves_with(part):
    name = {BiLSTM: "encoder", Head: "head"}.get(type(part), "optimiser")
    return run([tagging_task()], few(**{name: part}), seed=0).curves


@pytest.mark.parametrize(("one", "other"), PARTS, ids=repr)
def test_every_field_of_the_parts_has_an_effect(one, other):
    assert curves_with(one) != curves_with(other)


def test_threshold_decides_what_a_multilabel_text_gets():
    low, high = (
        run([multilabel_task()], changed(threshold=t), seed=0).scores for t in (0.05, 0.95)
    )
    assert low["many", "test", "last", "micro_f1"] != high["many", "test", "last", "micro_f1"]


def test_all_fields_are_covered():
    elsewhere = {"vectors", "sharing", "schedule", "threshold", "checkpoint", "multilabel"}
    elsewhere |= {"states", "aux_steps", "evaluate"}  # see test_transfer
    assert {f.name for f in msgspec.structs.fields(Recipe)} == set(FIELDS) | elsewhere
    for part in {type(one) for one, _ in PARTS}:  # a transformer's have tests with its encoder
        assert {f.name for f in msgspec.structs.fields(part)} == {
            f.name
            for one, other in PARTS
            if type(one) is part
            for f in msgspec.structs.fields(part)
            if getattr(one, f.name) != getattr(other, f.name)
        }


def test_in_a_pair_each_task_is_scored_with_its_own_best_weights(monkeypatch):
    """Scores on test = scores of whichever dev evaluation was this task's first best one."""
    from taskrel.training import checkpoints
    from taskrel.training import run as module

    tasks, seen = [tagging_task(), text_task()], []
    real = module.score

    def spy(task, split, predicted):
        seen.append((task.name, split, predicted))
        return real(task, split, predicted)

    # Dev and test are the same texts here, so equal weights give equal predictions.
    tasks = [replace(t, splits={**t.splits, "test": t.splits["dev"]}) for t in tasks]
    for room in (module, checkpoints):
        monkeypatch.setattr(room, "score", spy)
    result = run(tasks, changed(optimiser=Adam(lr=0.2), steps=60, evaluations=12), seed=2)
    best_steps = set()
    for task in tasks:
        dev = [p for name, split, p in seen if (name, split) == (task.name, "dev")]
        test = [p for name, split, p in seen if (name, split) == (task.name, "test")]
        values = result.curves[task.name, "dev", "accuracy"].values
        first_best = values.index(max(values))
        np.testing.assert_array_equal(test[0], dev[-1])  # last, then best
        np.testing.assert_array_equal(test[1], dev[first_best])
        best_steps.add(first_best)
    assert len(best_steps) == 2, "the two tasks peak together: this seed proves nothing"


def test_divergence_is_an_error():
    with pytest.raises(TaskrelError, match=r"training diverged: the loss is (nan|inf) at step"):
        run([tagging_task()], changed(optimiser=Adam(lr=1e38)), seed=0)


@pytest.mark.parametrize("checkpoint", ["best", "last"])
def test_look_sees_the_weights_of_the_checkpoint_of_record(checkpoint):
    task, seen = text_task(), []
    recipe = changed(checkpoint=checkpoint, evaluations=10, optimiser=Adam(lr=0.1))

    def look(i, model, tests):
        seen.append((i, score(task, "test", predict(model, i, tests[i])[0])))

    result = run([task], recipe, seed=0, look=look)
    of = {
        c: {m: result.scores["texts", "test", c, m] for m in seen[0][1]} for c in ("best", "last")
    }
    assert seen == [(0, of[checkpoint])]
    assert of["best"] != of["last"], "the best is the last one: this seed proves nothing"


def test_progress_counts_steps():
    seen = []
    run([tagging_task(), text_task()], changed(steps=60), seed=0, progress=seen.append)
    assert seen == [50, 100]
