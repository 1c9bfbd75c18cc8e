"""A transformer through the whole house: experiment, runs, store, gains."""

import json

import pytest
from made_transformer import tiny_transformer

from taskrel.errors import VectorsError
from taskrel.run_pairs import main
from taskrel.study.experiment.file import load_experiment
from taskrel.study.prepare import prepare_study

EXPERIMENT = """
schema = 1
name = "tiny"
tasks = ["fine", "topic"]
seeds = [0]
[recipes.small]
encoder = {{ name = "transformer", model = "{model}" }}
schedule = "simultaneous"
optimiser = {{ name = "adam", lr = 0.01 }}
batch = 8
epochs = 2
evaluations = 2
pool = "mean"
"""
CARD = """
schema = 1
name = "{name}"
title = "made up"
kind = "{kind}"
metric = "accuracy"
reader = "planted"
family = "planted"
[options]
labelling = "{name}"
train = 40
dev = 20
test = 20
"""


@pytest.fixture
def experiment(tmp_path):
    model = tiny_transformer(tmp_path / "model", ["ba de gi bo du ka te"], positions=64)
    cards = []
    for name, kind in (("fine", "tagging"), ("topic", "classification")):
        card = tmp_path / f"{name}.toml"
        card.write_text(CARD.format(name=name, kind=kind))
        cards.append(f'"{card}"')
    path = tmp_path / "tiny.toml"
    text = EXPERIMENT.format(model=model).replace('["fine", "topic"]', f"[{', '.join(cards)}]")
    path.write_text(text)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("trained", [None, 1])
def test_alone_and_together(experiment, tmp_path, capsys, monkeypatch, trained):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if trained:
        text = experiment.read_text()
        experiment.write_text(
            text.replace('"transformer",', f'"transformer", trained = {trained},')
        )
    arguments = [str(experiment), "--out", str(tmp_path / "out"), "--jobs", "1", "-q", "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == {"planned": 3, "trained": 3, "cached": 0, "failed": 0}
    assert {(g["main"], g["aux"]) for g in told["gains"]} == {("fine", "topic"), ("topic", "fine")}
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["runs"]["cached"] == 3
    assert not (tmp_path / "out" / "encoders").exists()
    states = list((tmp_path / "cache" / "taskrel" / "states").glob("*.npy"))
    assert len(states) == (3 if trained else 0)  # of texts that both tasks share


def test_other_weights_are_another_run_and_another_folder_is_not(experiment, tmp_path):
    def identities():
        return set(prepare_study(load_experiment(experiment)).runs)

    before = identities()
    text = experiment.read_text()
    (tmp_path / "model").rename(tmp_path / "moved")
    experiment.write_text(text.replace("/model", "/moved"))
    assert identities() == before
    weights = tmp_path / "moved" / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b" ")
    assert not identities() & before


def test_no_such_model_is_said_before_anything_is_trained(experiment, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    experiment.write_text(experiment.read_text().replace("/model", "/gone"))
    with pytest.raises(VectorsError, match="expected a folder, or a model that is in the local"):
        prepare_study(load_experiment(experiment))
