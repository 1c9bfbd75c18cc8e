from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch
from made import multilabel_task, tagging_task, text_task

from taskrel.errors import RecipeError
from taskrel.models.encoders.bilstm import BiLSTM as BiLSTMEncoder
from taskrel.models.encoders.cnn import CNN as CNNEncoder
from taskrel.models.encoders.lstm import LSTM as LSTMEncoder
from taskrel.models.gates import CAG, Pointwise
from taskrel.tasks.encode import encode
from taskrel.tasks.readers.source import Example
from taskrel.tasks.task import SPLITS
from taskrel.tasks.words.vectors import Vectors
from taskrel.tasks.words.vocabulary import PAD, build_vocabulary
from taskrel.training.build import build_encoder, build_model, build_optimiser, word_table
from taskrel.training.recipes.recipe import CNN, LSTM, Adadelta, Adam, BiLSTM, Gated, Recipe

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
    other = encode(
        {s: [Example(["ba", "zz", "ab"], list("XYX"))] for s in SPLITS},
        kind="tagging",
        metric="accuracy",
        name="other",
    )
    rows = []
    for tasks in (TASKS[:1], [TASKS[0], other]):
        vocabulary = build_vocabulary(tasks, vectors)
        rows.append(dict(zip(vocabulary.words, table(tasks, vectors).weight.tolist(), strict=True)))
    assert "zz" not in rows[0]
    assert rows[0].items() <= rows[1].items()
    assert table(TASKS[:1]).weight[5].tolist() != table(TASKS[:1]).weight[6].tolist()


def test_shared_parts_start_alike_alone_and_in_a_pair():
    """The auxiliary is then the only difference between two runs of one seed."""
    alone, pair = (
        build_model(tasks, build_vocabulary(tasks, None), Recipe(width=4), seed=0)
        for tasks in (TASKS[:1], TASKS[:2])
    )
    for name, weight in alone.state_dict().items():
        if not name.startswith("words."):
            assert torch.equal(weight, pair.state_dict()[name]), name


@pytest.mark.parametrize(
    ("encoder", "built", "widths"),
    [
        (BiLSTM(layers=2, units=3), BiLSTMEncoder, [6, 6]),
        (LSTM(layers=3, units=5), LSTMEncoder, [5, 5, 5]),
        (CNN(filters=7, window=2, dense=9), CNNEncoder, [7, 9]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_encoder_by_recipe(encoder, built, widths):
    found = build_encoder(4, Recipe(encoder=encoder), seed=0)
    assert type(found) is built
    assert [level.out for level in found.levels] == widths
    tokens, lengths = torch.ones(2, 3, 4), torch.tensor([3, 2])
    assert [states.shape[-1] for states in found(tokens, lengths)] == widths


def test_fields_of_the_parts_arrive():
    assert build_encoder(4, Recipe(encoder=LSTM(2, 3, True)), 0).levels[1].ahead.input_size == 7
    assert build_encoder(4, Recipe(encoder=CNN(window=5)), 0).levels[0].filters.kernel_size == (5,)
    for level in build_encoder(4, Recipe(encoder=CNN(), precision="bfloat16"), 0).levels:
        assert level.precision is torch.bfloat16


def built(tasks, **fields):
    recipe = Recipe(width=4, **{"encoder": LSTM(layers=2, units=3, skip=True), **fields})
    return build_model(tasks, build_vocabulary(tasks, None), recipe, seed=0).eval()


def logits(model, task):
    """Of the first ten texts of its training part, read by the words' names."""
    return model(task, torch.arange(2, 12)[:, None], torch.ones(10, dtype=torch.long))


@pytest.mark.parametrize("tasks", [TASKS[:2], TASKS[1::-1]], ids=["main first", "other first"])
@pytest.mark.parametrize(
    ("sharing", "alike"),
    [("hard", [0, 1]), ("branches", [0, 1]), ("cascade", [0]), (Gated("none"), [0, 1])],
    ids=str,
)
def test_a_task_starts_beside_another_as_it_starts_alone(tasks, sharing, alike):
    together = built(tasks, sharing=sharing)
    for i, task in enumerate(tasks):
        # Both read the same words, so that rows of the word tables are the same, too.
        alone = built([task], sharing=sharing)
        assert torch.equal(logits(together, i), logits(alone, 0)) == (i in alike)


def test_branches_share_the_lowest_level_alone():
    model = built(TASKS[:2], sharing="branches", encoder=BiLSTM(layers=3, units=3))
    (first, second), lowest = model.branches, model.shared
    assert len(first) == len(second) == 2
    owned = [{id(p) for p in part.parameters()} for part in (lowest, first, second)]
    assert not owned[0] & owned[1] and not owned[1] & owned[2]
    # Two directions of four parameters a level.
    assert list(map(len, owned)) == [8, 2 * 8, 2 * 8]


def test_levels_that_no_head_reads_are_not_built():
    ahead = replace(TASKS[0], causal=True)  # reads the forward half of the lowest level
    model = built([TASKS[1], ahead], sharing="branches", encoder=BiLSTM(layers=3, units=3))
    assert list(map(len, model.branches)) == [2, 0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("none", Pointwise),
        ("sig", Pointwise),
        ("silg", Pointwise),
        ("sog", Pointwise),
        ("cag", CAG),
        ("cag_reverse", CAG),
    ],
)
@pytest.mark.parametrize(
    ("encoder", "levels", "widths"),
    [
        (CNN(filters=5, dense=6), None, {"0": 4, "1": 5, "2": 6}),
        (LSTM(layers=2, units=3), (0, 2), {"0": 4, "2": 3}),
    ],
    ids=["cnn", "lstm"],
)
def test_gates_by_recipe(encoder, levels, widths, name, kind):
    model = built(TASKS[1:], sharing=Gated(name, levels), encoder=encoder)
    assert model.gates.keys() == widths.keys()
    for level, width in widths.items():
        first, second = model.gates[level]
        assert type(first) is type(second) is kind
        if kind is CAG:
            assert first.weight.shape == (width, width)
            assert not torch.equal(first.weight, second.weight)
            assert first.reverse is second.reverse is (name == "cag_reverse")
        else:
            assert first.name == second.name == name
    found = model.similarities(torch.ones(2, 3, dtype=torch.long), torch.tensor([3, 1]))
    assert {str(level): cosine.shape for level, cosine in found.items()} == {
        level: (2,) if isinstance(encoder, CNN) and level == "2" else (2, 3) for level in widths
    }


def test_gates_stand_between_two_tasks():
    with pytest.raises(
        RecipeError,
        match=r"field 'sharing': expected two tasks for gates between two towers, found 3 "
        r"\(tags, texts, many\)",
    ):
        built(TASKS, sharing=Gated())


@pytest.mark.parametrize("sharing", ["hard", Gated("cag")], ids=str)
@pytest.mark.parametrize("spec", [Adadelta(), Adam()])
@pytest.mark.parametrize("tune", [True, False])
def test_optimisers_own_every_trainable_parameter_once(spec, tune, sharing):
    model = built(TASKS[:2], tune_vectors=tune, sharing=sharing)
    optimiser = build_optimiser(model, spec)
    owned = [[id(p) for g in part.param_groups for p in g["params"]] for part in optimiser.parts]
    assert sorted(chain(*owned)) == sorted(id(p) for p in model.parameters() if p.requires_grad)
    if isinstance(spec, Adam) and tune:
        tables = [part for part in model.modules() if isinstance(part, torch.nn.Embedding)]
        assert len(tables) == (1 if sharing == "hard" else 2)
        assert owned[1] == [id(table.weight) for table in tables]
