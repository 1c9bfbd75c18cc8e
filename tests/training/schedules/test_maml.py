import msgspec
import pytest
import torch
from made import multilabel_task, text_task
from torch import nn

from taskrel.errors import RecipeError
from taskrel.tasks.words.vocabulary import build_vocabulary
from taskrel.training.batches import Batcher
from taskrel.training.build import build_model
from taskrel.training.gradients import joint_gradients, task_losses
from taskrel.training.recipes.recipe import CNN, LSTM, BiLSTM, Gated, Head, MetaTraining, Recipe
from taskrel.training.schedules.maml import adaptable, backward_through_steps, meta_gradients
from taskrel.training.seeds import numpy_stream

QUICK = Recipe(width=6, encoder=CNN(filters=5, dense=4))


def changed(**fields):
    return msgspec.structs.replace(QUICK, **fields)


# L_i(θ) = ½ (θ − 1)² + ½ c_i (θ − t_i)², over three pairs
PAIRS = [(1, 5), (2, 0), (1, -1)]


def quadratics(weights, pair):
    c, t = PAIRS[pair]
    return [0.5 * (weights["w"] - 1) ** 2, 0.5 * c * (weights["w"] - t) ** 2]


# ∇L_1(2) = −2 → θ_1 = 2.2, ∇L_2(θ_1) = 5.6; ∇L_2(2) = 5 → θ_2 = 1.5, ∇L_3(θ_2) = 3.
# Through the step: 5.6 · (1 − 0.1 · 2) = 4.48 and 3 · (1 − 0.1 · 3) = 2.1.
@pytest.mark.parametrize(
    ("order", "n", "gradient"),
    [(1, 2, 5.6), (2, 2, 4.48), (1, 3, (5.6 + 3) / 2), (2, 3, (4.48 + 2.1) / 2)],
)
def test_quadratics_by_hand(order, n, gradient):
    w = nn.Parameter(torch.tensor(2.0, dtype=torch.float64))
    first = backward_through_steps(quadratics, {"w": w}, n, lr=0.1, order=order)
    assert w.grad.item() == pytest.approx(gradient, rel=1e-12)
    assert [loss.item() for loss in first] == [0.5, 4.5]  # at the start, on the first pair
    assert not any(loss.requires_grad for loss in first)


@pytest.mark.parametrize(("order", "kept", "moved"), [(1, 4.6, 0.0), (2, 4.6, 4.4 * -0.3)])
def test_what_is_not_adapted_has_its_gradient_through_the_step_too(order, kept, moved):
    """L_1 = ½ (w + 3 v)², L_2 = ½ w² + 4.6 u: v matters only in the step of adaptation."""
    w, v, u = (nn.Parameter(torch.tensor(x, dtype=torch.float64)) for x in (2.0, 1.0, 1.0))

    def losses(weights, pair):
        w = weights["w"]
        return [0.5 * w**2 + 4.6 * u] if pair else [0.5 * (w + 3 * v) ** 2]

    # θ_1 = 2 − lr · (2 + 3) = 1.5 at lr 0.1; ∂L_2/∂v = θ_1 · (−lr · 3)
    backward_through_steps(losses, {"w": w}, 2, lr=0.1, order=order)
    assert u.grad.item() == pytest.approx(kept)
    assert (0 if v.grad is None else v.grad.item()) == pytest.approx(1.5 * moved / 4.4)
    assert w.grad.item() == pytest.approx(1.5 if order == 1 else 1.5 * 0.9)


@pytest.mark.parametrize("order", [1, 2])
def test_weights_without_a_part_in_the_loss_stay_without_a_gradient(order):
    weights = {"w": nn.Parameter(torch.tensor(2.0)), "idle": nn.Parameter(torch.tensor(1.0))}
    backward_through_steps(quadratics, weights, 2, lr=0.1, order=order)
    assert weights["idle"].grad is None


def setup(recipe, tasks):
    """The model of these tasks, and their batches as an endless stream of each."""
    vocabulary = build_vocabulary(tasks, None)
    model = build_model(tasks, vocabulary, recipe, 0)
    batches = [
        Batcher(t.splits["train"], rows, t.per_token, t.n_labels).endless(
            8, numpy_stream(0, t.name)
        )
        for t, rows in zip(tasks, vocabulary.rows, strict=True)
    ]
    return model, batches


def gradients(model):
    return {name: p.grad.to_dense() for name, p in model.named_parameters() if p.grad is not None}


MODELS = {
    "cnn": changed(),
    "lstm": changed(encoder=LSTM(layers=2, units=4, skip=True)),
    "bilstm": changed(encoder=BiLSTM(units=4)),
    "attention": changed(encoder=BiLSTM(units=4), head=Head(attention=2)),
    "branches": changed(encoder=LSTM(layers=2, units=4), sharing="branches"),
    "gates": changed(sharing=Gated("sog")),
    "attention gates": changed(sharing=Gated("cag")),
}


@pytest.mark.parametrize("name", MODELS)
def test_second_order_agrees_with_finite_differences_and_first_order_does_not(name, monkeypatch):
    tasks, lr = [text_task(), text_task("other", seed=7)], 1.0
    model, batches = setup(MODELS[name], tasks)
    meta_gradients(model, (0, 1), batches, MetaTraining(shots=2, lr=lr, order=2))
    single = gradients(model)

    # In float64 from here on; encoders ask for float32 by name.
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)
    found = {}
    for order in (1, 2):
        model, batches = setup(MODELS[name], tasks)
        meta_gradients(model.double(), (0, 1), batches, MetaTraining(shots=2, lr=lr, order=order))
        found[order] = gradients(model)
    for weight, gradient in single.items():  # other kernels, the same gradient
        torch.testing.assert_close(
            gradient, found[2][weight], rtol=1e-3, atol=1e-5, check_dtype=False
        )

    model, batches = setup(MODELS[name], tasks)
    a, b, c = next(batches[0]), next(batches[1]), next(batches[1])
    weights, adapted = dict(model.double().named_parameters()), adaptable(model)
    start = {n: p.detach().clone() for n, p in weights.items()}
    draws = torch.Generator().manual_seed(0)
    direction = {n: torch.randn(p.shape, generator=draws, dtype=p.dtype) for n, p in start.items()}

    def after_the_step(distance):
        """Loss on the second pair, once adapted on the first, from a start moved by so much."""
        model.zero_grad()
        with torch.no_grad():
            for n, p in weights.items():
                p.copy_(start[n] + distance * direction[n])
        sum(task_losses(model, (0, 1), [a, b])).backward()
        with torch.no_grad():
            for p in adapted.values():
                p -= 0 if p.grad is None else lr * p.grad
            return sum(task_losses(model, (0, 1), [a, c])).item()

    slope = (after_the_step(1e-6) - after_the_step(-1e-6)) / 2e-6
    along = {
        order: sum((g * direction[n]).sum().item() for n, g in of.items())
        for order, of in found.items()
    }
    assert along[2] == pytest.approx(slope, rel=1e-5)
    assert along[1] != pytest.approx(slope, rel=1e-2)


@pytest.mark.parametrize("recipe", [MODELS["cnn"], MODELS["lstm"]], ids=["cnn", "lstm"])
def test_adaptation_by_nothing_leaves_the_gradient_on_the_next_pair(recipe):
    tasks = [text_task(), multilabel_task(), text_task("third", seed=5)]
    model, batches = setup(recipe, tasks)
    first = meta_gradients(model, (0, 1, 2), batches, MetaTraining(shots=3, lr=0.0))
    found = gradients(model)
    model, batches = setup(recipe, tasks)
    main = next(batches[0])
    pairs = [[main, next(batches[1]), next(batches[2])] for _ in range(3)]
    assert [x.item() for x in first] == [x.item() for x in task_losses(model, (0, 1, 2), pairs[0])]
    for pair in pairs[1:]:
        (sum(task_losses(model, (0, 1, 2), pair)) / 2).backward()
    for name, expected in gradients(model).items():
        torch.testing.assert_close(found[name], expected)


def test_adaptation_reaches_the_weights_of_recurrences():
    """An LSTM keeps a list of its weights beside its parameters: it must be the adapted ones."""
    model, batches = setup(MODELS["lstm"], [text_task(), multilabel_task()])
    pairs = [[next(batches[0]), next(batches[1])]] * 2
    weights = adaptable(model)
    only = {n: p for n, p in weights.items() if n.startswith("encoder.")}
    held = {n: p.detach().clone() for n, p in only.items()}

    def losses(given, pair):
        return task_losses_with(model, given, pairs[pair])

    with torch.no_grad():
        before = sum(losses(only, 0)).item()
    slopes = torch.autograd.grad(sum(losses(only, 0)), list(only.values()))
    moved = {n: p - 0.5 * g for (n, p), g in zip(only.items(), slopes, strict=True)}
    assert sum(losses(moved, 0)).item() < before
    assert all(torch.equal(p, held[n]) for n, p in only.items())
    assert sum(losses(only, 0)).item() == before  # and back again


def task_losses_with(model, weights, batches):
    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self):
            return task_losses(self.model, (0, 1), batches)

    return torch.func.functional_call(Wrapped(), {f"model.{n}": w for n, w in weights.items()}, ())


@pytest.mark.parametrize("order", [1, 2])
def test_word_tables_are_not_adapted_and_have_sparse_gradients(order):
    model, batches = setup(changed(sharing=Gated()), [text_task(), multilabel_task()])
    assert not any("words" in name for name in adaptable(model))
    meta_gradients(model, (0, 1), batches, MetaTraining(order=order))
    assert all(table.weight.grad.is_sparse for table in model.words)


def test_frozen_word_tables_stay_out_of_it():
    model, batches = setup(changed(tune_vectors=False), [text_task(), multilabel_task()])
    meta_gradients(model, (0, 1), batches, MetaTraining(order=2))
    assert model.words.weight.grad is None


@pytest.mark.parametrize(
    ("step", "drawn"),
    [((0, 1, 2), [1, 3, 3]), ((0, 2), [1, 0, 3]), ((0,), [1, 0, 0]), ((1,), [0, 3, 0])],
)
def test_the_main_task_reads_one_batch_and_each_auxiliary_as_many_as_there_are_shots(step, drawn):
    model, batches = setup(QUICK, [text_task(), multilabel_task(), text_task("third", seed=5)])
    read = []

    def noted(task):
        for batch in batches[task]:
            read.append(task)
            yield batch

    losses = meta_gradients(model, step, [noted(i) for i in range(3)], MetaTraining(shots=3))
    assert [read.count(i) for i in range(3)] == drawn
    assert len(losses) == len(step)


def test_a_step_of_the_main_task_alone_is_an_ordinary_one():
    found = []
    for take in (joint_gradients, lambda *step: meta_gradients(*step, MetaTraining())):
        model, batches = setup(QUICK, [text_task(), multilabel_task()])
        take(model, (0,), batches)
        found.append(gradients(model))
    assert found[0].keys() == found[1].keys()
    assert all(torch.equal(g, found[1][name]) for name, g in found[0].items())


class Once(torch.autograd.Function):
    """The identity, which can be differentiated once."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        return grad


class OnceDropout(nn.Module):
    def forward(self, x):
        return Once.apply(x)


def test_a_layer_without_second_derivative_is_named_as_the_reason():
    model, batches = setup(QUICK, [text_task(), multilabel_task()])
    model.dropout = OnceDropout()
    meta_gradients(model, (0, 1), batches, MetaTraining(order=1))
    with pytest.raises(
        RecipeError,
        match=r"'schedule.order': expected 1, because a layer of this "
        r"model has no second derivative .*, found 2",
    ):
        meta_gradients(model, (0, 1), batches, MetaTraining(order=2))
