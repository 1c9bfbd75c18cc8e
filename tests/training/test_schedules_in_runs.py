"""Effects of schedules, partial labels and common batches on a run."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.tasks.task import ABSENT, Split
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training import prepare
from taskrel.training import run as module
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model, build_optimiser
from taskrel.training.loop import train
from taskrel.training.recipes.recipe import Adam, BiLSTM, Recipe
from taskrel.training.run import run

QUICK = Recipe(
    width=8, steps=20, batch=8, evaluations=2, encoder=BiLSTM(units=6), optimiser=Adam(lr=0.02)
)


def changed(**fields):
    return msgspec.structs.replace(QUICK, **fields)


def partly(task, name, keep):
    """The same texts, with the labels of those texts alone for which keep(i) holds."""
    splits = {}
    for split, part in task.splits.items():
        kept = np.array([keep(i) for i in range(len(part))])
        kept = np.repeat(kept, part.lengths) if task.kind == "tagging" else kept
        splits[split] = Split(
            part.tokens.copy(),
            part.offsets.copy(),
            np.where(kept, part.targets, ABSENT).astype(part.targets.dtype),
        )
    return replace(task, name=name, splits=splits)


def fewer(task, name, keep):
    """Those texts alone for which keep(i) holds, with their labels."""
    splits = {}
    for split, part in task.splits.items():
        kept = np.array([keep(i) for i in range(len(part))])
        tokens = np.repeat(kept, part.lengths)
        splits[split] = Split(
            part.tokens[tokens],
            np.concatenate([[0], np.cumsum(part.lengths[kept])]),
            part.targets[tokens if task.kind == "tagging" else kept],
        )
    return replace(task, name=name, splits=splits)


def test_a_simultaneous_step_follows_the_sum_of_the_losses():
    tasks = [tagging_task(), text_task()]
    vocabulary = build_vocabulary(tasks, None)

    def gradients(steps):
        model = build_model(tasks, vocabulary, QUICK, 0)
        batches = [
            Batcher(t.splits["train"], rows, t.per_token, t.n_labels).endless(
                8, np.random.default_rng(i)
            )
            for i, (t, rows) in enumerate(zip(tasks, vocabulary.rows, strict=True))
        ]
        list(train(model, _Still(model), batches, steps, every=[9, 9]))
        return {
            name: p.grad.to_dense() for name, p in model.named_parameters() if p.grad is not None
        }

    both, first, second = (gradients([step]) for step in ((0, 1), (0,), (1,)))
    for name, gradient in both.items():
        expected = first.get(name, 0) + second.get(name, 0)
        torch.testing.assert_close(gradient, expected + torch.zeros_like(gradient))


class _Still:
    """An optimiser that leaves the weights where they are."""

    def __init__(self, model):
        self.zero_grad = model.zero_grad

    def step(self, tasks):
        pass


def test_simultaneous_updates_every_task_in_every_step():
    seen = []
    result = run(
        [tagging_task(), text_task(), multilabel_task()],
        changed(schedule="simultaneous", steps=50),
        0,
        progress=seen.append,
    )
    assert set(seen) == {50}
    for task in ("tags", "texts", "many"):
        assert result.curves[task, "train", "loss"].steps == list(range(1, 51))


def test_transfer_trains_the_auxiliary_first_and_scores_it_before_and_after(monkeypatch):
    order = []
    real = module.predict

    def spy(model, task, batcher):
        order.append((task, *(head.project.weight.clone() for head in model.heads)))
        return real(model, task, batcher)

    monkeypatch.setattr(module, "predict", spy)
    main, aux = text_task(), tagging_task()
    result = run([main, aux], changed(schedule="sequential", optimiser=Adam(lr=0.3)), 0)
    # Two evaluations of each, of the auxiliary first; its end is looked at again.
    assert [task for task, *_ in order[:5]] == [1, 1, 0, 0, 1]
    start = build_model([main, aux], build_vocabulary([main, aux], None), QUICK, 0)
    assert torch.equal(order[1][1], start.heads[0].project.weight)
    assert not torch.equal(order[2][1], start.heads[0].project.weight)
    for _, _, head in order[2:5]:  # the auxiliary's own head stays where its phase left it
        assert torch.equal(head, order[1][2])
    dev = result.curves["tags", "dev", "accuracy"].values
    assert result.scores["tags", "dev", "best", "accuracy"] == max(dev)
    assert result.scores["tags", "dev", "last", "accuracy"] < dev[-1]  # forgotten
    assert len(dev) == 2


def test_transfer_scores_the_end_of_the_auxiliarys_budget_before_the_main_task_starts(monkeypatch):
    order = []
    real = module.predict
    monkeypatch.setattr(
        module,
        "predict",
        lambda model, task, batcher: (order.append(task), real(model, task, batcher))[1],
    )
    result = run([text_task(), tagging_task()], changed(schedule="sequential", steps=21), 0)
    assert result.curves["tags", "dev", "accuracy"].steps == [10, 20, 21]
    assert order[:7] == [1, 1, 1, 0, 0, 0, 1]


@pytest.mark.parametrize("make", [text_task, tagging_task])
def test_texts_without_label_are_as_good_as_left_out(make):
    """All texts in every batch: the mean loss is that of the labelled ones, and so is the score."""
    whole = make("half", n=(80, 20, 20))
    half, rest = (cut(whole, "half", lambda i: i % 2 == 0) for cut in (partly, fewer))
    assert len(half.splits["train"]) == 80 and len(rest.splits["train"]) == 40
    one, other = (run([task], changed(batch=80), 0) for task in (half, rest))
    for key, curve in other.curves.items():
        assert one.curves[key].values == pytest.approx(curve.values, rel=1e-3)
    assert one.scores == pytest.approx(other.scores)


def test_batches_without_any_label_do_no_harm():
    few = partly(text_task(), "few", lambda i: i % 10 == 0)
    losses = run([few], changed(batch=2), 0).curves["few", "train", "loss"].values
    assert np.isfinite(losses).all()
    assert losses.count(0) > len(losses) / 2


def test_tasks_over_the_same_texts_read_the_same_batches(monkeypatch):
    encoded = []
    real = prepare.build_model

    def spied(*arguments):
        model = real(*arguments)
        inner = model.states
        model.states = lambda tasks, tokens, lengths: (
            encoded.append(tokens.clone()) if model.training else None,
            inner(tasks, tokens, lengths),
        )[1]
        return model

    monkeypatch.setattr(prepare, "build_model", spied)
    whole = text_task()
    columns = [partly(whole, name, lambda i, k=k: i % 3 == k) for k, name in enumerate("abc")]
    recipe = changed(schedule="simultaneous", common_batches=True)
    run(columns, recipe, 0)
    assert len(encoded) == 20  # one encoding a step serves all three
    first, encoded[:] = encoded[:], []
    run(columns[:1], recipe, 0)  # alone it reads the same ones, too
    assert all(torch.equal(a, b) for a, b in zip(first, encoded, strict=True))
    encoded.clear()
    run([columns[0], text_task("other", seed=9)], recipe, 0)  # so it does beside other texts
    assert len(encoded) == 40
    assert all(torch.equal(a, b) for a, b in zip(first, encoded[::2], strict=True))
    encoded.clear()
    run(columns, changed(schedule="simultaneous"), 0)
    assert len(encoded) > 50  # each draws its own


def test_epochs_give_each_task_its_own_budget():
    tasks = [text_task(n=(40, 20, 20)), tagging_task(n=(20, 20, 20))]
    result = run(tasks, changed(schedule="simultaneous", epochs=2), 0)
    assert len(result.curves["texts", "train", "loss"].steps) == 10
    assert len(result.curves["tags", "train", "loss"].steps) == 6


def test_head_width_must_fit_the_attention():
    from taskrel.errors import RecipeError
    from taskrel.training.recipes.recipe import Head

    with pytest.raises(
        RecipeError,
        match=r"'head.attention': expected a divisor of the "
        r"encoder's 12 features, found 5",
    ):
        run([text_task()], changed(head=Head(attention=5)), 0)


def test_an_optimiser_owns_the_hidden_layers_and_attention_too():
    from taskrel.training.recipes.recipe import Head

    task = text_task()
    model = build_model(
        [task], build_vocabulary([task], None), changed(head=Head(attention=2, hidden=5)), 0
    )
    owned = {
        id(p)
        for part in build_optimiser(model, Adam()).parts
        for g in part.param_groups
        for p in g["params"]
    }
    assert owned == {id(p) for p in model.parameters()}
