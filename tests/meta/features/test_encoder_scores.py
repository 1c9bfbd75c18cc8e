import msgspec
import numpy as np
import pytest
from made import tagging_task, text_task
from made_transformer import tiny_transformer

from taskrel.meta.features.encoder_scores import encoder_scores
from taskrel.meta.features.names import ENCODER_SCORES
from taskrel.study.store.encoders import load_encoder, save_encoder
from taskrel.tasks.words.pretrained import Pretrained
from taskrel.training.recipes.recipe import Adam, Attention, BiLSTM, Recipe, States
from taskrel.training.run import run

WORDS = Recipe(
    width=3, steps=150, batch=8, evaluations=2, encoder=BiLSTM(units=3), optimiser=Adam(lr=0.02)
)
STATES = msgspec.structs.replace(WORDS, states=States(model="tiny"), encoder=Attention(units=8))
TASKS = {t.name: t for t in (tagging_task(n=(150, 60, 20)), text_task(n=(150, 60, 20)))}


@pytest.fixture(scope="module", params=["words", "states"])
def scored(request, tmp_path_factory):
    """(main, aux) → scores, of each task on its own encoder and on that of the other."""
    folder, pretrained, recipe = tmp_path_factory.mktemp("encoders"), None, WORDS
    if request.param == "states":
        texts = [text for task in TASKS.values() for text in task.texts("train")]
        path = tiny_transformer(folder / "tiny", texts)
        pretrained, recipe = Pretrained(path, "0" * 64), STATES
    kept = {}
    for name, task in TASKS.items():
        path = folder / f"{name}.safetensors"
        save_encoder(path, run([task], recipe, 0, pretrained).encoder)
        kept[name] = {0: path}
    return {main: encoder_scores(task, kept, recipe, pretrained) for main, task in TASKS.items()}


def test_all_scores_are_there(scored):
    for rows in scored.values():
        for scores in rows.values():
            assert [*scores] == [*ENCODER_SCORES]
            assert np.isfinite([*scores.values()]).all()


@pytest.mark.parametrize("main", TASKS)
def test_an_encoder_suits_its_own_task_best(scored, main):
    own, other = (scored[main][aux] for aux in sorted(TASKS, key=lambda aux: aux != main))
    for name in ("probe", "probe_log_likelihood", "logme", "h_score"):
        assert own[name] > max(other[name], 0)


def test_more_examples_than_are_scored_are_drawn_once_for_all_encoders(monkeypatch, tmp_path):
    from taskrel.meta.features import encoder_scores as module

    monkeypatch.setattr(module, "EXAMPLES", 40)
    path, task = tmp_path / "x.safetensors", TASKS["tags"]
    save_encoder(path, run([task], WORDS, 0).encoder)
    kept = {"a": {0: path}, "b": {0: load_encoder(path)}}
    a, b = encoder_scores(task, kept, WORDS, None).values()
    assert a == b and np.isfinite(a["logme"])


def test_scores_are_the_mean_over_seeds():
    task = TASKS["texts"]
    one, two = ({seed: run([task], WORDS, seed).encoder} for seed in (0, 1))
    kept = {"first": one, "second": two, "both": one | two}
    found = encoder_scores(task, kept, WORDS, None)
    for name in ENCODER_SCORES:
        mean = (found["first"][name] + found["second"][name]) / 2
        assert found["both"][name] == pytest.approx(mean)
