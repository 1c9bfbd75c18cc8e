import numpy as np
import pytest
import torch
from made import tagging_task, text_task

from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model, build_optimiser
from taskrel.training.loop import Evaluate, Update, predict, train
from taskrel.training.recipes.recipe import BiLSTM, Recipe

RECIPE = Recipe(width=4, encoder=BiLSTM(units=3))


def setup(n_tasks=2):
    tasks = [tagging_task(), text_task()][:n_tasks]
    vocabulary = build_vocabulary(tasks, None)
    model = build_model(tasks, vocabulary, RECIPE, 0)
    batchers = [
        Batcher(t.splits["train"], rows, t.per_token, t.n_labels)
        for t, rows in zip(tasks, vocabulary.rows, strict=True)
    ]
    batches = [b.endless(4, np.random.default_rng(i)) for i, b in enumerate(batchers)]
    return model, build_optimiser(model, RECIPE.optimiser), batchers, batches


def test_records_follow_the_schedule():
    model, optimiser, _, batches = setup()
    schedule = [(0,), (1,), (0, 1), (0,)]  # the third step updates both tasks at once
    records = list(train(model, optimiser, batches, schedule, every=[2, 2]))
    assert [tuple(r[:3]) for r in records if isinstance(r, Update)] == [
        (1, 0, 1),
        (2, 1, 1),
        (3, 0, 2),
        (3, 1, 2),
        (4, 0, 3),
    ]
    assert [r for r in records if isinstance(r, Evaluate)] == [Evaluate(0, 2), Evaluate(1, 2)]


def test_a_step_moves_the_shared_part_and_its_own_head_only():
    model, optimiser, _, batches = setup()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    list(train(model, optimiser, batches, [(0,)], every=[9, 9]))
    moved = {
        k.split(".")[0] + "." + k.split(".")[1]
        for k, v in model.state_dict().items()
        if not torch.equal(v, before[k])
    }
    assert moved == {"words.weight", "encoder.forward_halves", "encoder.backward_halves", "heads.0"}


@pytest.mark.parametrize("norm", [1e-3, 1e3])
def test_clipping_bounds_the_joint_norm_of_all_gradients(norm):
    model, _, _, batches = setup(1)
    norms = []

    class Spy:
        def zero_grad(self):
            model.zero_grad()

        def step(self, tasks):
            parts = [
                p.grad.coalesce().values() if p.grad.is_sparse else p.grad
                for p in model.parameters()
                if p.grad is not None
            ]
            norms.append(torch.cat([p.flatten() for p in parts]).norm().item())

    list(train(model, Spy(), batches, [(0,)] * 3, every=[9, 9], clip=norm))
    free, _, _, batches = setup(1)
    model = free
    list(train(model, Spy(), batches, [(0,)] * 3, every=[9, 9]))
    for clipped, full in zip(norms[:3], norms[3:], strict=True):
        assert clipped == pytest.approx(min(full, norm), rel=1e-4)


def test_prediction_is_in_order_and_leaves_the_mode_alone():
    model, _, batchers, _ = setup(1)
    whole, loss = predict(model, 0, batchers[0], size=1000)
    assert model.training
    pieces, same_loss = predict(model, 0, batchers[0], size=3)
    np.testing.assert_array_equal(whole, pieces)
    assert loss == pytest.approx(same_loss, rel=1e-5)
    assert len(whole) == len(batchers[0].targets)
