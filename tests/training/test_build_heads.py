from dataclasses import replace

import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import RecipeError
from taskrel.models.encoders.stack import Level
from taskrel.models.heads import (
    MultiLabelHead,
    RegressionHead,
    SigmoidTextHead,
    TextHead,
    TokenHead,
)
from taskrel.models.sharing import Read
from taskrel.tasks.words.label_vectors import label_vectors
from taskrel.tasks.words.vectors import Vectors
from taskrel.training.build import build_encoder
from taskrel.training.build_heads import build_head, reading
from taskrel.training.recipes.recipe import (
    CNN,
    LSTM,
    Attention,
    BiLSTM,
    Head,
    Recipe,
    States,
    Transformer,
)

TASKS = [tagging_task(), text_task(), multilabel_task()]


@pytest.mark.parametrize(
    ("task", "head"),
    [(TASKS[0], TokenHead), (TASKS[1], TextHead), (TASKS[2], MultiLabelHead)],
    ids=["tagging", "classification", "multilabel"],
)
def test_head_by_kind(task, head):
    built = build_head(task, 6, Recipe(threshold=0.3), seed=0)
    assert type(built) is head
    assert built.project.weight.shape == (task.n_labels, 6)
    assert getattr(built, "threshold", 0.3) == 0.3


@pytest.mark.parametrize(
    ("loss", "head", "total"),
    [
        ("softmax", TextHead, None),
        ("sigmoid", SigmoidTextHead, False),
        ("sigmoid_sum", SigmoidTextHead, True),
    ],
)
def test_loss_decides_the_head_of_one_label_per_text(loss, head, total):
    recipe = Recipe(loss=loss, pool="mean")
    built = build_head(TASKS[1], 6, recipe, seed=0)
    assert type(built) is head
    assert built.how == "mean"
    assert getattr(built, "total", None) is total
    assert type(build_head(TASKS[0], 6, recipe, seed=0)) is TokenHead
    assert build_head(TASKS[2], 6, recipe, seed=0).total is (loss == "sigmoid_sum")


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, None),
        ({"elsewhere": 3.0}, None),
        ({"d": 1.0}, None),
        ({"d": 3.0, "k": 0.5, "elsewhere": 9.0}, [1.0, 3.0, 1.0, 0.5]),
    ],
)
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
    one, again, other = (build_head(task, 6, recipe, seed=0) for task in (TASKS[1], TASKS[1], twin))
    x = torch.ones(3, 5)
    for part in ("attend.mix.in_proj_weight", "project.0.weight", "project.3.weight"):
        assert torch.equal(one.get_parameter(part), again.get_parameter(part))
        assert not torch.equal(one.get_parameter(part), other.get_parameter(part))
    kept = [head.project[2](x) for head in (one, again, other)]
    assert torch.equal(kept[0], kept[1]) and not torch.equal(kept[0], kept[2])


@pytest.mark.parametrize(
    "vectors",
    [None, Vectors(("b", "k"), torch.eye(7).numpy()[:2], "0")],
    ids=["learned", "pretrained"],
)
@pytest.mark.parametrize(("unit", "how"), [("text", "max"), ("token", None)])
def test_a_regressions_head_aims_at_its_labels_vectors(unit, how, vectors):
    task = replace(TASKS[1] if unit == "text" else TASKS[0], kind="regression", unit=unit)
    built = build_head(task, 6, Recipe(width=5), seed=3, pretrained=vectors)
    assert type(built) is RegressionHead
    assert built.how == how
    expected = label_vectors(task.labels, vectors, 5, 3)
    assert expected.shape[1] == (7 if vectors else 5)
    assert built.vectors.tolist() == expected.tolist()
    assert built.project.weight.shape == (expected.shape[1], 6)
    assert not [name for name, _ in built.named_parameters() if "vectors" in name]


def of(encoder, task, gate=None, **fields):
    recipe = Recipe(encoder=encoder, **fields)
    if isinstance(encoder, Transformer):
        return reading(task, [Level(16), Level(16)], recipe, gate)
    return reading(task, build_encoder(4, recipe, 0).levels, recipe, gate)


TAGS, TEXTS = TASKS[0], TASKS[1]
AHEAD = replace(TAGS, causal=True)


@pytest.mark.parametrize(
    ("encoder", "task", "gate", "read"),
    [
        (BiLSTM(units=5), TAGS, None, Read(0, 10)),
        (BiLSTM(2, 5), TAGS, None, Read(1, 10)),
        (BiLSTM(units=5), AHEAD, None, Read(0, 5)),
        (BiLSTM(2, 5), AHEAD, None, Read(0, 5)),
        (BiLSTM(2, 5), AHEAD, "silg", Read(0, 5)),
        (LSTM(2, 5), TAGS, None, Read(1, 5)),
        (LSTM(2, 5), AHEAD, None, Read(1, 5)),
        (LSTM(2, 5), AHEAD, "sog", Read(1, 5)),
        (LSTM(2, 5), TAGS, "cag", Read(1, 5)),
        (CNN(filters=7, dense=9), TEXTS, None, Read(1, 9)),
        (CNN(filters=7, dense=9), TAGS, None, Read(0, 7)),
        (Attention(8), TEXTS, None, Read(1, 8)),
        (Attention(8), TAGS, None, Read(0, 8)),
        (Transformer("m"), TAGS, None, Read(1, 16)),
    ],
)
def test_what_a_head_reads(encoder, task, gate, read):
    assert of(encoder, task, gate) == read


@pytest.mark.parametrize(
    ("encoder", "task", "fields", "says"),
    [
        (
            CNN(),
            TEXTS,
            {"head": Head(attention=2)},
            "field 'head.attention': expected 0 for encoder 'cnn', .* found 2",
        ),
        (
            CNN(),
            AHEAD,
            {},
            "task tags: its targets come later .* encoder 'cnn' depend on them; use encoder "
            "'lstm' or 'bilstm', or missing_word",
        ),
        (
            CNN(),
            AHEAD,
            {"gate": "sig"},
            "all states of encoder 'cnn' depend on them; use encoder 'lstm'",
        ),
        (
            BiLSTM(),
            AHEAD,
            {"states": States("m")},
            "task tags: its targets come later in the text, and the frozen states of all tokens",
        ),
        (Transformer("m"), AHEAD, {}, "task tags: .* all states of encoder 'transformer' depend"),
        (
            LSTM(),
            AHEAD,
            {"gate": "cag"},
            "task tags: .* all states of encoder 'lstm' behind gates 'cag' depend",
        ),
        (LSTM(), AHEAD, {"gate": "cag_reverse"}, "behind gates 'cag_reverse'"),
        (
            BiLSTM(),
            AHEAD,
            {"gate": "sog"},
            "encoder 'bilstm' behind gates 'sog' depend on them; use gate 'sig' or 'silg', or",
        ),
    ],
)
def test_encoders_without_the_states_that_a_head_needs(encoder, task, fields, says):
    with pytest.raises(RecipeError, match=says):
        of(encoder, task, **fields)


@pytest.mark.parametrize(("task", "causal"), [(TAGS, False), (AHEAD, True)])
def test_self_attention_of_a_causal_task_is_causal(task, causal):
    assert build_head(task, 6, Recipe(head=Head(attention=2)), 0).attend.causal is causal
