from dataclasses import replace

import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.models.heads import MultiLabelHead, SigmoidTextHead, TextHead, TokenHead
from taskrel.tasks.load import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS
from taskrel.tasks.vectors import Vectors
from taskrel.tasks.vocabulary import PAD, build_vocabulary
from taskrel.training.build import build_head, build_model, build_optimiser, word_table
from taskrel.training.recipe import Adadelta, Adam, Head, Recipe

TASKS = [tagging_task(), text_task(), multilabel_task()]
VECTORS = Vectors(("ba", "be", "bi"), np.array([[2, 0], [0, 2], [4, 0]], np.float32), "0")


def table(tasks, vectors=None, width=99, scale=0.5, tune=True):
    return word_table(build_vocabulary(tasks, vectors), width, scale, tune, seed=0)


def test_word_table_by_hand():
    words = table(TASKS[:1], VECTORS)
    assert words.weight[PAD].tolist() == [0, 0]
    assert words.weight[2:5].tolist() == [[2, 0], [0, 2], [4, 0]]
    assert words.weight[5:].std().item() == pytest.approx(0.5, abs=0.2)
    assert words.weight.requires_grad
    assert words.sparse


def test_without_vectors_the_recipes_width_counts():
    words = table(TASKS[:1], width=70, tune=False, scale=0.1)
    assert words.weight.shape == (22, 70)  # padding, unknown, twenty words
    assert not words.weight.requires_grad
    assert words.weight[1:].std().item() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("vectors", [None, VECTORS])
def test_a_word_starts_alike_whatever_is_read_beside_it(vectors):
    other = encode({s: [Example(["ba", "zz", "ab"], list("XYX"))] for s in SPLITS},
                   kind="tagging", metric="accuracy", name="other")
    rows = []
    for tasks in (TASKS[:1], [TASKS[0], other]):
        vocabulary = build_vocabulary(tasks, vectors)
        rows.append(dict(zip(vocabulary.words, table(tasks, vectors).weight.tolist(),
                             strict=True)))
    assert "zz" not in rows[0]
    assert rows[0].items() <= rows[1].items()
    assert table(TASKS[:1]).weight[5].tolist() != table(TASKS[:1]).weight[6].tolist()


@pytest.mark.parametrize(("task", "head"), [
    (TASKS[0], TokenHead), (TASKS[1], TextHead), (TASKS[2], MultiLabelHead)],
    ids=["tagging", "classification", "multilabel"])
def test_head_by_kind(task, head):
    built = build_head(task, 6, Recipe(threshold=0.3), seed=0)
    assert type(built) is head
    assert built.project.weight.shape == (task.n_labels, 6)
    assert getattr(built, "threshold", 0.3) == 0.3


@pytest.mark.parametrize(("loss", "head", "total"), [
    ("softmax", TextHead, None), ("sigmoid", SigmoidTextHead, False),
    ("sigmoid_sum", SigmoidTextHead, True)])
def test_loss_decides_the_head_of_one_label_per_text(loss, head, total):
    recipe = Recipe(loss=loss, pool="mean")
    built = build_head(TASKS[1], 6, recipe, seed=0)
    assert type(built) is head
    assert built.how == "mean"
    assert getattr(built, "total", None) is total
    assert type(build_head(TASKS[0], 6, recipe, seed=0)) is TokenHead
    assert build_head(TASKS[2], 6, recipe, seed=0).total is (loss == "sigmoid_sum")


@pytest.mark.parametrize(("weights", "expected"), [
    ({}, None), ({"elsewhere": 3.0}, None), ({"d": 1.0}, None),
    ({"d": 3.0, "k": 0.5, "elsewhere": 9.0}, [1.0, 3.0, 1.0, 0.5])])
def test_class_weights_are_in_the_order_of_the_tasks_labels(weights, expected):
    assert TASKS[1].labels == ("b", "d", "g", "k")
    found = build_head(TASKS[1], 6, Recipe(class_weights=weights), seed=0).weights
    assert (found if found is None else found.tolist()) == expected


def test_what_a_head_is_made_of():
    recipe = Recipe(head=Head(attention=3, hidden=5, activation="tanh", dropout=0.25))
    for task in TASKS:
        built = build_head(task, 6, recipe, seed=0)
        assert built.attend.mix.num_heads == 3
        hidden, activation, dropout, output = built.project
        assert (hidden.weight.shape, output.weight.shape) == ((5, 6), (task.n_labels, 5))
        assert type(activation) is torch.nn.Tanh
        assert dropout.p == 0.25


def test_two_tasks_heads_draw_from_streams_of_their_own():
    twin = replace(TASKS[1], name="twin")
    recipe = Recipe(head=Head(attention=2, hidden=5, dropout=0.5))
    one, again, other = (build_head(task, 6, recipe, seed=0)
                         for task in (TASKS[1], TASKS[1], twin))
    x = torch.ones(3, 5)
    for part in ("attend.mix.in_proj_weight", "project.0.weight", "project.3.weight"):
        assert torch.equal(one.get_parameter(part), again.get_parameter(part))
        assert not torch.equal(one.get_parameter(part), other.get_parameter(part))
    kept = [head.project[2](x) for head in (one, again, other)]
    assert torch.equal(kept[0], kept[1]) and not torch.equal(kept[0], kept[2])


def test_shared_parts_start_alike_alone_and_in_a_pair():
    """So that the difference of two runs of one seed is the auxiliary's doing."""
    alone, pair = (build_model(tasks, build_vocabulary(tasks, None), Recipe(width=4), seed=0)
                   for tasks in (TASKS[:1], TASKS[:2]))
    for name, weight in alone.state_dict().items():
        if not name.startswith("words."):
            assert torch.equal(weight, pair.state_dict()[name]), name


@pytest.mark.parametrize("spec", [Adadelta(), Adam()])
@pytest.mark.parametrize("tune", [True, False])
def test_optimisers_own_every_trainable_parameter_once(spec, tune):
    model = build_model(TASKS, build_vocabulary(TASKS, None),
                        Recipe(width=4, tune_vectors=tune), seed=0)
    optimiser = build_optimiser(model, spec)
    owned = [id(p) for part in optimiser.parts for g in part.param_groups for p in g["params"]]
    assert sorted(owned) == sorted(id(p) for p in model.parameters() if p.requires_grad)
