"""Transfer, budgets of auxiliaries, and what of a run is scored."""

import msgspec
import numpy as np
import pytest
import torch
from made import WORDS, multilabel_task, tagging_task, text_task
from made_transformer import tiny_transformer

from taskrel.errors import RecipeError
from taskrel.tasks.words.pretrained import find_pretrained
from taskrel.training import checkpoints
from taskrel.training.recipes.recipe import (
    CNN,
    Adam,
    Attention,
    BiLSTM,
    Recipe,
    States,
    Transformer,
    parse_recipe,
)
from taskrel.training.run import run

MAIN, AUX = text_task(), tagging_task()
WITH_WORDS = Recipe(
    width=6,
    steps=20,
    aux_steps=30,
    batch=8,
    evaluations=4,
    dropout=0.2,
    encoder=BiLSTM(units=5),
    optimiser=Adam(lr=0.02),
    schedule="transfer",
    evaluate="main",
)
WITH_STATES = msgspec.structs.replace(WITH_WORDS, states=States("tiny", dims=6))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    tiny_transformer(folder / "tiny", [" ".join(WORDS)])
    return find_pretrained("tiny", folder)


@pytest.mark.parametrize("recipe", [WITH_WORDS, WITH_STATES], ids=["words", "states"])
def test_an_auxiliary_that_is_trained_once_gives_the_same_run_bit_for_bit(recipe, tiny):
    model = tiny if recipe.states else None
    encoder = run([AUX], recipe.of_auxiliary, 3, model).encoder
    shared = run([MAIN, AUX], recipe, 3, model, start=encoder)
    in_place = run([MAIN, AUX], recipe, 3, model)
    assert shared.scores == in_place.scores
    assert shared.curves == in_place.curves
    alone = run([MAIN], recipe, 3, model)
    assert shared.curves != alone.curves
    assert {task for task, *_ in shared.scores} == {MAIN.name}
    assert shared.curves["texts", "dev", "accuracy"].steps[-1] == 20


def test_the_main_task_starts_from_the_auxiliarys_encoder(tiny):
    kept = run([AUX], WITH_STATES.of_auxiliary, 3, tiny).encoder
    still = msgspec.structs.replace(WITH_STATES, optimiser=Adam(lr=1e-12))
    found = run([MAIN], still, 3, tiny, start=kept).encoder
    for name, weights in kept.weights.items():
        np.testing.assert_allclose(found.weights[name], weights, atol=1e-6)


@pytest.mark.parametrize(
    "encoder", [BiLSTM(units=5), CNN(dense=6), Attention(6)], ids=lambda e: type(e).__name__
)
def test_every_small_encoder_learns_from_frozen_states(encoder, tiny):
    recipe = Recipe(
        states=States("tiny"), encoder=encoder, steps=200, batch=8, optimiser=Adam(lr=0.005)
    )
    task = multilabel_task()
    result = run([task], recipe, 0, tiny)
    loss = result.curves[task.name, "train", "loss"].values
    assert np.mean(loss[-10:]) < 0.7 * np.mean(loss[:10])


@pytest.mark.parametrize("schedule", ["uniform", "auxiliary_first"])
def test_an_auxiliary_has_its_own_budget_and_only_the_main_task_is_scored(schedule):
    recipe = msgspec.structs.replace(WITH_WORDS, schedule=schedule)
    result = run([MAIN, AUX], recipe, 0)
    n = {t: len(result.curves[t, "train", "loss"].steps) for t in ("texts", "tags")}
    assert sum(n.values()) == 50 and n["tags"] > n["texts"] > 5
    assert {task for task, *_ in result.scores} == {"texts"}
    assert ("tags", "dev", "loss") not in result.curves


def test_the_mean_of_weights_is_that_of_the_last_evaluations(monkeypatch):
    seen = []
    real = checkpoints.Best.offer

    def offer(self, scores, updates, metric, model):
        seen.append(model.heads[0].project.weight.detach().clone())
        real(self, scores, updates, metric, model)

    monkeypatch.setattr(checkpoints.Best, "offer", offer)
    found = {}
    recipe = msgspec.structs.replace(
        WITH_WORDS, schedule="uniform", aux_steps=None, evaluations=10, checkpoint="mean"
    )
    run([MAIN], recipe, 0, look=lambda i, model, _: found.update(model.state_dict()))
    assert len(seen) == 10
    torch.testing.assert_close(found["heads.0.project.weight"], torch.stack(seen[-5:]).mean(0))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"encoder": Transformer("m")}, "'transfer' needs sharing = 'hard'"),
        ({"sharing": "cascade", "encoder": BiLSTM(layers=2)}, "'transfer' needs sharing = 'hard'"),
    ],
)
def test_what_cannot_be_transferred(fields, says):
    raw = msgspec.to_builtins(msgspec.structs.replace(Recipe(schedule="transfer"), **fields))
    raw = {k: v for k, v in raw.items() if k in {"schedule", *fields}}
    with pytest.raises(RecipeError, match=says):
        parse_recipe(raw, "test")
